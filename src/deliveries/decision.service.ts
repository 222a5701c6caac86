import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { MINUTE, SKEW_MS } from '../lib/clock.ts';
import { isAppError } from '../lib/errors.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import { conflict, type DeliveryService } from './delivery.service.ts';
import type { DeliveryStore } from './delivery.store.ts';
import { type Delivery, outboxReason } from './delivery.ts';
import type { PauseStore } from './pause.store.ts';
import { type Scope, scopeId } from './pause.ts';
import type { ReportService } from './report.service.ts';

/** An SMTP conversation whose end was lost is over after this time. Only then may a doubtful letter be sent again. */
const QUIET_MS = 2 * MINUTE;

/** What can still be taken back. */
const OPEN = ['planned', 'approved', 'released'] as const;

/** What organisers decide on deliveries that are there: stop them, go on, take them back, settle a doubtful one. */
export function createDecisionService(
  deps: Pick<Infra, 'clock' | 'logger'> &
    Pick<MailRoom, 'resolveRow' | 'cancelDue'> &
    Pick<ReportService, 'isTold'> & {
      deliveries: Pick<DeliveryStore, 'move' | 'listByState'>;
      letters: Pick<DeliveryService, 'getDelivery' | 'queueReleased' | 'queue'>;
      pauses: PauseStore;
    },
) {
  const { deliveries, letters, pauses, clock, logger } = deps;

  /**
   * An organiser's word on one that is doubtful or came back: it arrived (`sent`), or the same bytes go out once more
   * (`again`), as a release of its own with a row of its own.
   * @throws DELIVERY_NOT_FOUND; DELIVERY_STATE_CONFLICT, also when the office was told the same by another meanwhile
   */
  async function resolve(actor: Actor, id: string, word: 'sent' | 'again'): Promise<void> {
    const by = byOf(actor);
    const delivery = await letters.getDelivery(id);
    const { state } = delivery;
    if (state !== 'unknown' && state !== 'bounced')
      throw conflict(delivery, `it is ${state}, not unknown or bounced`, 'decided');
    if (word === 'again') checkQuiet(delivery);
    if (state === 'bounced') await checkUntold(delivery, word);
    const reply = `resolved by ${by}`;
    const isMoved =
      word === 'sent'
        ? await deliveries.move(delivery, 'sent', { endedAt: clock.now(), reply })
        : await deliveries.move(
            delivery,
            'released',
            { reply, againAt: clock.now(), releases: delivery.releases + 1 },
            ['endedAt'],
          );
    if (!isMoved) throw conflict(delivery, 'it has just changed', 'changed');
    if (word === 'again') await letters.queueReleased();
    else if (state === 'unknown') await deps.resolveRow(outboxReason(delivery), 'sent', clock.now());
    logger.info({ deliveryId: id, word, by }, 'delivery.resolved');
  }

  function checkQuiet(delivery: Delivery): void {
    const since = clock.now().getTime() - (delivery.endedAt?.getTime() ?? 0);
    // A time far in the future was written by a clock that was wrong, and no conversation lasts until then.
    if (since < QUIET_MS && since > -SKEW_MS)
      throw conflict(delivery, 'wait two minutes: the sending may not be over', 'wait');
  }

  /** What came back is merged into the next: where that is there already, this one stays as it is. */
  async function checkUntold(delivery: Delivery, word: 'sent' | 'again'): Promise<void> {
    if (await deps.isTold(delivery))
      throw conflict(delivery, 'what it says was let go to the office in another meanwhile', 'told');
    const { petitionId, officeId, kind } = delivery;
    if (kind === 'letter' || word === 'sent') return;
    const [waiting] = await deliveries.listByState(['planned', 'approved'], { petitionId, officeId, kind });
    if (waiting) throw conflict(delivery, `it is merged into ${waiting._id}: cancel that first`, 'merged');
  }

  /**
   * Takes back what has not begun to be sent; what it covered is merged into the next. @throws DELIVERY_NOT_FOUND,
   * DELIVERY_STATE_CONFLICT
   */
  async function cancel(actor: Actor, id: string): Promise<void> {
    const by = byOf(actor);
    const delivery = await letters.getDelivery(id);
    const { state } = delivery;
    if (state !== 'planned' && state !== 'approved' && state !== 'released')
      throw conflict(delivery, `it is ${state}`, 'decided');
    if (state === 'released' && !(await cancelRow(delivery, by)))
      throw conflict(delivery, 'it is being sent', 'sending');
    if (
      !(await deliveries.move(delivery, 'cancelled', { endedAt: clock.now(), reply: `cancelled by ${by}` }))
    )
      throw conflict(delivery, 'it has just changed', 'changed');
    logger.info({ deliveryId: id, by }, 'delivery.cancelled');
  }

  async function cancelRow(delivery: Delivery, by: string): Promise<boolean> {
    // A crash may have left the delivery without an outbox row. Then there is nothing to cancel.
    await letters.queue(delivery);
    return deps.cancelDue(outboxReason(delivery), `cancelled by ${by}`, clock.now());
  }

  /** All of an office, of a petition, or everything; what is being sent at this moment cannot be taken back. */
  async function cancelAll(actor: Actor, scope: Scope): Promise<{ cancelled: number; beingSent: string[] }> {
    const beingSent: string[] = [];
    let cancelled = 0;
    for (const { _id } of await deliveries.listByState(OPEN, scope)) {
      try {
        await cancel(actor, _id);
        cancelled += 1;
      } catch (error) {
        if (!isAppError(error, 'DELIVERY_STATE_CONFLICT')) throw error;
        beingSent.push(_id);
      }
    }
    return { cancelled, beingSent };
  }

  /** Nothing of that scope is released or handed to a server from now on; what is planned and approved stays so. */
  async function pause(actor: Actor, scope: Scope, because: string): Promise<void> {
    const by = byOf(actor);
    await pauses.putPause({ _id: scopeId(scope), by, because, at: clock.now() });
    logger.warn({ scope: scopeId(scope), by }, 'letters.paused');
  }

  /** False when there was no such pause. Deliveries that were missed meanwhile are not sent faster afterwards. */
  async function resume(actor: Actor, scope: Scope): Promise<boolean> {
    const didStand = await pauses.removePause(scopeId(scope));
    if (didStand) logger.warn({ scope: scopeId(scope), by: byOf(actor) }, 'letters.resumed');
    return didStand;
  }

  return { resolve, cancel, cancelAll, pause, resume, listPauses: pauses.listPauses };
}
export type DecisionService = ReturnType<typeof createDecisionService>;
