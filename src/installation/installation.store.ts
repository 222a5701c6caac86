import type { Connection } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { changeOf, date, number, openModel, part, text } from '../database/model.ts';
import type { Holder, Installation } from './installation.ts';

/** A fingerprint for each key of the ring that the data were sealed under, by the key's id. */
export type Fingerprints = Record<string, string>;
/** The collection holds one record of each kind. */
type Stored = { _id: string } & Partial<Omit<Installation, '_id'>> & { keys?: Fingerprints };

const ID = 'installation';
const FINGERPRINT_ID = 'key-ring';

export function createInstallationStore(connection: Connection) {
  const installations = openInstallations(connection);

  const findInstallation = async () => installations.findOne({ _id: ID }).lean<Installation>();

  /** Compare and set; false when somebody else wrote it since `before` was read. */
  async function replace(before: Installation | null, next: Installation): Promise<boolean> {
    if (!before) return insertOnce(installations, next);
    const seen = { _id: ID, revision: before.revision };
    return (await installations.updateOne(seen, changeOf(before, next))).matchedCount === 1;
  }

  return { findInstallation, replace };
}
export type InstallationStore = ReturnType<typeof createInstallationStore>;

/** Beside the data and not among the keys: whoever restores these without those is told. */
export function createFingerprintStore(connection: Connection) {
  const installations = openInstallations(connection);

  async function findFingerprints(): Promise<Fingerprints | undefined> {
    const found = await installations.findOne({ _id: FINGERPRINT_ID }).read('primary').lean<Stored>();
    return found?.keys;
  }

  /** Those of keys that have none yet; one that is there stays. */
  async function noteFingerprints(keys: Fingerprints): Promise<void> {
    await insertOnce(installations, { _id: FINGERPRINT_ID, keys });
    for (const [id, fingerprint] of Object.entries(keys)) {
      const unnoted = { _id: FINGERPRINT_ID, [`keys.${id}`]: { $exists: false } };
      await installations.updateOne(unnoted, { $set: { [`keys.${id}`]: fingerprint } });
    }
  }

  return { findFingerprints, noteFingerprints };
}

function openInstallations(connection: Connection) {
  return openModel<Stored>(connection, 'installation', {
    _id: text,
    publicUrl: String,
    mailDomain: String,
    mailFrom: String,
    hasRelay: Boolean,
    dkimSelector: String,
    revision: Number,
    holders: [part<Holder>({ id: text, host: text, pid: number, startedAt: String, until: date })],
    keys: { type: Map, of: text },
  });
}
