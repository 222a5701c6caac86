import type { Connection } from 'mongoose';
import { insertLean, insertOnce } from '../database/insert.ts';
import { count, date, number, openModel, part, text } from '../database/model.ts';
import { addMilliseconds, DAY, utcDay } from '../lib/clock.ts';
import type { Breakdown, PublishedBreakdowns, ShownTally } from '../petitions/shown-tally.ts';
import type { CountingStore } from '../signatures/counting.store.ts';
import type { Members } from '../signatures/marking.ts';
import type { RestoredStore } from '../signatures/restored.store.ts';
import {
  emptyTally,
  entryId,
  headOf,
  type LedgerDelta,
  type LedgerEntry,
  type LedgerEntryHead,
  type Tally,
} from './ledger.ts';

const MAX_SEQ = 9_999_999_999;

/** What the count is made and checked by: the ledger itself, and its view of the signatures. */
export type LedgerStores = { ledger: LedgerStore; counting: CountingStore; restored: RestoredStore };
export type LedgerStore = ReturnType<typeof createLedgerStore>;

/** The collections `ledger` and `tallies`: everything is found by `_id`, so neither has a further index. */
export function createLedgerStore(connection: Connection) {
  const entries = openEntries(connection);
  const tallies = openTallies(connection);

  /** Entries with a seq in [from, to], in order. */
  function range(petitionId: string, from: number, to: number) {
    return { _id: { $gte: entryId(petitionId, from), $lte: entryId(petitionId, to) } };
  }

  return {
    /** How far each tally is. */
    async listPositions(): Promise<{ petitionId: string; seq: number }[]> {
      const found = await tallies.find({}, { seq: 1 }).read('primary').lean<Tally[]>();
      return found.map(({ _id, seq }) => ({ petitionId: _id, seq }));
    },

    /** Makes a petition's tally, at seq 0, unless it has one. */
    async openTally(petitionId: string, now: Date): Promise<void> {
      await insertOnce(tallies, emptyTally(petitionId, now));
    },

    /**
     * The newest entry, without its members, or null. `from` is where the tally was a moment ago: no entry comes into
     * being before the tally has reached the one before, so two ids are enough, however long the ledger is.
     */
    async findNewest(petitionId: string, from: number): Promise<LedgerEntry | null> {
      const filter = { _id: { $in: [entryId(petitionId, from), entryId(petitionId, from + 1)] } };
      return entries.findOne(filter, { members: 0 }).sort({ _id: -1 }).read('primary').lean<LedgerEntry>();
    },

    /** The newest entry with its members, found without the tally. */
    async findLast(petitionId: string): Promise<LedgerEntry | null> {
      return entries
        .findOne(range(petitionId, 0, MAX_SEQ))
        .sort({ _id: -1 })
        .read('primary')
        .lean<LedgerEntry>();
    },

    async findEntry(petitionId: string, seq: number): Promise<LedgerEntry | null> {
      return entries
        .findOne({ _id: entryId(petitionId, seq) })
        .read('primary')
        .lean<LedgerEntry>();
    },

    async findHead(petitionId: string, seq: number): Promise<LedgerEntryHead | null> {
      const entry = await entries
        .findOne({ _id: entryId(petitionId, seq) }, { members: 0, delta: 0 })
        .lean<LedgerEntry>();
      return entry && headOf(entry);
    },

    /**
     * The one commit point of the count. False when another worker was first with this seq. It has up to 30,000 ids, and
     * mongoose would make a document of its own of them.
     */
    insertEntry: (entry: LedgerEntry): Promise<boolean> => insertLean(entries, entry),

    /** Replaces the tally at `next.seq - 1`. False when it is elsewhere: another worker has advanced it. */
    async advanceTally(next: Tally): Promise<boolean> {
      const { _id, published: _, ...fields } = next;
      const { matchedCount } = await tallies.updateOne({ _id, seq: next.seq - 1 }, { $set: fields });
      return matchedCount === 1;
    },

    /**
     * Replaces the tally that was read, or makes the first, by one computed from the entries. False when somebody changed
     * it since.
     */
    async putTally(read: Tally | null, next: Tally): Promise<boolean> {
      const { _id, published: _, ...fields } = next;
      if (read) {
        const { matchedCount } = await tallies.updateOne({ _id, seq: read.seq }, { $set: fields });
        return matchedCount === 1;
      }
      return insertOnce(tallies, { _id, ...fields });
    },

    async dropMembers(petitionId: string, seq: number): Promise<void> {
      await entries.updateOne({ _id: entryId(petitionId, seq) }, { $unset: { members: 1 } });
    },

    /** Those of the given places in the ledger that still have members. */
    async listWithMembers(
      places: readonly { petitionId: string; seq: number }[],
    ): Promise<{ petitionId: string; seq: number }[]> {
      const ids = places.map(({ petitionId, seq }) => entryId(petitionId, seq));
      const found = await entries
        .find({ _id: { $in: ids }, members: { $exists: true } }, { petitionId: 1, seq: 1 })
        .read('primary')
        .lean<LedgerEntry[]>();
      return found.map(({ petitionId, seq }) => ({ petitionId, seq }));
    },

    /** All fields but, unless asked for, the members. */
    streamEntries(
      petitionId: string,
      { from = 0, to = MAX_SEQ, withMembers = false } = {},
    ): AsyncIterable<LedgerEntry> {
      return entries
        .find(range(petitionId, from, to), withMembers ? {} : { members: 0 })
        .sort({ _id: 1 })
        .read('primary')
        .lean<LedgerEntry[]>()
        .cursor();
    },

    async getTally(petitionId: string): Promise<Tally | null> {
      return tallies.findOne({ _id: petitionId }).read('primary').lean<Tally>();
    },

    /** What the public reads of every tally. */
    async listTallies(): Promise<ShownTally[]> {
      const found = await tallies
        .find({}, { total: 1, seq: 1, at: 1, published: 1 })
        .read('primary')
        .lean<Tally[]>();
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
        .find({ _id: { $in: [...petitionIds] } }, { total: 1, seq: 1, at: 1 })
        .lean<Tally[]>();
      return found.map(({ _id, total, seq, at }) => ({ petitionId: _id, total, seq, at }));
    },

    /** Every petition with a tally or an entry, from one seek for each. */
    async listPetitionIds(): Promise<string[]> {
      const ids = new Set(
        (await tallies.find({}, { _id: 1 }).lean<{ _id: string }[]>()).map(({ _id }) => _id),
      );
      let after = '';
      for (;;) {
        const found = await entries
          .findOne({ _id: { $gt: after } }, { _id: 1 })
          .sort({ _id: 1 })
          .lean<{ _id: string }>();
        if (!found) return [...ids].sort();
        const petitionId = found._id.slice(0, found._id.lastIndexOf(':'));
        ids.add(petitionId);
        after = entryId(petitionId, MAX_SEQ);
      }
    },

    /** Tallies without breakdowns of this day or a later one. */
    async listUnpublished(day: string): Promise<Tally[]> {
      return tallies
        .find({ seq: { $gt: 0 }, 'published.day': { $not: sameOrLater(day) } })
        .read('primary')
        .lean<Tally[]>();
    },

    /** False when this day's, or a later day's, are there already. */
    async publishBreakdowns(petitionId: string, published: PublishedBreakdowns): Promise<boolean> {
      const { matchedCount } = await tallies.updateOne(
        { _id: petitionId, 'published.day': { $not: sameOrLater(published.day) } },
        { $set: { published } },
      );
      return matchedCount === 1;
    },
  };
}

