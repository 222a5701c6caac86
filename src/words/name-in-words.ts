import { withoutAccents, withoutMarks } from '../lib/text/fold.ts';
import { isCommonWord, NAMED_AFTER, PARTICLES } from './common-names.ts';

type Word = {
  /** as written */
  text: string;
  start: number;
  end: number;
  /** in lower case, without marks */
  folded: string;
  /** in lower case, without accents: ñ is a letter of its own, and Peña is not pena */
  spelt: string;
  isCapital: boolean;
};

const WORD = /[\p{L}\p{M}\p{N}]+/gu;
/** Two words beside each other: no sign of a sentence stands between them, but the point of an initial. */
const BESIDE = /^[\s\p{Pd}'’]*$/u;
/** After these a name follows, also if it is a common word. */
const CUE =
  /(?<!\p{L})(?:me llamo|mi nombre es|my name is|firma(?:do|da)?(?: por)?|signed(?: by)?|atentamente)[\s:,—–-]{1,5}$/iu;
const CUE_LENGTH = 40;

/**
 * The writer's name, or what of it stands in the words: all of it, two parts beside each other, or one part that is no
 * everyday word and is written as a name. Los, Dios, Will and May alone say nothing, whoever bears them.
 */
export function findName(name: string, words: string): string | undefined {
  const parts = wordsOf(name);
  const text = wordsOf(words);
  if (parts.length > 1 && hasWhole(parts, text, words)) return name;
  const telling = parts.filter(({ folded }) => !PARTICLES.has(folded));
  const pair = findPair(telling, text, words);
  if (pair) return pair;
  const singles = telling.filter(({ folded }) => [...folded].length > 2);
  return text.find((word, at) => word.isCapital && singles.some((part) => isNamed(part, word, at)))?.text;

  function isNamed(part: Word, word: Word, at: number): boolean {
    if (part.spelt !== word.spelt) return false;
    if (CUE.test(words.slice(Math.max(0, word.start - CUE_LENGTH), word.start))) return true;
    const before = text[at - 1];
    return !isCommonWord(part.spelt) && !(before?.isCapital && NAMED_AFTER.has(before.spelt));
  }
}

/** In either case; a short name of everyday words alone with its capitals, as words beside each other. */
function hasWhole(parts: readonly Word[], text: readonly Word[], words: string): boolean {
  const telling = parts.filter(({ folded }) => !PARTICLES.has(folded));
  const isCommon = telling.length < 3 && telling.every(({ spelt }) => isCommonWord(spelt));
  return text.some((first, at) => {
    if (first.folded !== parts[0]?.folded) return false;
    const found = text.slice(at, at + parts.length);
    if (!parts.every(({ folded }, offset) => found[offset]?.folded === folded)) return false;
    return !isCommon || found.every((word, offset) => isOfName(word, found[offset - 1], words));
  });
}

function isOfName(word: Word, before: Word | undefined, words: string): boolean {
  const isNext = !before || isBeside(words.slice(before.end, word.start), before.text);
  return isNext && (word.isCapital || PARTICLES.has(word.folded));
}

/** Two parts with capitals, in any order, with nothing between them but particles: "María Ángeles", "Quispe de Mamani". */
function findPair(parts: readonly Word[], text: readonly Word[], words: string): string | undefined {
  let last: Word | undefined;
  let end = 0;
  for (const word of text) {
    if (last && !isBeside(words.slice(end, word.start), words.slice(last.start, end))) last = undefined;
    end = word.end;
    if (PARTICLES.has(word.folded)) continue;
    const isPart = word.isCapital && parts.some(({ folded }) => folded === word.folded);
    if (isPart && last && last.folded !== word.folded) return words.slice(last.start, word.end);
    last = isPart ? word : undefined;
  }
  return undefined;
}

function isBeside(between: string, before: string): boolean {
  return BESIDE.test(/^\p{L}\.?$/u.test(before) ? between.replace('.', '') : between);
}

function wordsOf(text: string): Word[] {
  return [...text.matchAll(WORD)].map(({ 0: word, index }) => {
    const composed = word.normalize('NFC');
    return {
      text: composed,
      start: index,
      end: index + word.length,
      folded: withoutMarks(composed.toLowerCase()),
      spelt: withoutAccents(composed.toLowerCase()),
      isCapital: /^\p{Lu}/u.test(composed),
    };
  });
}
