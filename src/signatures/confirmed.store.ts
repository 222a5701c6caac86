import type { Connection } from 'mongoose';
import { HOUR } from '../lib/clock.ts';
import { openSignatures } from './signature-schema.store.ts';

/** Of one petition and hour. */
export type HourSum = { petitionId: string; at: Date };
export type ConfirmedSum = HourSum & {
  confirmed: number;
  /** within each of the delays that were asked for */
  delays: number[];
  words: number;
  updates: number;
};

/**
 * Who confirmed and who still waits, summed by hours: for a pass in the background, never for a page. The sparse index on
 * `confirmedAt` stands in desk/desk.store.ts.
 */
export function createConfirmedStore(connection: Connection) {
  const signatures = openSignatures(connection);
  const sum = (condition: object) => ({ $sum: { $cond: [condition, 1, 0] } });
  // As numbers: SecantusDB's Rust server subtracts no dates.
  const byHour = (field: string) => ({
    petitionId: '$petitionId',
    hour: { $subtract: [{ $toLong: field }, { $mod: [{ $toLong: field }, HOUR] }] },
  });

  /** Who confirmed in [from, to) and still stands by it. */
  async function sumConfirmed(from: Date, to: Date, delays: readonly number[]): Promise<ConfirmedSum[]> {
    const waited = { $subtract: [{ $toLong: '$confirmedAt' }, { $toLong: '$createdAt' }] };
    const isByMail = { $eq: [{ $type: '$signedWith' }, 'missing'] };
    const within = delays.map((delay, index) => [
      `d${index}`,
      sum({ $and: [isByMail, { $lt: [waited, delay] }] }),
    ]);
    const found = await signatures
      .aggregate<Grouped & Record<string, number>>([
        { $match: { confirmedAt: { $gte: from, $lt: to }, state: 'confirmed' } },
        {
          $group: {
            _id: byHour('$confirmedAt'),
            confirmed: { $sum: 1 },
            words: sum({ $ne: [{ $type: '$wordsState' }, 'missing'] }),
            updates: sum({ $eq: ['$consent.updates', true] }),
            ...Object.fromEntries(within),
          },
        },
      ])
      .read('primary');
    return found.map(({ _id, confirmed = 0, words = 0, updates = 0, ...rest }) => ({
      ...placeOf(_id),
      confirmed,
      words,
      updates,
      delays: delays.map((_, index) => Number(rest[`d${index}`] ?? 0)),
    }));
  }

  /** Who has not confirmed, and may still, by the hour in which they asked. */
  async function sumWaiting(now: Date): Promise<(HourSum & { waiting: number })[]> {
    const found = await signatures
      .aggregate<Grouped & { waiting: number }>([
        { $match: { expiresAt: { $gt: now }, state: 'pending' } },
        { $group: { _id: byHour('$createdAt'), waiting: { $sum: 1 } } },
      ])
      .read('primary');
    return found.map(({ _id, waiting }) => ({ ...placeOf(_id), waiting }));
  }

  return { sumConfirmed, sumWaiting };
}
export type ConfirmedStore = ReturnType<typeof createConfirmedStore>;

type Grouped = { _id: { petitionId: string; hour: number } };

function placeOf({ petitionId, hour }: Grouped['_id']): HourSum {
  return { petitionId, at: new Date(Number(hour)) };
}
