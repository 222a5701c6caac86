import type { Connection } from 'mongoose';
import { isDuplicateKey } from '../lib/duplicate-key.ts';
import type { Installation } from './installation.ts';

export function createInstallationStore(connection: Connection) {
  const collection = connection.collection<Installation>('installation');

  const findInstallation = () => collection.findOne({ _id: 'installation' });

  /** Compare and set; false when somebody else wrote it since `before` was read. */
  async function replace(before: Installation | null, next: Installation): Promise<boolean> {
    try {
      const filter = { _id: next._id, revision: before?.revision ?? next.revision };
      const { matchedCount, upsertedCount } = await collection.replaceOne(filter, next, {
        upsert: before === null,
        writeConcern: { w: 'majority', journal: true },
      });
      return matchedCount + upsertedCount === 1;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  return { findInstallation, replace };
}
export type InstallationStore = ReturnType<typeof createInstallationStore>;
