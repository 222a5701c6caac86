import type { Connection } from 'mongoose';
import { insertOnce } from '../../database/insert.ts';
import { bytes, date, openModel, text } from '../../database/model.ts';
import type { IndexDeclaration } from '../../lib/indexes.ts';

/** A message that came, whole and sealed; `_id` is its record's. */
type KeptMail = { _id: string; sealed: Buffer; expiresAt: Date };

export const keptMailIndexes: IndexDeclaration[] = [
  { collection: 'incomingMessages', key: { expiresAt: 1 }, options: { name: 'expiresAt' } },
];

export function createKeptMailStore(connection: Connection) {
  const kept = openModel<KeptMail>(connection, 'incomingMessages', {
    _id: text,
    sealed: bytes,
    expiresAt: date,
  });

  /** The first one stays. */
  const insertMail = (mail: KeptMail) => insertOnce(kept, mail);

  async function findMail(id: string): Promise<Buffer | null> {
    return (await kept.findOne({ _id: id }).lean<KeptMail>())?.sealed ?? null;
  }

  async function deleteExpired(now: Date): Promise<number> {
    return (await kept.deleteMany({ expiresAt: { $lte: now } })).deletedCount;
  }

  return { insertMail, findMail, deleteExpired };
}
export type KeptMailStore = ReturnType<typeof createKeptMailStore>;
