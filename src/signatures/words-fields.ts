import type { Person, Signature, WordsState } from './signature.ts';

/** What a signature holds about its words beside the sealed text itself. */
export const WORDS_FIELDS = [
  'wordsState',
  'wordsDecision',
  'wordsFirst',
  'wordsSketch',
  'wordsBands',
  'wordsOriginality',
  'officeConsents',
] as const;
export type WordsFields = Pick<Signature, (typeof WORDS_FIELDS)[number]>;

/** The sketch of somebody's words, comparable within the petition only. */
export type SketchWords = (petitionId: string, words: string) => Buffer;

/** How words are looked at when they are written. */
export type WordsRules = { sketchWords: SketchWords; canBeRead: CanBeRead };

/** Whether these words may go to an organiser as they stand. */
export type CanBeRead = (person: Pick<Person, 'name' | 'words'>) => boolean;

/**
 * The fields that go with the words as they are written now. A changed text is a new one: what was computed of the old one,
 * and what its writer allowed an office to have with it, is gone.
 */
export function wordsFields(input: {
  signature: Signature;
  /** the words until now */
  before: string | undefined;
  words: string | undefined;
  /** absent for what nobody is to read yet */
  wordsState: WordsState | undefined;
  sketchWords: SketchWords;
}): WordsFields {
  const { signature, before, words, wordsState, sketchWords } = input;
  if (!words) return {};
  const isSame = words === before;
  const { wordsDecision, wordsBands, wordsOriginality, officeConsents } = signature;
  const wordsSketch = (isSame && signature.wordsSketch) || sketchWords(signature.petitionId, words);
  if (!wordsState) return { wordsSketch };
  return {
    wordsState,
    wordsSketch,
    ...(wordsState === signature.wordsState && isSame && wordsDecision && { wordsDecision }),
    ...(isSame && wordsBands && { wordsBands }),
    ...(isSame && wordsOriginality !== undefined && { wordsOriginality }),
    ...(isSame && officeConsents && { officeConsents }),
  };
}
