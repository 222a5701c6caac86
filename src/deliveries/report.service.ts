import type { Infra } from '../infra.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import { overlaps } from './coverage.ts';
import type { DeliveryStore } from './delivery.store.ts';
import type { Delivery } from './delivery.ts';
import { saysItFailed, verdictOf } from './reports.ts';

export type ReportDeps = Pick<Infra, 'logger'> &
  Pick<OfficesRoom, 'recoverChannel'> & {
    deliveries: Pick<DeliveryStore, 'findDelivery' | 'move' | 'listDigests' | 'listByState'>;
  };

/** Decides a delivery by all that came back about it. Safe to repeat; whoever adds a note weighs afterwards. */
export function createReportService({ deliveries, recoverChannel, logger }: ReportDeps) {
  async function weigh(id: string): Promise<void> {
    const delivery = await deliveries.findDelivery(id);
    const verdict = delivery && verdictOf(delivery);
    if (!delivery || !verdict) return;
    const isDone = verdict === 'came-back' ? await comeBack(delivery) : await arrive(delivery);
    if (!isDone) await weigh(id);
  }

  /** While it is being sent nothing is decided: whoever sends it weighs once more when the server has answered. */
  async function comeBack(delivery: Delivery): Promise<boolean> {
    const { _id, state } = delivery;
    if (state !== 'sent' && state !== 'unknown') return true;
    if (!(await deliveries.move(delivery, 'bounced'))) return false;
    logger.error({ deliveryId: _id }, 'delivery.bounced');
    return true;
  }

  async function arrive(delivery: Delivery): Promise<boolean> {
    const { _id, officeId, state } = delivery;
    if (state === 'bounced' && !(await isTold(delivery)) && !(await restore(delivery))) return false;
    if (state === 'unknown' && !(await deliveries.move(delivery, 'sent'))) return false;
    if (delivery.incoming?.some(saysItFailed)) await recoverChannel(officeId, _id);
    return true;
  }

  /**
   * It counts as sent, unless what it says was let go in another meanwhile: both look at the other after they have
   * written, so that one of them gives way.
   */
  async function restore(delivery: Delivery): Promise<boolean> {
    const { _id } = delivery;
    if (!(await deliveries.move(delivery, 'sent'))) return false;
    const after: Delivery = { ...delivery, state: 'sent' };
    if (await isTold(after)) {
      await deliveries.move(after, 'bounced');
      return true;
    }
    logger.info({ deliveryId: _id }, 'delivery.arrived-after-all');
    return true;
  }

  /** Another delivery has told the office the same, or is about to. */
  async function isTold(delivery: Delivery): Promise<boolean> {
    const { _id, petitionId, officeId, quotes } = delivery;
    const refs = new Set(quotes.map(({ ref }) => ref));
    const out = (await deliveries.listByState(['released', 'sent', 'unknown'], { officeId })).filter(
      (other) => other._id !== _id,
    );
    if (out.some((other) => other.quotes.some(({ ref }) => refs.has(ref)))) return true;
    const digests = out.filter((other) => other.kind === 'digest' && other.petitionId === petitionId);
    return delivery.kind === 'digest' && digests.some((other) => overlaps(other, delivery));
  }

  return { weigh, isTold };
}
export type ReportService = ReturnType<typeof createReportService>;
