import type { Connection, QueryFilter } from 'mongoose';
import { addMilliseconds, DAY } from '../lib/clock.ts';
import type { Pieces, SealedWhole } from '../lib/sealed-pieces.ts';
import { insertLean } from './insert.ts';
import { bytes, count, openModel, part, text } from './model.ts';

/** A piece of what is too large to be written at once; `_id` is the name of its attempt, a colon and its place. */
type Piece = {
  _id: string;
  /** the document that it belongs to, once that is written */
  of: string;
  sealed: Buffer;
  /** of the first: it is not yet known to be part of a whole */
  openUntil?: Date;
};
/** The document that the pieces belong to: what it names is whole. */
type Whole = SealedWhole & { _id: string };

/** No attempt to write one lasts so long. */
const OPEN_MS = DAY;

export const pieceIndexes = (collection: string) => [
  { collection, key: { of: 1 as const }, options: { name: 'of' } },
  { collection, key: { openUntil: 1 as const }, options: { name: 'openUntil', sparse: true } },
];

/** How a document holds what it consists of. */
export const wholeFields = () => ({ sealed: Buffer, pieces: part<Pieces>({ ref: text, count }) });

/** Pieces are written first and their document last: it is what makes them one whole. */
export function createPieceStore(
  connection: Connection,
  collection: string,
  findWhole: (id: string) => Promise<Whole | null>,
) {
  const pieces = openModel<Piece>(connection, collection, {
    _id: text,
    of: text,
    sealed: bytes,
    openUntil: Date,
  });

  async function putPiece(
    of: string,
    { ref, index, sealed }: { ref: string; index: number; sealed: Buffer },
    now: Date,
  ): Promise<void> {
    const openUntil = addMilliseconds(now, OPEN_MS);
    await insertLean(pieces, { _id: idOf(ref, index), of, sealed, ...(index === 0 && { openUntil }) });
  }

  async function findPiece(ref: string, index: number): Promise<Buffer | null> {
    return (await pieces.findOne({ _id: idOf(ref, index) }).lean<Piece>())?.sealed ?? null;
  }

  /** Its document is written, or another was before it: only the pieces of the one that stands stay. */
  async function settle({ _id, pieces: mine }: Whole, isWritten: boolean): Promise<void> {
    if (!isWritten) {
      if (mine) await pieces.deleteMany({ _id: rangeOf(mine.ref) });
      return;
    }
    if (!mine) return;
    await pieces.updateOne({ _id: idOf(mine.ref, 0) }, { $unset: { openUntil: 1 } });
    const { $gte, $lt } = rangeOf(mine.ref);
    await pieces.deleteMany({ of: _id, $or: [{ _id: { $lt: $gte } }, { _id: { $gte: $lt } }] });
  }

  /** Before their documents: what is left by a crash can be asked for again. */
  async function deleteAll(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await pieces.deleteMany({ of: { $in: [...ids] } });
  }

  /** What somebody began who then stopped. Answers how many. */
  async function deleteLeftovers(now: Date): Promise<number> {
    const ahead = { openUntil: { $gt: addMilliseconds(now, 2 * OPEN_MS) } };
    const old: QueryFilter<Piece> = { $or: [{ openUntil: { $lte: now } }, ahead] };
    const firsts = await pieces.find(old, { of: 1 }).lean<Pick<Piece, '_id' | 'of'>[]>();
    let deleted = 0;
    for (const { _id, of } of firsts) {
      const ref = _id.slice(0, _id.lastIndexOf(':'));
      if ((await findWhole(of))?.pieces?.ref === ref)
        await pieces.updateOne({ _id }, { $unset: { openUntil: 1 } });
      else deleted += (await pieces.deleteMany({ _id: rangeOf(ref) })).deletedCount;
    }
    return deleted;
  }

  return { putPiece, findPiece, settle, deleteAll, deleteLeftovers };
}

function idOf(ref: string, index: number): string {
  return `${ref}:${String(index).padStart(4, '0')}`;
}

function rangeOf(ref: string) {
  return { $gte: `${ref}:`, $lt: `${ref};` };
}
