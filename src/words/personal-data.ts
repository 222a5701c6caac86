import { isCurp } from '../lib/text/curp.ts';
import type { Person } from '../signatures/signature.ts';
import { findName } from './name-in-words.ts';
import { ADDRESSES } from './personal-addresses.ts';
import {
  A_NUMBER,
  CURP_AFTER_WORD,
  CURP_APART,
  CURP_FORM,
  IDENTITY,
  PASSPORT,
  PHONE,
  RFC,
  SSN,
} from './personal-numbers.ts';

/** In the order in which they are looked for: what one kind has found is not looked at again. */
const KINDS = [
  'curp',
  'identity',
  'rfc',
  'email',
  'passport',
  'a-number',
  'ssn',
  'phone',
  'address',
  'name',
] as const;
export type PersonalDataKind = (typeof KINDS)[number];
export type Finding = { kind: PersonalDataKind; text: string };

/** These are told by their look alone and may be something else: the writer who has looked may let them stand. */
const UNSURE: readonly PersonalDataKind[] = ['address', 'name'];

export function isUnsure(findings: readonly Finding[]): boolean {
  return findings.every(({ kind }) => UNSURE.includes(kind));
}

/** What cannot be seen, and could stand between two digits. */
const UNSEEN = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

const EMAIL = /(?<![^\s<>()"',;])[^\s<>()"',;@]{1,64}@[^\s<>()"',;@]{1,190}\.[^\s<>()"',;.@]{2,63}/gu;
/** Spelled out, as people do against machines. */
const SPELLED_EMAIL =
  /(?<![\p{L}\p{M}\w.+-])[\p{L}\p{M}\w.+-]{1,64}(?: ?[([](?:at|arroba)[)\]] ?[\w-]{1,63}(?: ?(?:[([](?:dot|punto)[)\]]|dot|punto|\.) ?[a-z]{2,20}(?![\p{L}\p{M}])){1,3}| (?:at|arroba) [\w-]{1,63}(?: (?:dot|punto) ?|\.)(?:com|org|net|edu|mx|gt|hn|sv|us|es|gob|gov)(?![\p{L}\p{M}]))/giu;

/**
 * What in somebody's words tells who or where they, or another person, are. Said before an organiser reads
 * anything (law 11); by patterns, so it may miss one and may find one too many.
 */
export function findPersonalData({ name, words = '' }: Pick<Person, 'name' | 'words'>): Finding[] {
  let rest = words
    .normalize('NFKC')
    .replace(UNSEEN, '')
    .replace(/[\u2010-\u2015\u2212]/gu, '-');
  rest = rest.replace(/[\t\p{Zs}]+/gu, ' ');
  const findings: Finding[] = [];
  const take = (kind: PersonalDataKind, patterns: readonly RegExp[], holds = (_text: string) => true) => {
    for (const pattern of patterns)
      rest = rest.replace(pattern, (text) => {
        if (!holds(text)) return text;
        findings.push({ kind, text: text.trim() });
        return ' … ';
      });
  };
  take('curp', [CURP_FORM, CURP_AFTER_WORD]);
  take('curp', [CURP_APART], isCurp);
  take('identity', IDENTITY);
  take('rfc', RFC);
  take('email', [EMAIL, SPELLED_EMAIL]);
  take('passport', PASSPORT);
  take('a-number', A_NUMBER);
  take('ssn', SSN);
  take('phone', PHONE);
  take('address', ADDRESSES);
  const named = findName(name, words);
  if (named) findings.push({ kind: 'name', text: named });
  return findings;
}
