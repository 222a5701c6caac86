import type { Campaign } from '../campaign/campaign.ts';
import type { LedgerEntryHead, PublishedBreakdowns } from '../ledger/ledger.ts';
import { type Clock, MINUTE } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import type { Sealer } from '../lib/sealed.ts';
import type { MailMessage, OutboxRow, RawMail } from '../mail/mail.ts';
import { emailChannel, type Office } from '../offices/office.ts';
import type { Catalog, Petition } from '../petitions/petition.ts';
import type { Words } from '../signatures/words.service.ts';
import type { DeliveryStore } from './delivery.store.ts';
import { type Delivery, deliveryContext, outboxReason, type Quote } from './delivery.ts';
import type { DigestMail } from './digest.mail.ts';
import { prepareDigest } from './digest.ts';

const QUOTES = 12;
/** A conversation that nobody heard the end of is over by then: only after it may a doubtful letter go out once more. */
const QUIET_MS = 2 * MINUTE;

export type ReleaseResult = {
  deliveryId: string;
  officeId: string;
  result: 'released' | 'not-allowed' | 'taken';
};

/** Releases what is planned: rendered once, its bytes sealed and kept, then left to the outbox (laws 7 and 8). */
export function createLetterService(deps: {
  deliveries: DeliveryStore;
  getPetition(slug: string): Promise<Petition>;
  getOffice(id: string): Promise<Office>;
  getCampaign(): Promise<Campaign>;
  mayWriteTo(address: string): Promise<boolean>;
  findHead(petitionId: string, seq: number): Promise<LedgerEntryHead | null>;
  deltaBetween(petitionId: string, from: number, to: number): Promise<{ added: number; total: number }>;
  findPublished(petitionId: string): Promise<PublishedBreakdowns | undefined>;
  listQuotable(petitionId: string, quoted: ReadonlySet<string>, limit: number): Promise<Words[]>;
  catalog: Catalog;
  digestMail: DigestMail;
  renderRaw(message: MailMessage, id: string): Promise<RawMail>;
  insertRows(rows: readonly OutboxRow[]): Promise<readonly (Error | undefined)[]>;
  resolveRow(id: string, to: 'sent' | 'due'): Promise<boolean>;
  cancelDue(id: string, outcome: string): Promise<boolean>;
  sealer: Sealer;
  clock: Clock;
  logger: Logger;
}) {
  const { deliveries, getOffice, mayWriteTo, digestMail, sealer, clock, logger } = deps;

  /** Everything that is planned and may go; then a row for all that is released, in case a crash came between the two writes. */
  async function releaseDigests(): Promise<ReleaseResult[]> {
    const results: ReleaseResult[] = [];
    for (const delivery of await deliveries.listByState('planned')) {
      results.push({
        deliveryId: delivery._id,
        officeId: delivery.officeId,
        result: await release(delivery),
      });
    }
    for (const released of await deliveries.listByState('released')) await queue(released);
    return results;
  }

  async function release(delivery: Delivery): Promise<ReleaseResult['result']> {
    const office = await getOffice(delivery.officeId);
    const to = emailChannel(office)?.value;
    if (!to || !(await mayWriteTo(to))) return 'not-allowed';
    const history = await deliveries.listByPair(delivery.petitionId, delivery.officeId);
    const root = history.find(({ state }) => state === 'sent');
    const { digest, quotes } = await prepare(delivery, office, root === undefined);
    const message = digestMail.composeDigest({
      digest,
      delivery,
      to,
      campaign: await deps.getCampaign(),
      rootMessageId: root?.messageId,
    });
    const { raw, envelope } = await deps.renderRaw(message, delivery._id);
    const isMine = await deliveries.move(delivery, 'released', {
      quotes,
      address: to,
      subject: message.subject,
      messageId: message.messageId,
      envelopeFrom: envelope.from,
      sealed: sealer.sealBytes(raw, deliveryContext(delivery._id)),
      releasedAt: clock.now(),
      releases: delivery.releases + 1,
    });
    if (!isMine) return 'taken';
    logger.info({ deliveryId: delivery._id, quotes: quotes.length }, 'delivery.released');
    return 'released';
  }

  async function prepare(delivery: Delivery, office: Office, isFirst: boolean) {
    const { petitionId, n, from, to } = delivery;
    const petition = await deps.getPetition(petitionId);
    const head = await deps.findHead(petitionId, to);
    if (!head) throw new AppError('LEDGER_BROKEN', { petitionId, seq: to });
    const quoted = await deliveries.listQuotedRefs(office._id);
    const words = await deps.listQuotable(petitionId, quoted, QUOTES);
    const digest = prepareDigest({
      petition,
      office,
      catalog: deps.catalog,
      n,
      isFirst,
      interval: await deps.deltaBetween(petitionId, from, to),
      head,
      published: await deps.findPublished(petitionId),
      words,
    });
    const quotes: Quote[] = words.map(({ ref }, index) => ({ ref, number: `${n}.${index + 1}` }));
    return { digest, quotes };
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
   * An organiser's word on a doubtful one: it arrived (`sent`), or it goes out once more (`again`).
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
        : await deliveries.move(delivery, 'released', { reply });
    if (!isMoved) throw conflict(delivery, 'it has just changed');
    await deps.resolveRow(outboxReason(delivery), word === 'sent' ? 'sent' : 'due');
    logger.info({ deliveryId: id, word }, 'delivery.resolved');
  }

  /** Takes back what has not begun to be sent; what it covered is merged into the next. @throws DELIVERY_NOT_FOUND, DELIVERY_STATE_CONFLICT */
  async function cancel(id: string): Promise<void> {
    const delivery = await getDelivery(id);
    if (delivery.state !== 'planned' && delivery.state !== 'released')
      throw conflict(delivery, `it is ${delivery.state}`);
    if (
      delivery.state === 'released' &&
      !(await deps.cancelDue(outboxReason(delivery), 'cancelled by an organiser'))
    ) {
      throw conflict(delivery, 'it is being sent');
    }
    if (!(await deliveries.move(delivery, 'cancelled', { endedAt: clock.now() })))
      throw conflict(delivery, 'it has just changed');
    logger.info({ deliveryId: id }, 'delivery.cancelled');
  }

  return {
    releaseDigests,
    getDelivery,
    readBytes,
    resolveUnknown,
    cancel,
    listDeliveries: deliveries.listAll,
  };
}
export type LetterService = ReturnType<typeof createLetterService>;

function conflict({ _id }: Delivery, why: string): AppError {
  return new AppError('DELIVERY_STATE_CONFLICT', { message: `Delivery ${_id}: ${why}.` });
}
