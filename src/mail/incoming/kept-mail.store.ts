import type { Connection, QueryFilter } from 'mongoose';
import { insertOnce } from '../../database/insert.ts';
import { date, openModel, text } from '../../database/model.ts';
import { createPieceStore, pieceIndexes, wholeFields } from '../../database/piece.store.ts';
import type { IndexDeclaration } from '../../lib/indexes.ts';
import type { SealedWhole } from '../../lib/sealed-pieces.ts';

/** A message that came, whole and sealed; `_id` is its record's. */
type KeptMail = SealedWhole & {
  _id: string;
  /** keyed hashes of whose it is: its sender's, its addressees', and of a report the person's whom it is about */
  people?: string[];
  expiresAt: Date;
};

export const keptMailIndexes: IndexDeclaration[] = [
  { collection: 'incomingMessages', key: { expiresAt: 1 }, options: { name: 'expiresAt' } },
  { collection: 'incomingMessages', key: { people: 1 }, options: { name: 'people' } },
  ...pieceIndexes('incomingMessagePieces'),
];

export function createKeptMailStore(connection: Connection) {
  const kept = openModel<KeptMail>(connection, 'incomingMessages', {
    _id: text,
    ...wholeFields(),
    people: [text],
    expiresAt: date,
  });
  const findMail = async (id: string) => kept.findOne({ _id: id }).lean<KeptMail>();
  const pieces = createPieceStore(connection, 'incomingMessagePieces', findMail);

  /** The first one stays. Its pieces are there before it. */
  async function insertMail(mail: KeptMail): Promise<void> {
    await pieces.settle(mail, await insertOnce(kept, mail));
  }

  /** Kept before it was noted whose they are. */
  async function listUnnamed(after: string, limit: number): Promise<(SealedWhole & { _id: string })[]> {
    return kept
      .find({ _id: { $gt: after }, people: { $exists: false } }, { sealed: 1, pieces: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .lean<KeptMail[]>();
  }

  async function notePeople(id: string, people: readonly string[]): Promise<void> {
    await kept.updateOne({ _id: id, people: { $exists: false } }, { $set: { people: [...people] } });
  }

  const of = (person: string, ids: readonly string[]) => ({
    $or: [{ people: person }, { _id: { $in: [...ids] } }],
  });

  /** Those of a person, and these others. Answers how many. */
  const deleteOf = (person: string, ids: readonly string[]) => deleteWhole(of(person, ids));

  async function countOf(person: string, ids: readonly string[]): Promise<number> {
    return kept.countDocuments(of(person, ids));
  }

  async function deleteExpired(now: Date): Promise<number> {
    const deleted = await deleteWhole({ expiresAt: { $lte: now } });
    return deleted + (await pieces.deleteLeftovers(now));
  }

  async function deleteWhole(which: QueryFilter<KeptMail>): Promise<number> {
    const inPieces = await kept
      .find({ $and: [which, { pieces: { $exists: true } }] }, { _id: 1 })
      .lean<KeptMail[]>();
    await pieces.deleteAll(inPieces.map(({ _id }) => _id));
    return (await kept.deleteMany(which)).deletedCount;
  }

  const { putPiece, findPiece } = pieces;
  return {
    insertMail,
    findMail,
    putPiece,
    findPiece,
    listUnnamed,
    notePeople,
    deleteOf,
    countOf,
    deleteExpired,
  };
}
export type KeptMailStore = ReturnType<typeof createKeptMailStore>;
