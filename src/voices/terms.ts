import { LOCALES, type Locale } from '../lib/locales.ts';
import { withoutAccents } from '../lib/text/fold.ts';
import { MEANINGS, STOP_WORDS } from './lexicon.ts';

/** Of one text: its terms in rising order, and how much each weighs; of length 1, or empty where it tells nothing. */
export type Vector = { terms: Int32Array; weights: Float64Array };

export type TermSpace = {
  vectors: readonly Vector[];
  size: number;
  /** a stem or, where both languages have a word for it, the English one's stem */
  nameOf(term: number): string;
  /** the word as most people wrote it, in this language where there is a choice */
  formOf(term: number, locale: Locale): string;
};

const WORD = /[\p{L}\p{M}]+/gu;
/** Shorter words tell nothing in either language. */
const TELLING_WORD = /[\p{L}\p{M}]{3,}/gu;
const LONGEST = 30;
/** A word that fewer have written is nobody's theme, and might be somebody's name. */
const FEWEST_TEXTS = 3;
/** A word that everybody writes tells hardly anything, yet is all that copies of one text have: it weighs little, not nothing. */
const COMMONEST = 1.2;
/** A word that is known in both languages ties people together who have no other word in common. */
const MEANING_WEIGHT = 1.6;

/** Without case and accents: `Árboles` → `arboles`. With its ñ: `Peña` is not `pena`, nor `caña` `cana`. */
export function foldWord(word: string): string {
  return withoutAccents(word).toLowerCase();
}

export function wordsOf(text: string, word = WORD): string[] {
  return text.replace(/['’]/g, '').match(word) ?? [];
}

/**
 * What is left of a folded word without its endings, by one rule for both languages: `familias`, `familia`, `families`
 * → `famil`. Not a root, only the same for forms of the same word.
 */
export function stem(folded: string): string {
  let word =
    folded.length > 3 && folded.endsWith('s') && !folded.endsWith('ss') ? folded.slice(0, -1) : folded;
  while (word.length > 3 && /[aeioy]$/.test(word)) word = word.slice(0, -1);
  const ending =
    /(?:amient|imient|acion|icion|ation|ition|cion|sion|ment|mient|ating|ated|idad|ando|iend|ing|ad|id|ed|at|ar|er|ir|ly)$/.exec(
      word,
    );
  return ending && ending.index >= 4 ? word.slice(0, ending.index) : word;
}

type Counted = {
  id: number;
  name: string;
  frequency: number;
  forms: Map<string, number>;
  /** the last text that had it, and how often */
  text: number;
  times: number;
};

/** Of one text: which terms, by their number in order of first appearance, and how often. */
type Bag = { ids: Int32Array; counts: Int32Array };

/** Every text as a vector of its words (TF-IDF), without those that hardly anybody else has. */
export function createTermSpace(texts: readonly string[]): TermSpace {
  const meanings = meaningOfStems();
  const { countWords, counted } = createCounter(meanings);
  const bags = texts.map(countWords);
  const byName = [...counted.values()]
    .filter(({ frequency }) => frequency >= FEWEST_TEXTS)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const terms = new Int32Array(counted.size).fill(-1);
  for (const [term, { id }] of byName.entries()) terms[id] = term;
  const rarity = Float64Array.from(
    byName,
    ({ name, frequency }) =>
      Math.log((COMMONEST * texts.length) / frequency) * (meanings.has(name) ? MEANING_WEIGHT : 1),
  );
  const toVector = createVectors(terms, rarity);
  return {
    vectors: bags.map(toVector),
    size: byName.length,
    nameOf: (term) => byName[term]?.name ?? '',
    formOf: (term, locale) => commonForm(byName[term]?.forms ?? new Map(), meanings, locale),
  };
}

type Meaning = {
  name: string;
  /** folded */
  words: Readonly<Record<Locale, ReadonlySet<string>>>;
  shown: Readonly<Record<Locale, string>>;
};
/** by the stem of each of its words */
type Meanings = ReadonlyMap<string, Meaning>;

function meaningOfStems(): Meanings {
  const found = new Map<string, Meaning>();
  for (const { en, es } of MEANINGS) {
    const [first = ''] = en;
    const words = { en: new Set(en.map(foldWord)), es: new Set(es.map(foldWord)) };
    const meaning = { name: stem(first), words, shown: { en: first, es: es[0] ?? first } };
    for (const word of [...words.en, ...words.es]) found.set(stem(word), meaning);
  }
  return found;
}

/** Counts the words of one text after another; each form is looked at once, and found again by one look-up. */
function createCounter(meanings: Meanings) {
  const counted = new Map<string, Counted>();
  const known = new Map<string, Counted | null>();

  function termOf(word: string): Counted | null {
    const folded = foldWord(word);
    const isTelling = folded.length <= LONGEST && !STOP_WORDS.has(folded);
    if (!isTelling) return null;
    const root = stem(folded);
    const name = meanings.get(root)?.name ?? root;
    const fresh = { id: counted.size, name, frequency: 0, forms: new Map(), text: -1, times: 0 };
    const term = counted.get(name) ?? fresh;
    if (term === fresh) counted.set(name, fresh);
    return term;
  }

  function countWords(text: string, index: number): Bag {
    const found: Counted[] = [];
    for (const word of wordsOf(text, TELLING_WORD)) {
      let term = known.get(word);
      if (term === undefined) {
        term = termOf(word);
        known.set(word, term);
      }
      if (term === null) continue;
      if (term.text !== index) {
        term.text = index;
        term.times = 0;
        term.frequency += 1;
        term.forms.set(word, (term.forms.get(word) ?? 0) + 1);
        found.push(term);
      }
      term.times += 1;
    }
    return {
      ids: Int32Array.from(found, ({ id }) => id),
      counts: Int32Array.from(found, ({ times }) => times),
    };
  }

  return { countWords, counted };
}

/** `terms`: id in the bag → number of the term, or −1 for one that is left out. */
function createVectors(terms: Int32Array, rarity: Float64Array): (bag: Bag) => Vector {
  const countOf = new Int32Array(rarity.length);
  return ({ ids, counts }) => {
    const own = ids.map((id) => terms[id] ?? -1).filter((term) => term >= 0);
    for (let at = 0; at < ids.length; at += 1) {
      const term = terms[ids[at] ?? 0] ?? -1;
      if (term >= 0) countOf[term] = counts[at] ?? 1;
    }
    own.sort();
    const weights = Float64Array.from(
      own,
      (term) => (1 + Math.log(countOf[term] ?? 1)) * (rarity[term] ?? 0),
    );
    const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0)) || 1;
    return { terms: own, weights: weights.map((weight) => weight / length) };
  };
}

