import { type Connection, Schema } from 'mongoose';
import { insertOnce } from '../../database/bulk-insert.ts';
import type { IndexDeclaration } from '../../lib/indexes.ts';

/** A message that came, whole and sealed; `_id` is its record's. */
type KeptMail = { _id: string; sealed: Buffer; expiresAt: Date };

export const keptMailIndexes: IndexDeclaration[] = [
  { collection: 'incomingMessages', key: { expiresAt: 1 }, options: { name: 'expiresAt' } },
];

export function createKeptMailStore(connection: Connection) {
  const { collection } = connection.model<KeptMail>('KeptMail', keptMailSchema(), 'incomingMessages');

  /** The first one stays. */
  const insertMail = (mail: KeptMail) => insertOnce(collection, mail);

  async function findMail(id: string): Promise<Buffer | null> {
    const found = await collection.findOne({ _id: id as never }, { promoteBuffers: true });
    return (found as unknown as KeptMail | null)?.sealed ?? null;
  }

  async function deleteExpired(now: Date): Promise<number> {
    return (await collection.deleteMany({ expiresAt: { $lte: now } })).deletedCount;
  }

  return { insertMail, findMail, deleteExpired };
}
export type KeptMailStore = ReturnType<typeof createKeptMailStore>;

function keptMailSchema(): Schema<KeptMail> {
  return new Schema<KeptMail>(
    { _id: String, sealed: Buffer, expiresAt: Date },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
}
