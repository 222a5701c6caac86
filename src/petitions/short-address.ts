import type { Locale } from '../lib/locales.ts';
import { withoutMarks } from '../lib/text/fold.ts';

/** `/ninez`: a word that leads to a petition in one language. */
export type ShortAddress = {
  /** the word, folded */
  _id: string;
  petitionId: string;
  locale: Locale;
  by: string;
  at: Date;
};

const WORD = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const LONGEST = 40;

/** First parts of addresses that are something else here, or may become it; two letters are a language. */
const RESERVED: readonly string[] = [
  'admin',
  'api',
  'assets',
  'embed',
  'favicon',
  'healthz',
  'login',
  'mailbox',
  'metrics',
  'oembed',
  'organise',
  'petitions',
  'privacy',
  'readyz',
  'robots',
  'sitemap',
  'webhooks',
  'well-known',
];

/** As a visitor may type it: in capitals, with accents, with the tilde of ñ. */
export function foldWord(typed: string): string {
  return withoutMarks(typed.trim()).toLowerCase();
}

/** What is wrong with a word, or nothing. It is folded. */
export function faultOfWord(word: string): 'invalid' | 'tooLong' | 'tooShort' | 'reserved' | undefined {
  if (word.length > LONGEST) return 'tooLong';
  if (word.length < 3) return 'tooShort';
  if (!WORD.test(word)) return 'invalid';
  return RESERVED.includes(word) ? 'reserved' : undefined;
}

/** The word of an address that has nothing else, and its query; undefined for any other address. */
export function wordOfUrl(url: string): { word: string; query: string } | undefined {
  const [, typed = '', query = ''] = /^\/([^/?#]{3,120})\/?(\?[^#]*)?$/.exec(url) ?? [];
  if (!typed) return undefined;
  try {
    return { word: foldWord(decodeURIComponent(typed)), query };
  } catch {
    return undefined;
  }
}
