import type { Connection } from 'mongoose';
import { signatureContext } from './signature.ts';
import { openSignatures } from './signature-schema.store.ts';

/** Something sealed under the ring, with what it is bound to. */
export type Sealed = { sealed: Buffer; context: string };
const TRIED = 5;

/** By what the key ring learns whether it is the one that people were stored under. */
export function createSealedSample(connection: Connection) {
  const signatures = openSignatures(connection);

  /** People are stored under keys: a ring that is gone while they are here must not be made anew. */
  const hasSealedData = async () => (await signatures.exists({})) !== null;

  /** A few of the sealed people, from both ends. */
  async function listSealed(): Promise<Sealed[]> {
    const ends = ([1, -1] as const).map((order) =>
      signatures
        .find({ sealed: { $exists: true } }, { sealed: 1 })
        .sort({ _id: order })
        .limit(TRIED)
        .lean<{ _id: string; sealed: Buffer }[]>(),
    );
    const found = (await Promise.all(ends)).flat();
    return found.map(({ _id, sealed }) => ({ sealed, context: signatureContext(_id) }));
  }

  return { hasSealedData, listSealed };
}
