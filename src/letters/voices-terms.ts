import { LOCALES, type Locale } from '../lib/locales.ts';
import { MEANINGS, STOP_WORDS } from './voices-lexicon.ts';

/** Of one text: its terms in rising order, and how much each weighs; of length 1, or empty where it tells nothing. */
export type Vector = { terms: Int32Array; weights: Float64Array };

export type TermSpace = {
  vectors: readonly Vector[];
  size: number;
  /** how many texts have the term */
  frequency: Int32Array;
  /** a stem or, where both languages have a word for it, the English one's stem */
  nameOf(term: number): string;
  /** the word as most people wrote it, in this language where there is a choice */
  formOf(term: number, locale: Locale): string;
};

const WORD = /[\p{L}\p{M}]+/gu;
const SHORTEST = 3;
const LONGEST = 30;
/** A word that fewer have written is nobody's theme, and might be somebody's name. */
const FEWEST_TEXTS = 3;
/** A word that everybody writes tells hardly anything, yet is all that copies of one text have: it weighs little, not nothing. */
const COMMONEST = 1.2;
/** A word that is known in both languages ties people together who have no other word in common. */
const MEANING_WEIGHT = 1.6;

/** Without case and marks: `Niñas` → `ninas`. */
export function foldWord(word: string): string {
  return word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

export function wordsOf(text: string): string[] {
  return text.replace(/['’]/g, '').match(WORD) ?? [];
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

type Counted = { id: number; frequency: number; lastText: number; forms: Map<string, number> };

/** Every text as a vector of its words (TF-IDF), without those that hardly anybody else has. */
export function createTermSpace(texts: readonly string[]): TermSpace {
  const meanings = meaningOfStems();
  const nameOfWord = createNaming(meanings);
  const counted = new Map<string, Counted>();
  const bags = texts.map((text, index) => countWords(text, index, nameOfWord, counted));
  const names = [...counted]
    .filter(([, { frequency }]) => frequency >= FEWEST_TEXTS)
    .map(([name]) => name)
    .sort();
  const terms = new Int32Array(counted.size).fill(-1);
  for (const [term, name] of names.entries()) terms[counted.get(name)?.id ?? -1] = term;
  const frequency = Int32Array.from(names, (name) => counted.get(name)?.frequency ?? 0);
  const rarity = Float64Array.from(
    names,
    (name, term) =>
      Math.log((COMMONEST * texts.length) / (frequency[term] ?? 1)) *
      (meanings.has(name) ? MEANING_WEIGHT : 1),
  );
  const nameOf = (term: number) => names[term] ?? '';
  return {
    vectors: bags.map((bag) => toVector(bag, terms, rarity)),
    size: names.length,
    frequency,
    nameOf,
    formOf: (term, locale) => commonForm(counted.get(nameOf(term))?.forms ?? new Map(), meanings, locale),
  };
}

/** stem → the name of its meaning and the folded words for it in each language */
type Meanings = ReadonlyMap<string, { name: string; words: Readonly<Record<Locale, ReadonlySet<string>>> }>;

function meaningOfStems(): Meanings {
  const found = new Map<string, { name: string; words: Record<Locale, Set<string>> }>();
  for (const { en, es } of MEANINGS) {
    const meaning = { name: stem(en[0] ?? ''), words: { en: new Set(en), es: new Set(es) } };
    for (const word of [...en, ...es]) found.set(stem(word), meaning);
  }
  return found;
}

/** The term that a word stands for, or '' for one that tells nothing; each form is looked at once. */
function createNaming(meanings: Meanings): (word: string) => string {
  const known = new Map<string, string>();
  return (word) => {
    let name = known.get(word);
    if (name === undefined) {
      const folded = foldWord(word);
      const isTelling = folded.length >= SHORTEST && folded.length <= LONGEST && !STOP_WORDS.has(folded);
      const root = isTelling ? stem(folded) : '';
      name = meanings.get(root)?.name ?? root;
      known.set(word, name);
    }
    return name;
  };
}

/** Of one text: which terms, by their number in order of first appearance, and how often. */
type Bag = { ids: Int32Array; counts: Int32Array };

function countWords(
  text: string,
  index: number,
  nameOfWord: (word: string) => string,
  counted: Map<string, Counted>,
): Bag {
  const bag = new Map<number, number>();
  for (const word of wordsOf(text)) {
    const name = nameOfWord(word);
    if (name === '') continue;
    let count = counted.get(name);
    if (!count) {
      count = { id: counted.size, frequency: 0, lastText: -1, forms: new Map() };
      counted.set(name, count);
    }
    bag.set(count.id, (bag.get(count.id) ?? 0) + 1);
    if (count.lastText === index) continue;
    count.lastText = index;
    count.frequency += 1;
    count.forms.set(word, (count.forms.get(word) ?? 0) + 1);
  }
  return { ids: Int32Array.from(bag.keys()), counts: Int32Array.from(bag.values()) };
}

/** `terms`: id in the bag → number of the term, or −1 for one that is left out. */
function toVector({ ids, counts }: Bag, terms: Int32Array, rarity: Float64Array): Vector {
  const weighed = [...ids]
    .map((id, at) => ({ term: terms[id] ?? -1, count: counts[at] ?? 1 }))
    .filter(({ term }) => term >= 0)
    .sort((a, b) => a.term - b.term)
    .map(({ term, count }) => ({ term, weight: (1 + Math.log(count)) * (rarity[term] ?? 0) }));
  const length = Math.sqrt(weighed.reduce((sum, { weight }) => sum + weight * weight, 0)) || 1;
  return {
    terms: Int32Array.from(weighed, ({ term }) => term),
    weights: Float64Array.from(weighed, ({ weight }) => weight / length),
  };
}

/** The form that most wrote, without the capital of a sentence's beginning unless nobody wrote it without. */
function commonForm(forms: ReadonlyMap<string, number>, meanings: Meanings, locale: Locale): string {
  const isOf = (form: string, of: readonly Locale[]) => {
    const folded = foldWord(form);
    return of.some((one) => meanings.get(stem(folded))?.words[one].has(folded));
  };
  const all = [...forms];
  const own = all.filter(([form]) => isOf(form, [locale]));
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
