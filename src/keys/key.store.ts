import type { Connection } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { bytes, count, date, openModel, text } from '../database/model.ts';
import { createFingerprintStore } from '../installation/installation.store.ts';
import { createSealedSample } from '../signatures/sealed-sample.store.ts';

/** One wrapped secret of the ring. */
export type WrappedKey = { _id: string; purpose: string; number: number; wrapped: Buffer; createdAt: Date };

/** The key ring, and what shows whether the data were sealed with it. */
export function createKeyStore(connection: Connection) {
  const keys = openModel<WrappedKey>(connection, 'keys', {
    _id: text,
    purpose: text,
    number: count,
    wrapped: bytes,
    createdAt: date,
  });

  const listKeys = async () => keys.find().lean<WrappedKey[]>();

  /** The first one wins: a second process that starts at the same time reads what this one made. */
  async function insertMissing(missing: readonly WrappedKey[]): Promise<void> {
    for (const key of missing) await insertOnce(keys, key);
  }

  return {
    listKeys,
    insertMissing,
    ...createFingerprintStore(connection),
    ...createSealedSample(connection),
  };
}
export type KeyStore = ReturnType<typeof createKeyStore>;
