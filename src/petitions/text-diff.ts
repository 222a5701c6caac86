import { diffWordsWithSpace } from 'diff';
import { LOCALES, type Locale } from '../lib/locales.ts';
import type { Petition } from './petition.ts';

export type DiffPiece = { text: string; isAdded: boolean; isRemoved: boolean };
export type TextDiff = { locale: Locale; field: 'title' | 'summary' | 'body'; pieces: DiffPiece[] };

/** What differs between two wordings of a petition, field by field; fields that are alike are left out. */
export function diffTexts(before: Petition['texts'], after: Petition['texts']): TextDiff[] {
  return LOCALES.flatMap((locale) =>
    (['title', 'summary', 'body'] as const).flatMap((field) => {
      const [from, to] = [wordsOf(before[locale][field]), wordsOf(after[locale][field])];
      return from === to ? [] : [{ locale, field, pieces: diffWords(from, to) }];
    }),
  );
}

function diffWords(from: string, to: string): DiffPiece[] {
  return diffWordsWithSpace(from, to).map(({ value, added, removed }) => ({
    text: value,
    isAdded: added,
    isRemoved: removed,
  }));
}

/** One way of writing each letter, so that only what reads differently differs. */
function wordsOf(value: string | readonly string[]): string {
  return [value].flat().join('\n\n').normalize('NFC');
}
