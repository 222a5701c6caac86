import type { CampaignService } from '../campaign/campaign.service.ts';
import type { Infra } from '../infra.ts';
import type { InstallationService } from '../installation/installation.service.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { AppError } from '../lib/errors.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import { dueRow } from '../mail/mail.ts';
import { emailChannel, type Office } from '../offices/office.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { Batch } from './approval.service.ts';
import { coverageUpTo, intervalsOf, isSameCoverage } from './coverage.ts';
import type { DeliveryStore } from './delivery.store.ts';
import { type Delivery, deliveryContext, outboxReason, quotesContext } from './delivery.ts';
import type { OpensAt } from './office-hours.ts';
import type { PauseStore } from './pause.store.ts';
import { pauseOf } from './pause.ts';
import type { Compositions } from './rendered.ts';

export type Release =
  /**
   * `not-allowed`: there is no address to write to now. `taken`: another released it first, or has its slot. `blocked`:
   * another digest to the office is on its way, or doubtful.
   */
  'released' | 'not-allowed' | 'taken' | 'paused' | 'not-composed' | 'blocked';
export type ReleaseResult = {
  deliveryId: string;
  officeId: string;
  /** `closed`: its office is, and it stays approved. */
  result: Release | 'not-approved' | 'closed';
  at?: Date;
};
/** In a slot of the office's pace, or by an organiser's hand. */
type How = { slot: string } | { by: string };

export type DeliveryServiceDeps = Pick<Infra, 'sealer' | 'clock' | 'logger'> &
  Pick<OfficesRoom, 'getOffice'> &
  Pick<CampaignService, 'mayWriteTo'> &
  Pick<PauseStore, 'listPauses'> &
  Pick<InstallationService, 'checkRender'> &
  Pick<MailRoom, 'renderRaw' | 'insertRows' | 'findRow'> & {
    deliveries: DeliveryStore;
    compositions: Compositions;
    opensAt: OpensAt;
  };

