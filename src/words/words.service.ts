import type { Infra } from '../infra.ts';
import { isPlainAddress } from '../lib/email-address.ts';
import { AppError, invalidInput } from '../lib/errors.ts';
import { bandsOf } from '../lib/text/minhash.ts';
import {
  type Person,
  type Signature,
  type SignedSignature,
  signatureContext,
  type WordsState,
} from '../signatures/signature.ts';
import type { SketchWords } from '../signatures/words-fields.ts';
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
export type ReadWords = Words & { id: string; notes: WordsNote[]; originality?: number };

/** As single letters and voices are made of them. `consent` says what each office may have beside the words. */
export type ApprovedWords = Words & {
  sketch?: Buffer;
  originality?: number;
  consent?: { officeId: string; name: boolean; reply: boolean }[];
};

/** What one office may be told of a writer; name and address only by the consent that names this office (law 11). */
export type LetterWriter = Words & { name?: string; replyTo?: string };

/** Of a form letter that thousands send, these stand for all: the index, and each look-up in it, stays small. */
const COPIES_INDEXED = 20;

export function createWordsService(
  deps: Pick<Infra, 'sealer' | 'clock' | 'logger'> & { store: WordsStore; sketchWords: SketchWords },
) {
  const { store, sealer, sketchWords, clock, logger } = deps;

  async function listWaiting(options: { petitionId?: string; limit?: number } = {}): Promise<ReadWords[]> {
    const waiting = await store.listWaiting(options.limit ?? 100, options.petitionId);
    const rated: ReadWords[] = [];
    for (const one of waiting) {
      const originality = one.wordsOriginality ?? (await rate(one));
      rated.push(...read({ ...one, ...(originality !== undefined && { wordsOriginality: originality }) }));
    }
    return rated;
  }

  /**
   * How unlike the other shared words of the petition these are, 0 to 1, as of now; kept with them. Words that came before
   * there were sketches get theirs here.
   */
  async function rate(signature: Signature): Promise<number | undefined> {
    const { _id, petitionId, sealed } = signature;
    const { words } = personOf(signature);
    if (!sealed || !words) return undefined;
    const wordsSketch = signature.wordsSketch ?? sketchWords(petitionId, words);
    const bands = bandsOf(wordsSketch);
    const { nearest, copies } = await store.findNearest(_id, wordsSketch, bands);
    const wordsOriginality = 1 - nearest;
    const wordsBands = copies < COPIES_INDEXED ? bands : [];
    await store.noteOriginality(_id, sealed, { wordsSketch, wordsBands, wordsOriginality });
    return wordsOriginality;
  }

  /**
   * `id` is that of the list, or a ref alone. Words that seem to hold the writer's name, a telephone or an identity
   * number are approved only with `anyway` (law 11).
   * @throws SIGNATURE_NOT_FOUND; INPUT_INVALID when they changed since, or need `anyway`
   */
  async function decide(
    id: string,
    state: 'approved' | 'refused',
    word: { by: string; anyway?: boolean },
  ): Promise<void> {
    const [ref = '', version] = id.split('.').reverse();
    const signature = await store.findDecidable(ref);
    const [words] = signature ? read(signature) : [];
    if (!words || !signature?.sealed) {
      const message = `No words with the id "${id}" are there to decide on.`;
      throw new AppError('SIGNATURE_NOT_FOUND', { message });
    }
    if (version !== undefined && wordsVersion(signature.sealed) !== version) throw changed(id);
    if (state === 'approved' && words.notes.length > 0 && !word.anyway) {
      throw invalidInput(
        `They seem to hold: ${words.notes.join(', ')}. Refuse them, or approve them with --anyway if they do not.`,
      );
    }
    const decision = { by: word.by, at: clock.now() };
    if (!(await store.decide(ref, signature.sealed, state, decision))) throw changed(id);
    if (state === 'approved') await rate(signature);
    logger.info({ ref, state, by: word.by }, 'words.decided');
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

  /** Page by page, `after` the ref of the last one of the page before. */
  async function listApprovedWords(
    petitionId: string,
    after: string | undefined,
    limit: number,
  ): Promise<ApprovedWords[]> {
    const page = await store.listApprovedAfter(petitionId, after ?? '', limit);
    return page.flatMap((signature) =>
      open(signature).map((words) => ({
        ...words,
        ...(signature.wordsSketch && { sketch: signature.wordsSketch }),
        ...(signature.wordsOriginality !== undefined && { originality: signature.wordsOriginality }),
        ...(signature.officeConsents && {
          consent: signature.officeConsents.map(({ officeId, name, reply }) => ({ officeId, name, reply })),
        }),
      })),
    );
  }

  /** Null when the words may not be quoted at this moment. */
  async function getLetterWriter(ref: string, officeId: string): Promise<LetterWriter | null> {
    const [signature] = await store.listApprovedOf([ref]);
    const [words] = signature ? open(signature) : [];
    if (!signature || !words) return null;
    const consent = signature.officeConsents?.find((one) => one.officeId === officeId);
    const { name, email } = personOf(signature);
    const canBeAnswered = consent?.reply && isPlainAddress(email);
    return { ...words, ...(consent?.name && { name }), ...(canBeAnswered && { replyTo: email }) };
  }

  function open(signature: SignedSignature): Words[] {
    const { ref, petitionId, country, region, wordsState } = signature;
    const { words } = personOf(signature);
    if (!words || !wordsState) return [];
    return [{ ref, petitionId, words, country, ...(region && { region }), state: wordsState }];
  }

  function read(signature: SignedSignature): ReadWords[] {
    const { sealed } = signature;
    if (!sealed) return [];
    const id = `${wordsVersion(sealed)}.${signature.ref}`;
    const { wordsOriginality: originality } = signature;
    return open(signature).map((words) => ({
      ...words,
      id,
      notes: notesOn(personOf(signature)),
      ...(originality !== undefined && { originality }),
    }));
  }

  function personOf({ _id, sealed }: Signature): Person {
    return sealed ? sealer.open<Person>(sealed, signatureContext(_id)) : { name: '', email: '' };
  }

  return {
    listWaiting,
    countWaiting: store.countWaiting,
    rate,
    decide,
    listQuotable,
    listQuotableOf,
    listApprovedWords,
    getLetterWriter,
  };
}
export type WordsService = ReturnType<typeof createWordsService>;

function changed(id: string): AppError {
  return invalidInput(`The words of "${id}" have changed since they were listed: list them again.`);
}
