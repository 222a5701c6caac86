import type { Connection, mongo } from 'mongoose';
import type { DueSignature, Marking } from '../ledger/ledger.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { markStages } from './counting.ts';
import { isCountable, type SignedSignature } from './signature.ts';

/**
 * Sparse is a partial index of those that have the field. It is not declared by a partial filter, because the SecantusDB
 * from PyPI never chooses such an index by itself, and the Rust one scans when it is named by a hint.
 */
export const countingIndexes: IndexDeclaration[] = [
  { collection: 'signatures', key: { ledgerDue: 1 }, options: { name: 'ledgerDue', sparse: true } },
];

const DUE_FIELDS = {
  ref: 1,
  petitionId: 1,
  state: 1,
  held: 1,
  cell: 1,
  country: 1,
  region: 1,
  source: 1,
  locale: 1,
  counted: 1,
};
const LIST_LIMIT = 10_000;
/** One update of many costs a quarter of as many updates of one; longer lists make each search in them dear. */
const IDS_PER_UPDATE = 50;
const UPDATES_PER_CALL = 50;

export type CountingStore = ReturnType<typeof createCountingStore>;

/** The ledger's view of `signatures`: who is due, and the mark that an entry leaves on its members. */
export function createCountingStore(connection: Connection) {
  const signatures = connection.collection<SignedSignature>('signatures');

  return {
    /** The longest waiting first, from the primary: at most `limit`, never more than 10,000. */
    async listDue(now: Date, limit: number): Promise<DueSignature[]> {
      const found = await signatures
        .find({ ledgerDue: { $lte: now } }, { projection: DUE_FIELDS, readPreference: 'primary' })
        .sort({ ledgerDue: 1 })
        .limit(Math.min(limit, LIST_LIMIT))
        .toArray();
      // One that is marked as due by hand, and is not, must never be counted twice.
      return found
        .filter((one) => isCountable(one.state, one.held) !== (one.counted?.on ?? false))
        .map((one) => toDue(one));
    },

    /** Marks the members of an entry; those marked by it or by a later one stay as they are. Safe to repeat. */
    async mark(entry: Marking): Promise<void> {
      const updates = markUpdates(entry);
      for (let i = 0; i < updates.length; i += UPDATES_PER_CALL) {
        await signatures.bulkWrite(updates.slice(i, i + UPDATES_PER_CALL), {
          ordered: false,
          writeConcern: { w: 'majority', j: true },
        });
      }
    },

    countOn(petitionId: string): Promise<number> {
      return signatures.countDocuments({ petitionId, 'counted.on': true }, { readPreference: 'primary' });
    },

    /** How many of these ids bear the mark of entry `seq` with this side of the count. */
    async countMarked(ids: readonly string[], seq: number, on: boolean): Promise<number> {
      const filter = { _id: { $in: [...ids] }, 'counted.seq': seq, 'counted.on': on };
      return signatures.countDocuments(filter, { readPreference: 'primary' });
    },
  };
}

/**
 * "Absent or less" is written `$not: { $gte }`: an `$or` beside `_id` makes SecantusDB scan (12 ms at 20,000 documents
 * instead of 1). A removed one has been counted before, so `$lt` alone will do.
 */
function markUpdates({
  seq,
  at,
  firstPlace,
  members,
}: Marking): mongo.AnyBulkWriteOperation<SignedSignature>[] {
  const added = chunk(members.added).map((ids, i) => {
    const refs = members.addedRefs.slice(i * IDS_PER_UPDATE, (i + 1) * IDS_PER_UPDATE);
    const place = {
      $add: [firstPlace + i * IDS_PER_UPDATE, { $indexOfArray: [{ $literal: ids }, '$_id'] }],
    };
    const filter = { _id: { $in: ids }, ref: { $in: refs }, 'counted.seq': { $not: { $gte: seq } } };
    return { updateMany: { filter, update: markStages({ seq, at, on: true, place }) } };
  });
  const removed = chunk(members.removed).map((ids) => {
    const filter = { _id: { $in: ids }, 'counted.seq': { $lt: seq } };
    return { updateMany: { filter, update: markStages({ seq, at, on: false }) } };
  });
  return [...added, ...removed];
}

function toDue(one: SignedSignature): DueSignature {
  const { country, region, source, locale } = one;
  return {
    _id: one._id,
    ref: one.ref,
    petitionId: one.petitionId,
    countable: isCountable(one.state, one.held),
    cell: one.cell ?? { country, source, locale, ...(region === undefined ? {} : { region }) },
    hasPlace: one.counted?.place !== undefined,
  };
}

function chunk(ids: readonly string[]): string[][] {
  const chunks: string[][] = [];
  for (let i = 0; i < ids.length; i += IDS_PER_UPDATE) chunks.push(ids.slice(i, i + IDS_PER_UPDATE));
  return chunks;
}
