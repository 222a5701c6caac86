import type { Locale } from '../lib/locales.ts';
import { chooseQuotes } from './quotes.ts';
import { createTermSpace, type TermSpace, type Vector } from './terms.ts';
import { findGroups, type Group } from './themes.ts';

export type Voice = { ref: string; words: string; sketch?: Buffer };

/** What many people wrote, so that an office can read it: themes, the largest first, and a few words of each. */
export type Voices = {
  themes: {
    key: string;
    /** its most telling words, joined ready to print */
    label: string;
    people: number;
    refs: string[];
  }[];
  /** the most different ones, spread over the themes */
  quotes: { ref: string; themeKey: string }[];
  /** people whose words tell no theme, or one that hardly anybody else wrote of */
  ungrouped: number;
};

const THEMES = 8;
const QUOTES = 12;
const LABEL_WORDS = 4;
const FEWEST_LABEL_WORDS = 2;
/** A word that fewer than this share of a theme's people wrote does not stand for it. */
const LABEL_SHARE = 0.12;
const FEWEST_WRITERS = 3;

/**
 * Themes by the words that people have in common, found on this machine from nothing but the texts. The same texts in
 * another order give the same; one person is one text, in one theme or in none.
 */
export function groupVoices(
  given: readonly Voice[],
  options: { locale: Locale; maxThemes?: number; quotes?: number },
): Voices {
  const { locale, maxThemes = THEMES, quotes = QUOTES } = options;
  const voices = [...new Map(inFixedOrder(given).map((voice) => [voice.ref, voice])).values()];
  const texts = voices.map(({ words }) => words.normalize('NFC'));
  const space = createTermSpace(texts);
  const groups = maxThemes < 1 ? [] : findGroups(space.vectors, space, maxThemes);
  const labels = groups.map((group) => labelTerms(group, groups, space));
  const kept = groups.filter((_, at) => (labels[at]?.length ?? 0) >= FEWEST_LABEL_WORDS);
  const keptLabels = labels.filter((terms) => terms.length >= FEWEST_LABEL_WORDS);
  const themes = kept.map(({ members }, at) => {
    const terms = keptLabels[at] ?? [];
    return {
      key: terms.map(space.nameOf).join('-'),
      label: terms.map((term) => space.formOf(term, locale)).join(', '),
      people: members.length,
      refs: members.flatMap((member) => voices[member]?.ref ?? []),
    };
  });
  return {
    themes,
    quotes: chooseQuotes(texts, space.vectors, kept, quotes).flatMap(({ text, theme }) => {
      const [voice, of] = [voices[text], themes[theme]];
      return voice && of ? [{ ref: voice.ref, themeKey: of.key }] : [];
    }),
    ungrouped: voices.length - themes.reduce((sum, { people }) => sum + people, 0),
  };
}

function inFixedOrder(voices: readonly Voice[]): Voice[] {
  return [...voices].sort((a, b) => compare(a.ref, b.ref) || compare(a.words, b.words));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The words that many of a theme's people wrote and few others, the most telling first; none stands for two themes. */
function labelTerms(group: Group, groups: readonly Group[], space: TermSpace): number[] {
  const own = shares(group, space.vectors);
  const others = groups.filter((other) => other !== group).map((other) => shares(other, space.vectors));
  const fewest = Math.max(FEWEST_WRITERS / group.members.length, LABEL_SHARE);
  return [...own]
    .filter(([, share]) => share >= fewest)
    .map(([term, share]) => {
      const elsewhere = Math.max(0, ...others.map((other) => other.get(term) ?? 0));
      return { term, score: share * Math.log((share + 0.05) / (elsewhere + 0.05)) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.term - b.term)
    .slice(0, LABEL_WORDS)
    .map(({ term }) => term);
}

/** term → the share of a group's people who wrote it */
function shares({ members }: Group, vectors: readonly Vector[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const member of members) {
    for (const term of vectors[member]?.terms ?? []) {
      found.set(term, (found.get(term) ?? 0) + 1 / members.length);
    }
  }
  return found;
}
