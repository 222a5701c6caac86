import type { Connection } from 'mongoose';
import type { Signature } from '../signatures/signature.ts';

/** Who asked for updates on a petition. */
export function createUpdateStore(connection: Connection) {
  const signatures = connection.collection<Signature>('signatures');

  /**
   * Ids after `after` (empty for the first), in their order. All signatures of a petition stand side by side by `_id`
   * (`petitionId:emailKey`; `;` is the character after `:`), so this needs no index of its own.
   */
  async function listSubscribed(petitionId: string, after: string, limit: number): Promise<string[]> {
    const range = { $gt: after || `${petitionId}:`, $lt: `${petitionId};` };
    const found = await signatures
      .find({ _id: range, state: 'confirmed', 'consent.updates': true } as never, { projection: { _id: 1 } })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return found.map(({ _id }) => String(_id));
  }

  return { listSubscribed };
}
export type UpdateStore = ReturnType<typeof createUpdateStore>;
