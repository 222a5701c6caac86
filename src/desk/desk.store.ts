import type { Connection, QueryFilter } from 'mongoose';
import { type Stage, updateByPipeline } from '../database/pipeline.ts';
import { addMilliseconds, DAY } from '../lib/clock.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { recomputeDueStages } from '../signatures/counting.ts';
import { SIGNAL_DAYS, type Signature } from '../signatures/signature.ts';
import { openSignatures } from '../signatures/signature-schema.store.ts';
import type { PageCursor, Selection, Standing } from './desk.ts';

/** Alone: a compound one would hold every pending signature too, and the sign path would pay for it. */
export const deskIndexes: IndexDeclaration[] = [
  { collection: 'signatures', key: { confirmedAt: 1 }, options: { name: 'confirmedAt', sparse: true } },
];

const STANDING: Record<Standing, QueryFilter<Signature>> = {
  counted: { state: 'confirmed', held: false },
  held: { state: 'confirmed', held: true },
  invalidated: { state: 'invalidated' },
  withdrawn: { state: 'withdrawn' },
};
const FORGOTTEN_AT_ONCE = 500;

/** Signatures as organisers look for them, and what they do to one. */
export function createDeskStore(connection: Connection) {
  const signatures = openSignatures(connection);

  const findByRef = async (ref: string) => signatures.findOne({ ref }).lean<Signature>();

  /** The newest first. */
  async function listSelected(
    selection: Selection,
    standing: Standing | undefined,
    { after, limit }: { after?: PageCursor | undefined; limit: number },
  ): Promise<Signature[]> {
    const { confirmedAt, ...rest } = selectionQuery(selection);
    const filter = {
      confirmedAt: { ...(confirmedAt as object), ...(after && { $lte: after.at }) },
      ...rest,
      ...(standing && STANDING[standing]),
    };
    const found = signatures.find(filter).sort({ confirmedAt: -1 });
    return found
      .skip(after?.skip ?? 0)
      .limit(limit)
      .lean<Signature[]>();
  }

  async function change(filter: QueryFilter<Signature>, now: Date, stages: Stage[]): Promise<boolean> {
    const { matchedCount } = await updateByPipeline(signatures, filter, [
      ...stages,
      ...recomputeDueStages(now),
    ]);
    return matchedCount === 1;
  }

  /** False when it is so already, or there is nothing left to hold. */
  const setHeld = (id: string, held: boolean, now: Date) =>
    change({ _id: id, held: !held, state: { $in: ['pending', 'confirmed'] } }, now, [
      { $set: { held } },
      { $unset: ['ruled.held'] },
    ]);

  const invalidate = (id: string, now: Date) =>
    change({ _id: id, state: 'confirmed' }, now, [
      { $set: { state: 'invalidated' } },
      { $unset: ['ruled.state'] },
    ]);

  /** One that was erased meanwhile has nobody to come back. */
  const restore = (id: string, now: Date) =>
    change({ _id: id, state: 'invalidated', sealed: { $exists: true } }, now, [
      { $set: { state: 'confirmed' } },
      { $unset: ['ruled.state'] },
    ]);

  /**
   * Takes the signals from those confirmed in `from` to the end of their time, some at a time. Answers where to go on:
   * behind that there is none left.
   */
  async function forgetSignals(from: Date, now: Date): Promise<Date> {
    const until = addMilliseconds(now, -SIGNAL_DAYS * DAY);
    const old = { confirmedAt: { $gte: from, $lte: until }, signals: { $exists: true } };
    for (;;) {
      const found = await signatures
        .find(old, { _id: 1 })
        .sort({ confirmedAt: 1 })
        .limit(FORGOTTEN_AT_ONCE)
        .lean<{ _id: string }[]>();
      if (found.length === 0) return until;
      const ids = found.map(({ _id }) => _id);
      await signatures.updateMany({ _id: { $in: ids } }, { $unset: { signals: 1 } });
    }
  }

  return { findByRef, listSelected, setHeld, invalidate, restore, forgetSignals };
}
export type DeskStore = ReturnType<typeof createDeskStore>;

/** The indexed field comes first: the local database takes the index of a filter's first field. */
export function selectionQuery({
  from = new Date(0),
  to,
  domain,
  network,
  ...rest
}: Selection): QueryFilter<Signature> {
  return {
    confirmedAt: { $gte: from, ...(to && { $lt: to }) },
    ...rest,
    ...(domain && { 'signals.domain': domain }),
    ...(network && { 'signals.network': network }),
  };
}
