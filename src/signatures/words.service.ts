import { AppError } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import type { Sealer } from '../lib/sealed.ts';
import { type Person, type Signature, signatureContext, type WordsState } from './signature.ts';
import type { WordsStore } from './words.store.ts';

export type Words = {
  ref: string;
  petitionId: string;
  words: string;
  country: string;
  region?: string;
  state: WordsState;
};

/** How many candidates are looked through for a digest. */
const CANDIDATES = 500;

export function createWordsService({
  store,
  sealer,
  logger,
}: {
  store: WordsStore;
  sealer: Sealer;
  logger: Logger;
}) {
  async function listWaiting(limit = 100): Promise<Words[]> {
    return (await store.listWaiting(limit)).flatMap(openWords);
  }

  /** @throws SIGNATURE_NOT_FOUND */
  async function decide(ref: string, state: 'approved' | 'refused'): Promise<void> {
    if (!(await store.decide(ref, state))) {
      throw new AppError('SIGNATURE_NOT_FOUND', {
        message: `No words with the ref "${ref}" are there to decide on.`,
      });
    }
    logger.info({ ref, state }, 'words.decided');
  }

  /** Approved words that are not on their way to the office already, the oldest first. */
  async function listQuotable(
    petitionId: string,
    quoted: ReadonlySet<string>,
    limit: number,
  ): Promise<Words[]> {
    const approved = await store.listApproved(petitionId, CANDIDATES);
    return approved
      .filter(({ ref }) => !quoted.has(ref))
      .sort((a, b) => Number(a.confirmedAt) - Number(b.confirmedAt))
      .slice(0, limit)
      .flatMap(openWords);
  }

  function openWords(signature: Signature): Words[] {
    const { _id, ref, petitionId, country, region, wordsState, sealed } = signature;
    if (!sealed || !wordsState) return [];
    const { words } = sealer.open<Person>(sealed, signatureContext(_id));
    return words ? [{ ref, petitionId, words, country, ...(region && { region }), state: wordsState }] : [];
  }

  return { listWaiting, decide, listQuotable, areQuotable: store.areQuotable };
}
export type WordsService = ReturnType<typeof createWordsService>;
