import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import { insertOnce } from '../database/bulk-insert.ts';

/** One wrapped secret of the ring. */
export type WrappedKey = { _id: string; purpose: string; number: number; wrapped: Buffer; createdAt: Date };

export function createKeyStore(connection: Connection) {
  const schema = new Schema<WrappedKey>(
    { _id: String, purpose: String, number: Number, wrapped: Buffer, createdAt: Date },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
  const model = connection.model<WrappedKey>('Key', schema, 'keys');

  async function listKeys(): Promise<WrappedKey[]> {
    const found = await model.collection.find({}, { promoteBuffers: true }).toArray();
    return found as unknown as WrappedKey[];
  }

  /** The first one wins: a second process that starts at the same time reads what this one made. */
  async function insertMissing(keys: readonly WrappedKey[]): Promise<void> {
    for (const key of keys) await insertOnce(model.collection, key);
  }

  /** People are stored under keys: a ring that is gone while they are here must not be made anew. */
  async function hasSealedData(): Promise<boolean> {
    return (await connection.collection('signatures').findOne({}, { projection: { _id: 1 } })) !== null;
  }

  return { listKeys, insertMissing, hasSealedData };
}
export type KeyStore = ReturnType<typeof createKeyStore>;
