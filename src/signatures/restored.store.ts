import type { Connection, QueryFilter } from 'mongoose';
import { updateByPipeline, updateManyByPipeline } from '../database/pipeline.ts';
import { recomputeDueStages, unmarkStages } from './counting.ts';
import type { Standing } from './marking.ts';
import { type LedgerCell, type Mark, markOf, type Signature } from './signature.ts';
import { openSignatures } from './signature-schema.store.ts';

export type Survey = { people: number; newest: number; marked: number };
export type RestoredStore = ReturnType<typeof createRestoredStore>;

/** The signatures of a restored copy, held against the ledger: each of these reads a petition's signatures from end to end. */
export function createRestoredStore(connection: Connection) {
  const signatures = openSignatures(connection);

  /** Petitions in which somebody bears a mark. */
  async function listMarkedPetitions(): Promise<string[]> {
    const found: string[] = [];
    for (;;) {
      // One seek for each petition: ids begin with it, and ";" comes after ":".
      const next = await signatures
        .findOne({ _id: { $gt: found.length === 0 ? '' : `${found.at(-1)};` } }, { petitionId: 1 })
        .sort({ _id: 1 })
        .read('primary')
        .lean<Signature>();
      if (!next) return found;
      found.push(next.petitionId);
    }
  }

  /**
   * In one pass: how many stand in the count, the newest mark that anybody bears, and how many bear that of entry `seq`.
   */
  async function survey(petitionId: string, seq: number): Promise<Survey> {
    const [found] = await signatures
      .aggregate<Survey>([
        { $match: ofPetition(petitionId) },
        {
          $group: {
            _id: null,
            people: { $sum: { $cond: [{ $eq: ['$counted.on', true] }, 1, 0] } },
            newest: { $max: '$counted.seq' },
            marked: { $sum: { $cond: [{ $eq: ['$counted.seq', seq] }, 1, 0] } },
          },
        },
      ])
      .read('primary');
    return { people: found?.people ?? 0, newest: found?.newest ?? 0, marked: found?.marked ?? 0 };
  }

  /** Those who bear the mark of an entry after `seq`. */
  async function listMarkedAfter(petitionId: string, seq: number): Promise<Mark[]> {
    const found = await signatures
      .find({ ...ofPetition(petitionId), 'counted.seq': { $gt: seq } }, { counted: 1 })
      .read('primary')
      .lean<Signature[]>();
    return found.map(markOf);
  }

  /** Places of theirs that somebody else bears, too. */
  async function listTakenPlaces(petitionId: string, marks: readonly Mark[]): Promise<Set<number>> {
    const places = marks.flatMap(({ place }) => (place === undefined ? [] : [place]));
    const own = new Set(marks.map(({ _id }) => _id));
    const found = await signatures
      .find({ ...ofPetition(petitionId), 'counted.place': { $in: places } }, { counted: 1 })
      .read('primary')
      .lean<Signature[]>();
    return new Set(
      found.flatMap(({ _id, counted }) => (own.has(_id) || !counted?.place ? [] : [counted.place])),
    );
  }

  /**
   * Each is due again, as far as it should stand in the count; a place that was given by an entry that is there, and to
   * nobody else, stays. Answers how many bore these very marks still.
   */
  async function unmark(
    petitionId: string,
    marks: readonly Mark[],
    placesGiven: number,
    now: Date,
  ): Promise<number> {
    if (marks.length === 0) return 0;
    const taken = await listTakenPlaces(petitionId, marks);
    let unmarked = 0;
    for (const { _id, seq, repairs, place } of marks) {
      const isPlaced = place !== undefined && place <= placesGiven && !taken.has(place);
      const filter = {
        _id,
        'counted.seq': seq,
        'counted.repairs': repairs === 0 ? { $exists: false } : repairs,
      };
      const { matchedCount } = await updateByPipeline(signatures, filter, unmarkStages(isPlaced, now));
      unmarked += matchedCount;
    }
    return unmarked;
  }

  /** Who should be due and is not, or the reverse: what no act of the program leaves, and a hand may. */
  async function dueAgain(petitionId: string, now: Date): Promise<number> {
    let changed = 0;
    for (const filter of stuckFilters(petitionId)) {
      const { matchedCount } = await updateManyByPipeline(signatures, filter, recomputeDueStages(now));
      changed += matchedCount;
    }
    return changed;
  }

  async function countStuck(petitionId: string): Promise<number> {
    const counts = stuckFilters(petitionId).map((filter) =>
      signatures.countDocuments(filter).read('primary'),
    );
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }

  /** Who stands in the count, by the cells that the ledger sums. */
  async function sumStanding(petitionId: string): Promise<Standing> {
    const cut = (name: keyof LedgerCell) => ({
      $cond: [{ $eq: [{ $type: '$cell' }, 'missing'] }, `$${name}`, `$cell.${name}`],
    });
    const _id = {
      country: cut('country'),
      region: cut('region'),
      source: cut('source'),
      locale: cut('locale'),
    };
    const found = await signatures
      .aggregate<{ _id: Partial<LedgerCell>; people: number }>([
        { $match: { ...ofPetition(petitionId), 'counted.on': true } },
        { $group: { _id, people: { $sum: 1 } } },
      ])
      .read('primary');
    const cells = found.map(({ _id: cell, people }) => ({ cell, people }));
    return { people: cells.reduce((sum, { people }) => sum + people, 0), cells };
  }

  return { listMarkedPetitions, survey, listMarkedAfter, unmark, dueAgain, countStuck, sumStanding };
}

/** All signatures of a petition stand side by side by `_id`, so nobody else's are read: `;` comes after `:`. */
function ofPetition(petitionId: string) {
  return { _id: { $gt: `${petitionId}:`, $lt: `${petitionId};` } };
}

function stuckFilters(petitionId: string): QueryFilter<Signature>[] {
  const notDue = { ...ofPetition(petitionId), ledgerDue: { $exists: false } } as const;
  const on = { ...notDue, 'counted.on': true } as const;
  return [
    { ...notDue, state: 'confirmed', held: { $ne: true }, 'counted.on': { $ne: true } },
    { ...on, state: { $ne: 'confirmed' } },
    { ...on, state: 'confirmed', held: true },
  ];
}
