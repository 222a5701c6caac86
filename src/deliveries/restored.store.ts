import type { Connection } from 'mongoose';
import type { Delivery, Interval } from './delivery.ts';
import { openDeliveries } from './delivery-schema.store.ts';

/** A digest that tells of entries which the ledger does not have; `coversAt`: when it was last read how far it was. */
export type Beyond = { to: number; coversAt: Date; isTold: boolean };
/** The entry at which a digest ended before, and the entry that replaces it. */
export type MovedEnd = { end: number; to: number };

/** Nobody told the office, and nobody may have. */
const UNTOLD = ['planned', 'approved', 'failed', 'bounced', 'cancelled'] as const;

/** Deliveries of a copy whose ledger is older than they are. */
export function createRestoredDeliveries(connection: Connection) {
  const deliveries = openDeliveries(connection);
  const list = async (petitionId: string, seq: number) =>
    deliveries
      .find(
        { petitionId, kind: 'digest', to: { $gt: seq } },
        { from: 1, to: 1, missed: 1, state: 1, plannedAt: 1, coversAt: 1 },
      )
      .read('primary')
      .lean<Delivery[]>();

  async function listBeyond(petitionId: string, seq: number): Promise<Beyond[]> {
    return (await list(petitionId, seq)).map(({ to, coversAt, plannedAt, state }) => ({
      to,
      coversAt: coversAt ?? plannedAt,
      isTold: !(UNTOLD as readonly string[]).includes(state),
    }));
  }

  /** Their intervals end, and begin, at entries that are there. Safe to repeat. */
  async function moveEnds(petitionId: string, seq: number, moved: readonly MovedEnd[]): Promise<void> {
    const place = (end: number) =>
      end <= seq ? end : moved.reduce((reached, one) => (one.end <= end ? one.to : reached), seq);
    for (const { _id, from, to, missed = [] } of await list(petitionId, seq)) {
      const holes = missed.map((one): Interval => ({ from: place(one.from), to: place(one.to) }));
      await deliveries.updateOne(
        { _id, from, to },
        { $set: { from: place(from), to: place(to), ...(missed.length > 0 && { missed: holes }) } },
      );
    }
  }

  return { listBeyond, moveEnds };
}
