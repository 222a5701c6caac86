import type { Connection } from 'mongoose';
import type { SignedSignature } from './signature.ts';
import { openSignatures } from './signature-schema.store.ts';

const BATCH = 500;
const PLACE = { petitionId: 1, country: 1, region: 1, locale: 1, sealed: 1 } as const;

/** Signatures as an export reads them: one after the other, never more than a batch in memory. */
export function createTakenAwayStore(connection: Connection) {
  const signatures = openSignatures(connection);
  /** All signatures of a petition stand side by side by `_id`. */
  const own = (petitionId: string) => ({ _id: { $gt: `${petitionId}:`, $lt: `${petitionId};` } });

  /** Who asked for news of this petition. */
  function streamSubscribed(petitionId: string): AsyncIterable<SignedSignature> {
    return signatures
      .find({ ...own(petitionId), state: 'confirmed', 'consent.updates': true }, { ...PLACE, confirmedAt: 1 })
      .sort({ _id: 1 })
      .lean<SignedSignature[]>()
      .cursor({ batchSize: BATCH });
  }

  /** Words that offices may read, as an organiser has approved them. */
  function streamApproved(petitionId: string): AsyncIterable<SignedSignature> {
    return signatures
      .find(
        { ...own(petitionId), state: 'confirmed', wordsState: 'approved', 'consent.shareWords': true },
        { ...PLACE, wordsDecision: 1 },
      )
      .sort({ _id: 1 })
      .lean<SignedSignature[]>()
      .cursor({ batchSize: BATCH });
  }

  return { streamSubscribed, streamApproved };
}
export type TakenAwayStore = ReturnType<typeof createTakenAwayStore>;
