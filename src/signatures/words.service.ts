import { AppError } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import type { Sealer } from '../lib/sealed.ts';
import { type Person, type Signature, signatureContext, type WordsState } from './signature.ts';
import type { WordsStore } from './words.store.ts';
import { notesOn, type WordsNote, wordsVersion } from './words.ts';

/** Somebody's words with the place of their writer, and no name. */
export type Words = {
  ref: string;
  petitionId: string;
  words: string;
  country: string;
  region?: string;
  state: WordsState;
};

/** As an organiser reads them. `id` names the ref and this very text: a decision on it falls on no other. */
export type ReadWords = Words & { id: string; notes: WordsNote[] };

export function createWordsService(deps: { store: WordsStore; sealer: Sealer; logger: Logger }) {
  const { store, sealer, logger } = deps;

  async function listWaiting(options: { petitionId?: string; limit?: number } = {}): Promise<ReadWords[]> {
    return (await store.listWaiting(options.limit ?? 100, options.petitionId)).flatMap(read);
  }

  /**
   * `id` is that of the list, or a ref alone. Words that seem to hold the writer's name, a telephone or an identity
   * number are approved only with `anyway` (law 11).
   * @throws SIGNATURE_NOT_FOUND; INPUT_INVALID when they changed since, or need `anyway`
   */
  async function decide(
    id: string,
    state: 'approved' | 'refused',
    options: { anyway?: boolean } = {},
  ): Promise<void> {
    const [ref = '', version] = id.split('.').reverse();
    const signature = await store.findDecidable(ref);
    const [words] = signature ? read(signature) : [];
    if (!words || !signature?.sealed) {
      const message = `No words with the id "${id}" are there to decide on.`;
      throw new AppError('SIGNATURE_NOT_FOUND', { message });
    }
    if (version !== undefined && wordsVersion(signature.sealed) !== version) throw changed(id);
    if (state === 'approved' && words.notes.length > 0 && !options.anyway) {
      throw new AppError('INPUT_INVALID', {
        message: `They seem to hold: ${words.notes.join(', ')}. Refuse them, or approve them with --anyway if they do not.`,
      });
    }
    if (!(await store.decide(ref, signature.sealed, state))) throw changed(id);
    logger.info({ ref, state }, 'words.decided');
  }

  /** Approved words of people who are not in `quoted` yet, the longest confirmed first. */
  async function listQuotable(
    petitionId: string,
    quoted: ReadonlySet<string>,
    limit: number,
  ): Promise<Words[]> {
    return (await store.listApproved(petitionId, { without: quoted, limit })).flatMap(open);
  }

  /** Those of these people who may be quoted at this moment, with their words as they are now. */
  async function listQuotableOf(refs: readonly string[]): Promise<Words[]> {
    return (await store.listApprovedOf(refs)).flatMap(open);
  }

  function open(signature: Signature): Words[] {
    const { ref, petitionId, country, region, wordsState } = signature;
    const { words } = personOf(signature);
    if (!words || !wordsState) return [];
    return [{ ref, petitionId, words, country, ...(region && { region }), state: wordsState }];
  }

  function read(signature: Signature): ReadWords[] {
    const { sealed } = signature;
    if (!sealed) return [];
    const id = `${wordsVersion(sealed)}.${signature.ref}`;
    return open(signature).map((words) => ({ ...words, id, notes: notesOn(personOf(signature)) }));
  }

  function personOf({ _id, sealed }: Signature): Person {
    return sealed ? sealer.open<Person>(sealed, signatureContext(_id)) : { name: '', email: '' };
  }

  return { listWaiting, decide, listQuotable, listQuotableOf };
}
export type WordsService = ReturnType<typeof createWordsService>;

function changed(id: string): AppError {
  return new AppError('INPUT_INVALID', {
    message: `The words of "${id}" have changed since they were listed: list them again.`,
  });
}
