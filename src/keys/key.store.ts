import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import { insertOnce } from '../database/bulk-insert.ts';
import { signatureContext } from '../signatures/signature.ts';

/** One wrapped secret of the ring. */
export type WrappedKey = { _id: string; purpose: string; number: number; wrapped: Buffer; createdAt: Date };

/** A fingerprint for each key of the ring that the data were sealed under, by the key's id. */
export type Fingerprints = Record<string, string>;

/** Something sealed under the ring, with what it is bound to. */
export type Sealed = { sealed: Buffer; context: string };

const FINGERPRINT_ID = 'key-ring';
const TRIED = 5;

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

  /** Beside the data and not among the keys: whoever restores these without those is told. */
  const fingerprints = connection.collection<{ _id: string; keys: Fingerprints }>('installation');

  async function findFingerprints(): Promise<Fingerprints | undefined> {
    return (await fingerprints.findOne({ _id: FINGERPRINT_ID }, { readPreference: 'primary' }))?.keys;
  }

  /** Those of keys that have none yet; one that is there stays. */
  async function noteFingerprints(keys: Fingerprints): Promise<void> {
    await insertOnce(fingerprints, { _id: FINGERPRINT_ID, keys });
    for (const [id, fingerprint] of Object.entries(keys)) {
      const filter = { _id: FINGERPRINT_ID, [`keys.${id}`]: { $exists: false } };
      await fingerprints.updateOne(filter, { $set: { [`keys.${id}`]: fingerprint } });
    }
  }

  /** A few of the sealed people, from both ends. */
  async function listSealed(): Promise<Sealed[]> {
    const ends = ([1, -1] as const).map((order) =>
      connection
        .collection<{ _id: string; sealed: Buffer }>('signatures')
        .find({ sealed: { $exists: true } }, { projection: { sealed: 1 }, promoteBuffers: true })
        .sort({ _id: order })
        .limit(TRIED)
        .toArray(),
    );
    const found = (await Promise.all(ends)).flat();
    return found.map(({ _id, sealed }) => ({ sealed, context: signatureContext(_id) }));
  }

  return { listKeys, insertMissing, hasSealedData, findFingerprints, noteFingerprints, listSealed };
}
export type KeyStore = ReturnType<typeof createKeyStore>;
