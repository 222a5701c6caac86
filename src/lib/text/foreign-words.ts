import { replaceAddresses } from './addresses-in-text.ts';
import { printableLine } from './printable.ts';

const LONGEST = 300;
/** User and password of a URL, what a mail client signs in with, and runs of signs as tokens and keys are written. */
const SECRETS: readonly [RegExp, string][] = [
  [/\/\/[^\s/@]{1,200}@/g, '//'],
  [/\b(AUTH [A-Z0-9-]{1,20}) +\S{1,400}/gi, '$1 …'],
  [/\b(pass(?:word|wd)?|secret|token|key)(["']? ?[:=] ?["']?)[^\s"',;]{1,200}/gi, '$1$2…'],
  [/[A-Za-z0-9+/_=-]{32,}/g, '…'],
];

/**
 * What a relay, a mail or a visitor wrote, as a line of the log may hold it: one line, cut, without addresses (a person's
 * stand in replies, law 10) and without what might open something.
 */
export function forLog(words: string): string {
  const cut = words.length > LONGEST ? `${words.slice(0, LONGEST).toWellFormed()}…` : words;
  let clean = printableLine(cut);
  for (const [pattern, instead] of SECRETS) clean = clean.replaceAll(pattern, instead);
  return replaceAddresses(clean, () => '…');
}
