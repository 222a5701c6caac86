import type { Campaign } from '../campaign/campaign.ts';
import { type Clock, MINUTE } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import type { Sealer } from '../lib/sealed.ts';
import type { MailMessage, OutboxRow, RawMail } from '../mail/mail.ts';
import { emailChannel, type Office } from '../offices/office.ts';
import type { DeliveryStore } from './delivery.store.ts';
import { type Delivery, deliveryContext, outboxReason, quotesContext } from './delivery.ts';
import { createDigestContent, type DigestContentDeps } from './digest.content.ts';
import type { DigestMail } from './digest.mail.ts';

/** A conversation that nobody heard the end of is over by then: only after it may a doubtful letter go out once more. */
const QUIET_MS = 2 * MINUTE;

export type ReleaseResult = {
  deliveryId: string;
  officeId: string;
  /** `not-allowed`: there is no address to write to now. `taken`: another released it first. */
  result: 'released' | 'not-allowed' | 'taken' | 'not-composed';
};

/** Releases what is planned: rendered once, its bytes sealed and kept, then left to the outbox (laws 7 and 8). */
export function createLetterService(
  deps: DigestContentDeps & {
    deliveries: DeliveryStore;
    getOffice(id: string): Promise<Office>;
    getCampaign(): Promise<Campaign>;
    mayWriteTo(address: string): Promise<boolean>;
    digestMail: DigestMail;
    renderRaw(message: MailMessage, id: string): Promise<RawMail>;
    insertRows(rows: readonly OutboxRow[]): Promise<readonly (Error | undefined)[]>;
    findRow(id: string): Promise<OutboxRow | null>;
    resolveRow(id: string, to: 'sent'): Promise<boolean>;
    cancelDue(id: string, outcome: string): Promise<boolean>;
    sealer: Sealer;
    clock: Clock;
    logger: Logger;
  },
) {
  const { deliveries, getOffice, mayWriteTo, digestMail, sealer, clock, logger } = deps;
  const content = createDigestContent(deps);

  /** Everything that is planned and may go. One that cannot be composed holds up no other. */
  async function releaseDigests(): Promise<ReleaseResult[]> {
    const results: ReleaseResult[] = [];
    for (const delivery of await deliveries.listByState('planned')) {
      const { _id, officeId } = delivery;
      const result = await release(delivery).catch((error: unknown) => {
        logger.error({ err: error, deliveryId: _id }, 'delivery.not-composed');
        return 'not-composed' as const;
      });
      results.push({ deliveryId: _id, officeId, result });
    }
    await queueReleased();
    return results;
  }

  async function release(delivery: Delivery): Promise<ReleaseResult['result']> {
    const { _id } = delivery;
    const office = await getOffice(delivery.officeId);
    const to = emailChannel(office)?.value;
    if (!to || !(await mayWriteTo(to))) return 'not-allowed';
    const { digest, quotes, texts, places, rootMessageId } = await content.collect(delivery, office);
    const now = clock.now();
    const campaign = await deps.getCampaign();
    const message = digestMail.composeDigest({ digest, delivery, to, campaign, date: now, rootMessageId });
    const { raw, envelope } = await deps.renderRaw(message, _id);
    const isMine = await deliveries.move(delivery, 'released', {
      quotes,
      sealedQuotes: sealer.seal(texts, quotesContext(_id)),
      places,
      address: to,
      subject: message.subject,
      messageId: message.messageId,
      envelopeFrom: envelope.from,
      sealed: sealer.sealBytes(raw, deliveryContext(_id)),
      releasedAt: now,
      releases: delivery.releases + 1,
    });
    if (!isMine) return 'taken';
    logger.info({ deliveryId: _id, quotes: quotes.length }, 'delivery.released');
    return 'released';
  }

  /** A row for all that is released: also for what a crash left without one. Safe to repeat. */
  async function queueReleased(): Promise<void> {
    for (const delivery of await deliveries.listByState('released')) {
      const row = await deps.findRow(outboxReason(delivery));
      if (!row) await queue(delivery);
      // An organiser's cancelling ends the row first, lest the mail goes out meanwhile.
      else if (row.state === 'cancelled')
        await deliveries.move(delivery, 'cancelled', { endedAt: clock.now() });
    }
  }

  async function queue(delivery: Delivery): Promise<void> {
    const now = clock.now();
    const row: OutboxRow = {
      _id: outboxReason(delivery),
      kind: 'delivery',
      audience: 'office',
      subjectId: delivery._id,
      state: 'due',
      dueAt: now,
      attempts: 0,
      createdAt: now,
      ...(delivery.messageId && { messageId: delivery.messageId }),
    };
    const [error] = await deps.insertRows([row]);
    if (error) throw error;
  }

  /** @throws DELIVERY_NOT_FOUND */
  async function getDelivery(id: string): Promise<Delivery> {
    const delivery = await deliveries.findDelivery(id);
    if (!delivery) throw new AppError('DELIVERY_NOT_FOUND', { message: `There is no delivery "${id}".` });
    return delivery;
  }

  /** The mail as it went out, or will. @throws DELIVERY_NOT_FOUND, DELIVERY_STATE_CONFLICT before its release */
  async function readBytes(id: string): Promise<Buffer> {
    const delivery = await getDelivery(id);
    if (!delivery.sealed) throw conflict(delivery, 'it has not been released');
    return sealer.openBytes(delivery.sealed, deliveryContext(id));
  }

  /**
   * An organiser's word on a doubtful one: it arrived (`sent`), or the same bytes go out once more (`again`), as a
   * release of its own with a row of its own.
   * @throws DELIVERY_NOT_FOUND, DELIVERY_STATE_CONFLICT
   */
  async function resolveUnknown(id: string, word: 'sent' | 'again'): Promise<void> {
    const delivery = await getDelivery(id);
    if (delivery.state !== 'unknown') throw conflict(delivery, `it is ${delivery.state}, not unknown`);
    const since = clock.now().getTime() - (delivery.endedAt?.getTime() ?? 0);
    if (word === 'again' && since < QUIET_MS)
      throw conflict(delivery, 'wait two minutes: the sending may not be over');
    const reply = 'resolved by an organiser';
    const isMoved =
      word === 'sent'
        ? await deliveries.move(delivery, 'sent', { endedAt: clock.now(), reply })
        : await deliveries.move(delivery, 'released', { reply, releases: delivery.releases + 1 }, [
            'endedAt',
          ]);
    if (!isMoved) throw conflict(delivery, 'it has just changed');
    if (word === 'sent') await deps.resolveRow(outboxReason(delivery), 'sent');
    else await queueReleased();
    logger.info({ deliveryId: id, word }, 'delivery.resolved');
  }

  /** Takes back what has not begun to be sent; what it covered is merged into the next. @throws DELIVERY_NOT_FOUND, DELIVERY_STATE_CONFLICT */
  async function cancel(id: string): Promise<void> {
    const delivery = await getDelivery(id);
    const { state } = delivery;
    if (state !== 'planned' && state !== 'released') throw conflict(delivery, `it is ${state}`);
    if (state === 'released' && !(await cancelRow(delivery))) throw conflict(delivery, 'it is being sent');
    if (!(await deliveries.move(delivery, 'cancelled', { endedAt: clock.now() })))
      throw conflict(delivery, 'it has just changed');
    logger.info({ deliveryId: id }, 'delivery.cancelled');
  }

  async function cancelRow(delivery: Delivery): Promise<boolean> {
    await queueReleased();
    return deps.cancelDue(outboxReason(delivery), 'cancelled by an organiser');
  }

  return {
    releaseDigests,
    queueReleased,
    getDelivery,
    readBytes,
    resolveUnknown,
    cancel,
    listDeliveries: deliveries.listAll,
    listReleased: () => deliveries.listByState('released'),
  };
}
export type LetterService = ReturnType<typeof createLetterService>;

function conflict({ _id }: Delivery, why: string): AppError {
  return new AppError('DELIVERY_STATE_CONFLICT', { message: `Delivery ${_id}: ${why}.` });
}