/** No day of anywhere is later than the next, but one that a clock which was ahead has written. */
function sameOrLater(day: string) {
  return { $gte: day, $lte: utcDay(addMilliseconds(new Date(day), DAY)) };
}

const cells = { type: Map, of: number, required: true } as const;

function openEntries(connection: Connection) {
  return openModel<LedgerEntry>(connection, 'ledger', {
    _id: text,
    petitionId: text,
    seq: { ...count, max: MAX_SEQ },
    at: date,
    added: count,
    removed: count,
    total: number,
    previousHash: text,
    hash: text,
    firstPlace: count,
    places: count,
    members: part<Members>({ added: [text], addedRefs: [text], removed: [text] }),
    unnamed: part<NonNullable<LedgerEntry['unnamed']>>({ added: count, removed: count }),
    delta: part<LedgerDelta>({ country: cells, region: cells, source: cells, locale: cells }),
    detailHash: text,
  });
}

function openTallies(connection: Connection) {
  const breakdown = part<Breakdown>({ cells, other: count });
  return openModel<Tally>(connection, 'tallies', {
    _id: text,
    seq: count,
    at: date,
    total: number,
    places: count,
    byCountry: cells,
    byRegion: cells,
    bySource: cells,
    byLocale: cells,
    byDay: cells,
    published: part<PublishedBreakdowns>({
      day: text,
      total: number,
      country: breakdown,
      region: breakdown,
      locale: breakdown,
    }),
  });
}