/**
 * The form that most wrote, without the capital of a sentence's beginning unless nobody wrote it without. Where nobody
 * wrote it in this language, the word that this language has for it.
 */
function commonForm(forms: ReadonlyMap<string, number>, meanings: Meanings, locale: Locale): string {
  const isOf = (form: string, of: readonly Locale[]) => {
    const folded = foldWord(form);
    return of.some((one) => meanings.get(stem(folded))?.words[one].has(folded));
  };
  const all = [...forms];
  const own = all.filter(([form]) => isOf(form, [locale]));
  const meaning = own.length === 0 && all[0] && meanings.get(stem(foldWord(all[0][0])));
  if (meaning) return meaning.shown[locale];
  const merged = new Map<string, number>();
  for (const [form, count] of own.length > 0 ? own : all) {
    const low = form.toLowerCase();
    const isNoName = forms.has(low) || form === form.toUpperCase() || isOf(form, LOCALES);
    merged.set(isNoName ? low : form, (merged.get(isNoName ? low : form) ?? 0) + count);
  }
  const [best] = [...merged].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return best?.[0] ?? '';
}

/** The cosine of two vectors. */
export function similarity(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0, j = 0; i < a.terms.length && j < b.terms.length; ) {
    const [x = 0, y = 0] = [a.terms[i], b.terms[j]];
    if (x === y) sum += (a.weights[i++] ?? 0) * (b.weights[j++] ?? 0);
    else if (x < y) i += 1;
    else j += 1;
  }
  return sum;
}
