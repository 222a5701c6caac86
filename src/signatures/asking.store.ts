import type { Connection } from 'mongoose';
import type { Signature } from './signature.ts';
import { openSignatures } from './signature-schema.store.ts';

/** More are not read to say how many there are. */
const SAMPLE = 5_000;

/** All signatures of a petition stand side by side by `_id`; `;` is the character after `:`. */
const rangeOf = (petitionId: string, after = '') => ({
  $gt: after || `${petitionId}:`,
  $lt: `${petitionId};`,
});

/** Those who asked for updates and are not held. */
export function createAskingStore(connection: Connection) {
  const signatures = openSignatures(connection);

  /**
   * Of the first confirmed signatures of a petition, in the order of their ids, how many asked. An id ends in a keyed
   * hash of an address, so that the first ones are a fair sample of all.
   */
  async function sampleAsking(
    petitionId: string,
    limit = SAMPLE,
  ): Promise<{ seen: number; asking: number; isAll: boolean }> {
    const found = await signatures
      .find({ _id: rangeOf(petitionId), state: 'confirmed' }, { 'consent.updates': 1, held: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .lean<Signature[]>();
    const asking = found.filter(({ consent, held }) => consent.updates && !held).length;
    return { seen: found.length, asking, isAll: found.length < limit };
  }

  /** Their ids after `after` (empty for the first), in their order. */
  async function listAsking(petitionId: string, after: string, limit: number): Promise<string[]> {
    const found = await signatures
      .find(
        { _id: rangeOf(petitionId, after), state: 'confirmed', 'consent.updates': true, held: { $ne: true } },
        { _id: 1 },
      )
      .sort({ _id: 1 })
      .limit(limit)
      .lean<Signature[]>();
    return found.map(({ _id }) => _id);
  }

  return { sampleAsking, listAsking };
}
export type AskingStore = ReturnType<typeof createAskingStore>;
