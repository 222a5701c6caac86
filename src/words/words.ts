import { createHash } from 'node:crypto';
import type { Localized } from '../lib/locales.ts';
import type { Person } from '../signatures/signature.ts';
import { findPersonalData } from './personal-data.ts';
import { withoutLinks } from './words-links.ts';

/** What stands where a link or an address stood. */
export type LeftOut = { link: string; address: string };
export const LEFT_OUT: Localized<LeftOut> = {
  en: { link: '[link left out]', address: '[address left out]' },
  es: { link: '[enlace omitido]', address: '[dirección omitida]' },
};

/** Directions, joins that cannot be seen, tags, private use; the joiners of scripts and emoji stay. */
const UNSEEN =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\p{Co}\p{Cs}\u{e0000}-\u{e007f}]/gu;
const CONTROL = /[\p{Cc}\p{Zs}]+/gu;
const LINE_END = /\r\n?|[\u2028\u2029\u0085]/gu;
const MARKS = /(\p{M}{4})\p{M}+/gu;

/**
 * Own words as an office receives them, one string a paragraph: the letters as written, without links and addresses
 * (an office's filter should not judge us by what somebody else wrote), and without what can be neither seen nor read.
 * What only may be a link stays (`findDoubtfulLinks`): testimony is never altered by a guess.
 */
export function quotableParagraphs(words: string, leftOut: LeftOut): string[] {
  return words
    .replace(LINE_END, '\n')
    .split('\n')
    .map((line) =>
      withoutLinks(line.replace(CONTROL, ' ').replace(UNSEEN, '').replace(MARKS, '$1'), leftOut).trim(),
    )
    .filter(Boolean);
}

/** Own words are quoted from this length on; shorter ones are kept. */
export const QUOTED_FROM = 40;

export function isLongEnough(words: string): boolean {
  return [...words.trim()].length >= QUOTED_FROM;
}

/** Words that an organiser may read as they stand: long enough to be quoted, and nothing in them tells who wrote them. */
export function canBeRead({ name, words = '' }: Pick<Person, 'name' | 'words'>): boolean {
  return isLongEnough(words) && findPersonalData({ name, words }).length === 0;
}

/** What could tell who wrote the words, or whom they speak of. */
export type WordsNote = 'name' | 'phone' | 'id-number' | 'address';

/** A Mexican CURP, a US A-number or social security number, also where the finer rules of personal-data.ts see none. */
const ID_NUMBER =
  /(?<![\p{L}\p{N}])(?:[A-ZÑ]{4}\d{6}[HMX][A-ZÑ]{5}[A-Z0-9]\d|A[- ]?\d{8,9}|\d{3}-\d{2}-\d{4})(?![\p{L}\p{N}])/giu;
const PHONE = /(?:\+|(?<![\p{L}\p{N}]))\d(?:[ ().-]{0,2}\d){8,13}(?![\p{L}\p{N}])/gu;

const ID_KINDS = ['curp', 'rfc', 'identity', 'passport', 'a-number', 'ssn'] as const;

/** A hint for the organiser who reads, no proof. E-mail addresses are none: they are left out of what is quoted. */
export function notesOn({ name, words = '' }: Pick<Person, 'name' | 'words'>): WordsNote[] {
  const kinds = new Set(findPersonalData({ name, words }).map(({ kind }) => kind));
  const isId = ID_KINDS.some((kind) => kinds.has(kind));
  return [
    ...(kinds.has('name') ? (['name'] as const) : []),
    ...(kinds.has('phone') || words.search(PHONE) !== -1 ? (['phone'] as const) : []),
    ...(isId || words.search(ID_NUMBER) !== -1 ? (['id-number'] as const) : []),
    ...(kinds.has('address') ? (['address'] as const) : []),
  ];
}

/** Where the two coarser patterns find a number: characters `from` up to `to`. */
export function findNumbers(words: string): { from: number; to: number; kind: 'phone' | 'id-number' }[] {
  const places = (kind: 'phone' | 'id-number', pattern: RegExp) =>
    [...words.matchAll(pattern)].map(({ 0: text, index }) => ({
      from: index,
      to: index + text.length,
      kind,
    }));
  return [...places('id-number', ID_NUMBER), ...places('phone', PHONE)];
}

/** Names one state of somebody's words: sealing anew, after any change, gives another. */
export function wordsVersion(sealed: Buffer): string {
  return createHash('sha256').update(sealed).digest('hex').slice(0, 6);
}

/** Names a text, so that a button acts on the one that it stood under. */
export function textVersion(words: string): string {
  return createHash('sha256').update(words).digest('base64url').slice(0, 16);
}
