import type { Connection } from 'mongoose';
import { insertOnce } from '../database/bulk-insert.ts';
import { isDuplicateKey } from '../lib/duplicate-key.ts';
import type { PublishedBreakdowns, ShownTally } from '../petitions/shown-tally.ts';
import { emptyTally, entryId, headOf, type LedgerEntry, type LedgerEntryHead, type Tally } from './ledger.ts';

const DURABLE = { writeConcern: { w: 'majority', j: true } } as const;
const PRIMARY = { readPreference: 'primary' } as const;

const MAX_SEQ = 9_999_999_999;

export type LedgerStore = ReturnType<typeof createLedgerStore>;

/**
 * The collections `ledger` and `tallies`: everything is found by `_id`, so neither has a further index. What they hold is
 * written here alone, whole and typed, and the hot path is the driver's, so neither has a mongoose schema.
 */
export function createLedgerStore(connection: Connection) {
  const entries = connection.collection<LedgerEntry>('ledger');
  const tallies = connection.collection<Tally>('tallies');

  /** Entries with a seq in [from, to], in order. */
  function range(petitionId: string, from: number, to: number) {
    return { _id: { $gte: entryId(petitionId, from), $lte: entryId(petitionId, to) } };
  }

  return {
    /** How far each tally is. */
    async listPositions(): Promise<{ petitionId: string; seq: number }[]> {
      const found = await tallies.find({}, { projection: { seq: 1 }, ...PRIMARY }).toArray();
      return found.map(({ _id, seq }) => ({ petitionId: _id, seq }));
    },

    /** Makes a petition's tally, at seq 0, unless it has one. */
    async openTally(petitionId: string, now: Date): Promise<void> {
      try {
        const { _id, ...fields } = emptyTally(petitionId, now);
        await tallies.updateOne({ _id }, { $setOnInsert: fields }, { upsert: true, ...DURABLE });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    },

    /**
     * The newest entry, without its members, or null. `from` is where the tally was a moment ago: no entry comes into
     * being before the tally has reached the one before, so two ids are enough, however long the ledger is.
     */
    async findNewest(petitionId: string, from: number): Promise<LedgerEntry | null> {
      const filter = { _id: { $in: [entryId(petitionId, from), entryId(petitionId, from + 1)] } };
      return entries.findOne(filter, { sort: { _id: -1 }, projection: { members: 0 }, ...PRIMARY });
    },

    /** The newest entry with its members, found without the tally. */
    async findLast(petitionId: string): Promise<LedgerEntry | null> {
      return entries.findOne(range(petitionId, 0, MAX_SEQ), { sort: { _id: -1 }, ...PRIMARY });
    },

    async findEntry(petitionId: string, seq: number): Promise<LedgerEntry | null> {
      return entries.findOne({ _id: entryId(petitionId, seq) }, PRIMARY);
    },

    async findHead(petitionId: string, seq: number): Promise<LedgerEntryHead | null> {
      const entry = await entries.findOne(
        { _id: entryId(petitionId, seq) },
        { projection: { members: 0, delta: 0 } },
      );
      return entry && headOf(entry);
    },

    /** The one commit point of the count. False when another worker was first with this seq. */
    insertEntry: (entry: LedgerEntry): Promise<boolean> => insertOnce(entries, entry),

    /** Replaces the tally at `next.seq - 1`. False when it is elsewhere: another worker has advanced it. */
    async advanceTally(next: Tally): Promise<boolean> {
      const { _id, published: _, ...fields } = next;
      const { matchedCount } = await tallies.updateOne({ _id, seq: next.seq - 1 }, { $set: fields }, DURABLE);
      return matchedCount === 1;
    },

    /** Puts a tally made from the entries in the place of the one that was read, or of none. False when that has changed. */
    async putTally(read: Tally | null, next: Tally): Promise<boolean> {
      const { _id, published: _, ...fields } = next;
      if (read) {
        const { matchedCount } = await tallies.updateOne({ _id, seq: read.seq }, { $set: fields }, DURABLE);
        return matchedCount === 1;
      }
      return insertOnce(tallies, { _id, ...fields });
    },

    async dropMembers(petitionId: string, seq: number): Promise<void> {
      await entries.updateOne({ _id: entryId(petitionId, seq) }, { $unset: { members: 1 } }, DURABLE);
    },

    /** Those of the given places in the ledger that still have members. */
    async listWithMembers(
      places: readonly { petitionId: string; seq: number }[],
    ): Promise<{ petitionId: string; seq: number }[]> {
      const ids = places.map(({ petitionId, seq }) => entryId(petitionId, seq));
      const found = entries.find(
        { _id: { $in: ids }, members: { $exists: true } },
        { projection: { petitionId: 1, seq: 1 }, ...PRIMARY },
      );
      return (await found.toArray()).map(({ petitionId, seq }) => ({ petitionId, seq }));
    },

    /** All fields but, unless asked for, the members. */
    streamEntries(
      petitionId: string,
      { from = 0, to = MAX_SEQ, withMembers = false } = {},
    ): AsyncIterable<LedgerEntry> {
      const projection = withMembers ? {} : { projection: { members: 0 } };
      return entries.find(range(petitionId, from, to), { ...projection, ...PRIMARY }).sort({ _id: 1 });
    },

    async getTally(petitionId: string): Promise<Tally | null> {
      return tallies.findOne({ _id: petitionId }, PRIMARY);
    },

    /** What the public reads of every tally. */
    async listTallies(): Promise<ShownTally[]> {
      const projection = { total: 1, seq: 1, at: 1, published: 1 };
      const found = await tallies.find({}, { projection, ...PRIMARY }).toArray();
      return found.map(({ _id, total, seq, at, published }) => ({
        petitionId: _id,
        total,
        seq,
        at,
        ...(published && { published }),
      }));
    },

    async getTotals(
      petitionIds: readonly string[],
    ): Promise<{ petitionId: string; total: number; seq: number; at: Date }[]> {
      const found = await tallies
        .find({ _id: { $in: [...petitionIds] } }, { projection: { total: 1, seq: 1, at: 1 } })
        .toArray();
      return found.map(({ _id, total, seq, at }) => ({ petitionId: _id, total, seq, at }));
    },

    /** Every petition with a tally or an entry, from one seek for each. */
    async listPetitionIds(): Promise<string[]> {
      const ids = new Set(
        (await tallies.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id),
      );
      let after = '';
      for (;;) {
        const found = await entries.findOne(
          { _id: { $gt: after } },
          { sort: { _id: 1 }, projection: { _id: 1 } },
        );
        if (!found) return [...ids].sort();
        const petitionId = found._id.slice(0, found._id.lastIndexOf(':'));
        ids.add(petitionId);
        after = entryId(petitionId, MAX_SEQ);
      }
    },

    /** Tallies without breakdowns of this day or a later one. */
    async listUnpublished(day: string): Promise<Tally[]> {
      return tallies.find({ seq: { $gt: 0 }, 'published.day': { $not: { $gte: day } } }, PRIMARY).toArray();
    },

    /** False when this day's, or a later day's, are there already. */
    async publishBreakdowns(petitionId: string, published: PublishedBreakdowns): Promise<boolean> {
      const { matchedCount } = await tallies.updateOne(
        { _id: petitionId, 'published.day': { $not: { $gte: published.day } } },
        { $set: { published } },
        DURABLE,
      );
      return matchedCount === 1;
    },
  };
}
