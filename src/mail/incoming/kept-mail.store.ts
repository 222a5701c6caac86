import type { Connection } from 'mongoose';
import { insertOnce } from '../../database/insert.ts';
import { bytes, date, openModel, text } from '../../database/model.ts';
import type { IndexDeclaration } from '../../lib/indexes.ts';

/** A message that came, whole and sealed; `_id` is its record's. */
type KeptMail = {
  _id: string;
  sealed: Buffer;
  /** keyed hashes of whose it is: its sender's, its addressees', and of a report the person's whom it is about */
  people?: string[];
  expiresAt: Date;
};

export const keptMailIndexes: IndexDeclaration[] = [
  { collection: 'incomingMessages', key: { expiresAt: 1 }, options: { name: 'expiresAt' } },
  { collection: 'incomingMessages', key: { people: 1 }, options: { name: 'people' } },
];

export function createKeptMailStore(connection: Connection) {
  const kept = openModel<KeptMail>(connection, 'incomingMessages', {
    _id: text,
    sealed: bytes,
    people: [text],
    expiresAt: date,
  });

  /** The first one stays. */
  const insertMail = (mail: KeptMail) => insertOnce(kept, mail);

  async function findMail(id: string): Promise<Buffer | null> {
    return (await kept.findOne({ _id: id }).lean<KeptMail>())?.sealed ?? null;
  }

  /** Kept before it was noted whose they are. */
  async function listUnnamed(after: string, limit: number): Promise<{ _id: string; sealed: Buffer }[]> {
    return kept
      .find({ _id: { $gt: after }, people: { $exists: false } }, { sealed: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .lean<KeptMail[]>();
  }

  async function notePeople(id: string, people: readonly string[]): Promise<void> {
    await kept.updateOne({ _id: id, people: { $exists: false } }, { $set: { people: [...people] } });
  }

  /** Those of a person, and these others. Answers how many. */
  async function deleteOf(person: string, ids: readonly string[]): Promise<number> {
    const mine = (await kept.deleteMany({ people: person })).deletedCount;
    return mine + (ids.length > 0 ? (await kept.deleteMany({ _id: { $in: [...ids] } })).deletedCount : 0);
  }

  async function countOf(person: string, ids: readonly string[]): Promise<number> {
    return kept.countDocuments({ $or: [{ people: person }, { _id: { $in: [...ids] } }] });
  }

  async function deleteExpired(now: Date): Promise<number> {
    return (await kept.deleteMany({ expiresAt: { $lte: now } })).deletedCount;
  }

  return { insertMail, findMail, listUnnamed, notePeople, deleteOf, countOf, deleteExpired };
}
export type KeptMailStore = ReturnType<typeof createKeptMailStore>;
