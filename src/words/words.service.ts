import type { DeliveryStore } from '../deliveries/delivery.store.ts';
import type { Infra } from '../infra.ts';
import { isPlainAddress } from '../lib/email-address.ts';
import { AppError } from '../lib/errors.ts';
import { bandsOf } from '../lib/text/minhash.ts';
import {
  type Person,
  type Signature,
  type SignedSignature,
  signatureContext,
  type WordsDecision,
  type WordsState,
} from '../signatures/signature.ts';
import type { SketchWords } from '../signatures/words-fields.ts';
import { type Piece, piecesOf } from './marks.ts';
import type { WordsStore } from './words.store.ts';
import { notesOn, type WordsNote, wordsVersion } from './words.ts';
import { createWordsDecisions, quotedWords } from './words-decision.service.ts';

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
export type ReadWords = Words & {
  id: string;
  notes: WordsNote[];
  originality?: number;
  /** the writer's, whole; `words` is what may be quoted of them */
  whole: string;
  /** what marked them, where it stands */
  pieces: Piece[];
  since?: Date;
  decision?: Omit<WordsDecision, 'note'> & { note?: string };
  first?: { by: string; at: Date };
};

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
  deps: Pick<Infra, 'sealer' | 'clock' | 'logger'> &
    Pick<DeliveryStore, 'listSentTo'> & { store: WordsStore; sketchWords: SketchWords },
) {
  const { store, sealer, sketchWords } = deps;
  const { decide, undo, readNote } = createWordsDecisions({ ...deps, rate });

  async function listWaiting(options: { petitionId?: string; limit?: number } = {}): Promise<ReadWords[]> {
    const waiting = await store.listWaiting(options.limit ?? 100, options.petitionId);
    const rated: ReadWords[] = [];
    for (const one of waiting) {
      const originality = one.wordsOriginality ?? (await rate(one));
      rated.push(...read({ ...one, ...(originality !== undefined && { wordsOriginality: originality }) }));
    }
    return rated;
  }

  /** @throws SIGNATURE_NOT_FOUND */
  async function getWords(ref: string): Promise<ReadWords> {
    const signature = await store.findDecidable(ref);
    const [words] = signature ? read(signature) : [];
    if (!words) throw new AppError('SIGNATURE_NOT_FOUND');
    return words;
  }

  /** The longest confirmed of those that wait, after `skip` of them, without those that `by` has said yes to. */
  async function findNext(options: { skip: number; by: string }): Promise<ReadWords | null> {
    const signature = await store.findNextWaiting(options);
    const [words] = signature ? read(signature) : [];
    return words ?? null;
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
    const words = quotedWords(personOf(signature));
    if (!words || !wordsState) return [];
    return [{ ref, petitionId, words, country, ...(region && { region }), state: wordsState }];
  }

  function read(signature: SignedSignature): ReadWords[] {
    const { sealed } = signature;
    if (!sealed) return [];
    const id = `${wordsVersion(sealed)}.${signature.ref}`;
    const { wordsOriginality: originality, wordsDecision, wordsFirst, confirmedAt } = signature;
    const { name, words: whole = '' } = personOf(signature);
    const note = readNote(signature);
    return open(signature).map((words) => ({
      ...words,
      id,
      whole,
      notes: notesOn({ name, words: words.words }),
      pieces: piecesOf({ name, words: words.words }),
      ...(originality !== undefined && { originality }),
      ...(confirmedAt && { since: confirmedAt }),
      ...(wordsDecision && { decision: { ...omitNote(wordsDecision), ...(note && { note }) } }),
      ...(wordsFirst && { first: wordsFirst }),
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
    undo,
    readNote,
    getWords,
    findNext,
    findOldestSince: store.findOldestSince,
    listQuotable,
    listQuotableOf,
    listApprovedWords,
    getLetterWriter,
  };
}
export type WordsService = ReturnType<typeof createWordsService>;

function omitNote({ by, at, reason }: WordsDecision) {
  return { by, at, ...(reason && { reason }) };
}
