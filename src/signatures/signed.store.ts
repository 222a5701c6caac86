import type { Connection } from 'mongoose';
import { openSignatures } from './signature-schema.store.ts';

/** By a range of ids, so that no index is asked of the collection that takes every signature. */
export function createSignedStore(connection: Connection) {
  const signatures = openSignatures(connection);

  /** Whether anybody has signed it, confirmed or not. ';' comes right after the ':' of an id. */
  async function isSigned(petitionId: string): Promise<boolean> {
    const range = { $gte: `${petitionId}:`, $lt: `${petitionId};` };
    return (await signatures.findOne({ _id: range }, { _id: 1 }).read('primary').lean()) !== null;
  }

  return { isSigned };
}
