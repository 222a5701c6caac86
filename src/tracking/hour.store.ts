import type { Connection } from 'mongoose';
import { count, date, openModel, part, text } from '../database/model.ts';
import type { LedgerDelta } from '../ledger/ledger.ts';
import { addMilliseconds } from '../lib/clock.ts';
import { isDuplicateKey } from '../lib/duplicate-key.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { type ConfirmedHour, type Hour, hourId, type LedgerHour } from './hour.ts';

export const hourIndexes: IndexDeclaration[] = [
  { collection: 'hours', key: { at: 1 }, options: { name: 'at' } },
  { collection: 'hours', key: { recountAt: 1 }, options: { name: 'recountAt', sparse: true } },
];

export type Place = { petitionId: string; at: Date };
/** What was counted in memory and is added. */
export type Noted = Place & { seen: ReadonlyMap<string, number>; mailed: number };
/** The cells of a document as the lean reading gives them. */
type Guard = { seq: number | { $exists: false } };

/** The collection `hours`: hourly sums of each petition, for curves and comparisons. */
export function createHourStore(connection: Connection) {
  const cells = { type: Map, of: Number, required: true } as const;
  const hours = openModel<Hour>(connection, 'hours', {
    _id: text,
    petitionId: text,
    at: date,
    seq: Number,
    added: { type: Number, min: 0 },
    removed: { type: Number, min: 0 },
    delta: part<LedgerDelta>({ country: cells, region: cells, source: cells, locale: cells }),
    confirmed: Number,
    delays: [count],
    words: Number,
    updates: Number,
    recountAt: Date,
    waiting: { type: Number, min: 0 },
    seen: { type: Map, of: Number },
    mailed: Number,
  });

  const range = (petitionId: string, from: Date, to: Date) => ({
    _id: { $gte: hourId(petitionId, from), $lt: hourId(petitionId, to) },
  });
  const own = (petitionId: string) => ({ _id: { $gt: `${petitionId}:`, $lt: `${petitionId};` } });

  /** Hours of [from, to), in order; those without anything are not there. */
  async function listHours(petitionId: string, from: Date, to: Date): Promise<Hour[]> {
    return hours
      .find(range(petitionId, from, to))
      .sort({ _id: 1 })
      .lean<Hour[]>();
  }

  /** The same without breakdowns, for what is summed over many. */
  async function listSums(petitionId: string, from: Date, to: Date): Promise<Hour[]> {
    const fields = { delta: 0, seen: 0, delays: 0 };
    return hours
      .find(range(petitionId, from, to), fields)
      .sort({ _id: 1 })
      .lean<Hour[]>();
  }

  /** All of a petition, one after the other. */
  function streamHours(petitionId: string): AsyncIterable<Hour> {
    return hours.find(own(petitionId), { delta: 0 }).sort({ _id: 1 }).lean<Hour[]>().cursor();
  }

  /** How far the ledger is summed. */
  async function findNewestCounted(petitionId: string): Promise<(Hour & LedgerHour) | null> {
    return hours
      .findOne({ ...own(petitionId), seq: { $exists: true } })
      .sort({ _id: -1 })
      .read('primary')
      .lean<Hour & LedgerHour>();
  }

  async function listCounted(petitionId: string): Promise<(Hour & LedgerHour)[]> {
    return hours
      .find({ ...own(petitionId), seq: { $exists: true } }, { at: 1, petitionId: 1, seq: 1 })
      .read('primary')
      .lean<(Hour & LedgerHour)[]>();
  }

  /** False when somebody else summed this hour since `readSeq` was read. */
  async function putCounted(place: Place, hour: LedgerHour, readSeq: number | undefined): Promise<boolean> {
    const { seq, added, removed, delta } = hour;
    return put(place, { seq, added, removed, delta }, { seq: readSeq ?? { $exists: false } });
  }

  /** Of an hour of which the ledger has no entry. */
  async function dropCounted({ petitionId, at }: Place, readSeq: number): Promise<void> {
    const fields = { seq: 1, added: 1, removed: 1, delta: 1 };
    await hours.updateOne({ _id: hourId(petitionId, at), seq: readSeq }, { $unset: fields });
  }

  async function put({ petitionId, at }: Place, fields: Partial<Hour>, guard?: Guard): Promise<boolean> {
    const filter = { _id: hourId(petitionId, at), ...guard };
    const change = { $set: fields, $setOnInsert: { petitionId, at } };
    try {
      const { matchedCount, upsertedCount } = await hours.updateOne(filter, change, { upsert: true });
      return matchedCount + upsertedCount === 1;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      // The hour is there, and not as the guard says; or it came into being just now.
      return guard ? false : put({ petitionId, at }, fields);
    }
  }

  /** The newest hour of any petition of which the confirmed were counted. */
  async function findNewestConfirmed(): Promise<Date | undefined> {
    const newest = await hours
      .findOne({ confirmed: { $exists: true } }, { at: 1 })
      .sort({ at: -1 })
      .read('primary')
      .lean<Hour>();
    return newest?.at;
  }

  /** Hours whose confirmed are to be counted again. */
  async function listRecounts(now: Date, limit: number): Promise<Date[]> {
    const found = await hours
      .find({ recountAt: { $lte: now } }, { at: 1 })
      .sort({ recountAt: 1 })
      .limit(limit)
      .read('primary')
      .lean<Hour[]>();
    return [...new Set(found.map(({ at }) => at.getTime()))].map((at) => new Date(at));
  }

  /** Of every petition, those in [from, to) that have confirmed. */
  async function listConfirmed(from: Date, to: Date): Promise<Place[]> {
    return hours
      .find({ at: { $gte: from, $lt: to }, confirmed: { $gt: 0 } }, { petitionId: 1, at: 1 })
      .read('primary')
      .lean<Hour[]>();
  }

  async function putConfirmed(place: Place, { recountAt, ...sums }: ConfirmedHour): Promise<void> {
    await put(place, { ...sums, ...(recountAt && { recountAt }) });
    if (!recountAt)
      await hours.updateOne({ _id: hourId(place.petitionId, place.at) }, { $unset: { recountAt: 1 } });
  }

  /** Who waits to confirm, by the hour in which they asked: in the place of all that was known of it. */
  async function putWaiting(sums: readonly (Place & { waiting: number })[], since: Date): Promise<void> {
    const there = new Set(sums.map(({ petitionId, at }) => hourId(petitionId, at)));
    for (const { waiting, ...place } of sums) await put(place, { waiting });
    const before = await hours
      .find({ at: { $gte: since }, waiting: { $gt: 0 } }, { petitionId: 1, at: 1 })
      .read('primary')
      .lean<Hour[]>();
    for (const { _id, ...place } of before) if (!there.has(_id)) await put(place, { waiting: 0 });
  }

  async function addNoted({ petitionId, at, seen, mailed }: Noted, isAgain = false): Promise<void> {
    const $inc = Object.fromEntries([...seen].map(([source, times]) => [`seen.${source}`, times]));
    if (mailed > 0) $inc.mailed = mailed;
    const _id = hourId(petitionId, at);
    try {
      await hours.updateOne({ _id }, { $inc, $setOnInsert: { petitionId, at } }, { upsert: true });
    } catch (error) {
      if (!isDuplicateKey(error) || isAgain) throw error;
      await addNoted({ petitionId, at, seen, mailed }, true);
    }
  }

  /** Who waits in all, of those who asked at or after `since`. */
  async function sumWaiting(petitionId: string, since: Date, now: Date): Promise<number> {
    const found = await hours
      .find({ ...range(petitionId, since, addMilliseconds(now, 1)), waiting: { $gt: 0 } }, { waiting: 1 })
      .lean<Hour[]>();
    return found.reduce((sum, { waiting = 0 }) => sum + waiting, 0);
  }

  return {
    listHours,
    listSums,
    streamHours,
    findNewestCounted,
    listCounted,
    putCounted,
    dropCounted,
    findNewestConfirmed,
    listRecounts,
    listConfirmed,
    putConfirmed,
    putWaiting,
    addNoted,
    sumWaiting,
  };
}
export type HourStore = ReturnType<typeof createHourStore>;
