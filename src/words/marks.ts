import { withoutMarks } from '../lib/text/fold.ts';
import type { Person } from '../signatures/signature.ts';
import { PARTICLES } from './common-names.ts';
import { findPersonalData, type PersonalDataKind } from './personal-data.ts';
import { findNumbers, type WordsNote } from './words.ts';

export type MarkKind = WordsNote | 'email';
/** A passage that seems to tell who or where somebody is: characters `from` up to, not including, `to`. */
export type Mark = { from: number; to: number; kind: MarkKind };
/** A piece of the words; with `kind`, what made us mark it. */
export type Piece = { text: string; kind?: MarkKind };

const KIND_OF: Readonly<Record<PersonalDataKind, MarkKind>> = {
  curp: 'id-number',
  identity: 'id-number',
  rfc: 'id-number',
  passport: 'id-number',
  'a-number': 'id-number',
  ssn: 'id-number',
  email: 'email',
  phone: 'phone',
  address: 'address',
  name: 'name',
};
const UNSEEN = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;
const DASH = /[\u2010-\u2015\u2212]/u;
const BLANK = /[\t\p{Zs}]/u;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** The words in pieces, so that a reader sees what marked them where it stands. Nothing is cut. */
export function piecesOf(person: Pick<Person, 'name' | 'words'>): Piece[] {
  const { words = '' } = person;
  const pieces: Piece[] = [];
  let at = 0;
  for (const { from, to, kind } of marksIn(person)) {
    if (from > at) pieces.push({ text: words.slice(at, from) });
    pieces.push({ text: words.slice(from, to), kind });
    at = to;
  }
  if (at < words.length) pieces.push({ text: words.slice(at) });
  return pieces;
}

/** In the order of the text, without overlaps. */
function marksIn({ name, words = '' }: Pick<Person, 'name' | 'words'>): Mark[] {
  const read = asRead(words);
  const found = findPersonalData({ name, words }).flatMap(({ kind, text }) =>
    kind === 'name' ? namesIn(words, text) : placesOf(read, text, KIND_OF[kind]),
  );
  const marks = [...found, ...findNumbers(words)].sort((a, b) => a.from - b.from || b.to - a.to);
  let end = 0;
  return marks.filter(({ from, to }) => {
    if (from < end) return false;
    end = to;
    return true;
  });
}

/** As personal-data.ts looks at words, with the place of each character in them. */
type Read = { text: string; at: number[] };

function asRead(words: string): Read {
  const at: number[] = [];
  let text = '';
  let index = 0;
  for (const character of words) {
    const seen = UNSEEN.test(character) ? '' : shown(character);
    const isSecondBlank = seen === ' ' && text.endsWith(' ');
    if (!isSecondBlank) {
      text += seen;
      for (let unit = 0; unit < seen.length; unit += 1) at.push(index);
    }
    index += character.length;
  }
  at.push(index);
  return { text, at };
}

function shown(character: string): string {
  if (BLANK.test(character)) return ' ';
  return DASH.test(character) ? '-' : character.normalize('NFKC');
}

function placesOf({ text, at }: Read, wanted: string, kind: MarkKind): Mark[] {
  const marks: Mark[] = [];
  for (let from = text.indexOf(wanted); wanted && from !== -1; from = text.indexOf(wanted, from + 1))
    marks.push({ from: at[from] ?? 0, to: at[from + wanted.length] ?? 0, kind });
  return marks;
}

/** Each part of the name, wherever it stands and however it is spelt. */
function namesIn(words: string, name: string): Mark[] {
  const folded = (text: string) => withoutMarks(text.toLowerCase());
  const parts = new Set((name.match(WORD) ?? []).map(folded).filter((part) => !PARTICLES.has(part)));
  return [...words.matchAll(WORD)]
    .filter(([word]) => parts.has(folded(word)))
    .map(({ 0: word, index }) => ({ from: index, to: index + word.length, kind: 'name' as const }));
}