/** Releases deliveries: rendered once, their bytes sealed and kept, then left to the outbox (laws 7 and 8). */
export function createDeliveryService(deps: DeliveryServiceDeps) {
  const { deliveries, compositions, getOffice, mayWriteTo, listPauses, sealer, clock, logger } = deps;

  /**
   * By an organiser's own hand: the digests of a scope that somebody approved, now, whatever the slot, but in the office's
   * hours. What is planned stays so: nothing goes that nobody approved. One that fails holds up no other.
   */
  async function releaseDigests(actor: Actor, { id, ...scope }: Batch): Promise<ReleaseResult[]> {
    const results: ReleaseResult[] = [];
    const wanted = { ...scope, ...(id && { _id: id }), kind: 'digest' } as const;
    for (const delivery of await deliveries.listByState(['planned', 'approved'], wanted))
      results.push(await releaseByHand(delivery, byOf(actor)));
    await queueReleased();
    return results;
  }

  async function releaseByHand(delivery: Delivery, by: string): Promise<ReleaseResult> {
    const { _id: deliveryId, officeId, state } = delivery;
    if (state === 'planned') return { deliveryId, officeId, result: 'not-approved' };
    const opensAt = deps.opensAt(await getOffice(officeId));
    if (opensAt) return { deliveryId, officeId, result: 'closed', at: opensAt };
    const result = await release(delivery, { by });
    return { deliveryId, officeId, result };
  }

  /** One delivery, in a slot of the office's pace or by hand. What cannot be composed goes back to planned, with its fault. */
  async function release(delivery: Delivery, how: How): Promise<Release> {
    const { _id, officeId } = delivery;
    await deps.checkRender();
    if (pauseOf(await listPauses(), delivery)) return 'paused';
    const office = await getOffice(officeId);
    const to = emailChannel(office)?.value;
    if (!to || !(await mayWriteTo(to))) return 'not-allowed';
    try {
      const current = delivery.kind === 'digest' ? await coverNow(delivery) : delivery;
      return typeof current === 'string' ? current : await render(current, office, to, how);
    } catch (error) {
      logger.error({ err: error, deliveryId: _id }, 'delivery.not-composed');
      await sendBack(delivery, 'could not be composed; the log says why');
      return 'not-composed';
    }
  }

  /** What it tells of may have come back, or have arrived after all, since it was planned (law 8). */
  async function coverNow(delivery: Delivery): Promise<Delivery | 'blocked' | 'not-composed'> {
    const { _id, petitionId, officeId, to } = delivery;
    const others = (await deliveries.listDigests(petitionId, officeId)).filter((one) => one._id !== _id);
    if (others.some((one) => one.state === 'released' || one.state === 'unknown')) return 'blocked';
    const coverage = coverageUpTo(to, others);
    if (isSameCoverage(delivery, coverage)) return delivery;
    await sendBack(delivery, 'whom it tells of has changed; approve it again');
    return 'not-composed';
  }

  async function render(delivery: Delivery, office: Office, to: string, how: How): Promise<Release> {
    const { _id } = delivery;
    const composed = await compositions.compose(delivery, office, to);
    if (!composed) {
      await sendBack(delivery, 'its writer may not be quoted now');
      return 'not-composed';
    }
    const { message, quotes, texts, places, isClosing } = composed;
    if (delivery.kind === 'digest' && quotes.length + intervalsOf(delivery).length === 0) {
      const fault = 'there is nothing in it that the office was not told';
      await deliveries.move(delivery, 'cancelled', { endedAt: clock.now(), fault });
      return 'not-composed';
    }
    const { raw, envelope } = await deps.renderRaw(message, _id);
    const isMine = await deliveries.move(
      delivery,
      'released',
      {
        quotes,
        sealedQuotes: sealer.seal(texts, quotesContext(_id)),
        places,
        ...(isClosing && { isClosing }),
        address: to,
        subject: sealedSubject(delivery, message.subject),
        messageId: message.messageId,
        envelopeFrom: envelope.from,
        sealed: sealer.sealBytes(raw, deliveryContext(_id)),
        releasedAt: clock.now(),
        releases: delivery.releases + 1,
        ...('slot' in how ? { slot: how.slot } : { releasedBy: how.by }),
      },
      ['fault'],
    );
    if (!isMine) return 'taken';
    logger.info({ deliveryId: _id, quotes: quotes.length }, 'delivery.released');
    return 'released';
  }

  /** An approved one that cannot go would stand at the head of its queue for ever. */
  async function sendBack(delivery: Delivery, fault: string): Promise<void> {
    await deliveries.move(delivery, 'planned', { fault }, ['approvedBy', 'approvedAt']);
  }

  /** A row for all that is released: also for what a crash left without one. Safe to repeat. */
  async function queueReleased(): Promise<void> {
    for (const delivery of await deliveries.listByState(['released'])) {
      const row = await deps.findRow(outboxReason(delivery));
      if (!row) await queue(delivery);
      // An organiser's cancelling ends the row first, lest the mail goes out meanwhile.
      else if (row.state === 'cancelled')
        await deliveries.move(delivery, 'cancelled', { endedAt: clock.now() });
    }
  }

  /** Its row in the outbox; safe to repeat. */
  async function queue(delivery: Delivery): Promise<void> {
    const now = clock.now();
    const row = {
      _id: outboxReason(delivery),
      kind: 'delivery',
      audience: 'office' as const,
      subjectId: delivery._id,
      ...(delivery.messageId && { messageId: delivery.messageId }),
    };
    const [error] = await deps.insertRows([dueRow(row, now)]);
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
    if (!delivery.sealed) throw conflict(delivery, 'it has not been released', 'notReleased');
    return sealer.openBytes(delivery.sealed, deliveryContext(id));
  }

  return {
    release,
    releaseDigests,
    queueReleased,
    queue,
    getDelivery,
    readBytes,
    listDeliveries: deliveries.listAll,
    listPage: deliveries.listPage,
    /** all that somebody may still have to do with, without bytes */
    listDoubtful: () => deliveries.listByState(['unknown', 'bounced']),
    findPlanned: () => deliveries.findOldestIn('planned'),
    listOpen: () => deliveries.listByState(['planned', 'approved', 'released', 'unknown', 'bounced']),
    listReleased: ({ id, ...scope }: Batch) =>
      deliveries.listByState(['released'], { ...scope, ...(id && { _id: id }), kind: 'digest' }),
  };
}
export type DeliveryService = ReturnType<typeof createDeliveryService>;

/** A letter's subject begins with its writer's words, which lie nowhere unsealed (law 10). */
function sealedSubject({ kind, quotes }: Delivery, subject: string): string {
  return kind === 'digest' ? subject : (quotes[0]?.number ?? '');
}

/** @param fault the key of what a page says of it */
export function conflict(
  { _id, state, approvedBy }: Pick<Delivery, '_id' | 'state' | 'approvedBy'>,
  why: string,
  fault: string,
): AppError {
  const values = { state, by: approvedBy ?? '' };
  return new AppError('DELIVERY_STATE_CONFLICT', {
    message: `Delivery ${_id}: ${why}.`,
    fault: `delivery.${fault}`,
    values,
  });
}
