import type { Connection } from 'mongoose';
import { checkPipeline } from '../database/pipeline.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { markStages } from './counting.ts';
import type { DueSignature, Marking } from './marking.ts';
import { isCountable, markOf, type SignedSignature } from './signature.ts';
import { openSignatures } from './signature-schema.store.ts';

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
  ledgerDue: 1,
};
const LIST_LIMIT = 10_000;
/** One update of many costs a quarter of as many updates of one; longer lists make each search in them dear. */
const IDS_PER_UPDATE = 50;
const UPDATES_PER_CALL = 50;

export type CountingStore = ReturnType<typeof createCountingStore>;

/** The ledger's view of `signatures`: who is due, and the mark that an entry leaves on its members. */
export function createCountingStore(connection: Connection) {
  const signatures = openSignatures(connection);

  return {
    /**
     * The longest waiting first, from the primary: at most `limit`, never more than 10,000. All that are due, whatever
     * their time says: a clock that was ahead once must not keep anybody waiting.
     */
    async listDue(limit: number, petitionId?: string): Promise<DueSignature[]> {
      const found = await signatures
        .find(
          { ledgerDue: { $gt: new Date(0) }, ...(petitionId !== undefined && { petitionId }) },
          DUE_FIELDS,
        )
        .sort({ ledgerDue: 1 })
        .limit(Math.min(limit, LIST_LIMIT))
        .read('primary')
        .lean<SignedSignature[]>();
      // One that is marked as due by hand, and is not, must never be counted twice.
      return found
        .filter((one) => isCountable(one.state, one.held) !== (one.counted?.on ?? false))
        .map((one) => toDue(one));
    },

    /** Marks the members of an entry; those marked by it or by a later one stay as they are. Safe to repeat. */
    async mark(entry: Marking): Promise<void> {
      const updates = markUpdates(entry);
      for (const { updateMany } of updates) checkPipeline(signatures, updateMany.update);
      for (let i = 0; i < updates.length; i += UPDATES_PER_CALL) {
        // Without `throwOnValidationError` mongoose leaves out what it cannot cast, and says nothing.
        await signatures.bulkWrite(updates.slice(i, i + UPDATES_PER_CALL), {
          ordered: false,
          throwOnValidationError: true,
        });
      }
    },

    async countOn(petitionId: string): Promise<number> {
      // By `_id`, so that no other petition's are read: `;` comes after `:`.
      const own = { _id: { $gt: `${petitionId}:`, $lt: `${petitionId};` } };
      return signatures.countDocuments({ ...own, 'counted.on': true }).read('primary');
    },

    /** How many of these ids bear the mark of entry `seq` with this side of the count. */
    async countMarked(ids: readonly string[], seq: number, on: boolean): Promise<number> {
      const filter = { _id: { $in: [...ids] }, 'counted.seq': seq, 'counted.on': on };
      return signatures.countDocuments(filter).read('primary');
    },
  };
}

/**
 * "Absent or less" is written `$not: { $gte }`: an `$or` beside `_id` makes SecantusDB scan (12 ms at 20,000 documents
 * instead of 1). A removed one has been counted before, so `$lt` alone will do.
 */
function markUpdates({ seq, at, firstPlace, places, members }: Marking) {
  // Who came back had a place; a copy from before that has lost it, and which it was cannot be known.
  const newcomers = places - firstPlace + 1;
  const added = chunk(members.added, newcomers).map(({ from, ids }) => {
    const refs = members.addedRefs.slice(from, from + ids.length);
    const place = { $add: [firstPlace + from, { $indexOfArray: [{ $literal: ids }, '$_id'] }] };
    const filter = { _id: { $in: ids }, ref: { $in: refs }, 'counted.seq': { $not: { $gte: seq } } };
    const update = markStages({ seq, at, on: true, ...(from < newcomers && { place }) });
    return { updateMany: { filter, update } };
  });
  const removed = chunk(members.removed).map(({ ids }) => {
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
    dueAt: one.ledgerDue ?? new Date(0),
    mark: markOf(one),
  };
}

/** Lists of at most IDS_PER_UPDATE, none of them across `border`. */
function chunk(ids: readonly string[], border = ids.length): { from: number; ids: string[] }[] {
  const chunks: { from: number; ids: string[] }[] = [];
  for (let from = 0; from < ids.length; ) {
    const to = Math.min(from + IDS_PER_UPDATE, from < border ? border : ids.length);
    chunks.push({ from, ids: ids.slice(from, to) });
    from = to;
  }
  return chunks;
}
