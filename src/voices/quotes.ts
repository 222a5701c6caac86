import { foldWord, similarity, type Vector, wordsOf } from './terms.ts';
import { type Group, nearness } from './themes.ts';

/** An office reads a few; they are sought among so many of each theme, spread over its typical half. */
const CANDIDATES_PER_THEME = 120;
/** Shorter words say too little to be quoted. */
const SHORTEST_QUOTE = 40;
const SHINGLE = 3;
/** Above this share of common runs of words, or this likeness of terms, one text is a copy of the other. */
const COPY_SHARE = 0.3;
const COPY_LIKENESS = 0.75;

type Candidate = { text: number; theme: number; distance: number; shingles?: ReadonlySet<string> };

/**
 * The most different texts, spread over the themes: of each in turn the one that is farthest from all that were chosen
 * before, the most typical one of the largest theme first. Never two of which one is nearly a copy of the other.
 */
export function chooseQuotes(
  texts: readonly string[],
  vectors: readonly Vector[],
  groups: readonly Group[],
  count: number,
): { text: number; theme: number }[] {
  const pools = groups.map((group, theme) => candidatesOf(texts, vectors, group, theme));
  const chosen: Candidate[] = [];
  while (chosen.length < count && pools.some((pool) => pool.length > 0)) {
    for (const pool of pools) {
      if (chosen.length >= count) break;
      const next = takeFarthest(pool, chosen, texts);
      if (!next) continue;
      chosen.push(next);
      lowerDistances(pools, next, vectors);
    }
  }
  return chosen.map(({ text, theme }) => ({ text, theme }));
}

/** The half that is nearest to the centre, the nearest first: what is far from it is different for being beside the point. */
function candidatesOf(
  texts: readonly string[],
  vectors: readonly Vector[],
  { members, centre }: Group,
  theme: number,
): Candidate[] {
  const near = new Map(
    members.map((text) => {
      const vector = vectors[text];
      return [text, vector ? nearness(vector, centre) : 0];
    }),
  );
  const seen = new Set<string>();
  const typical = members
    .filter((text) => (texts[text] ?? '').trim().length >= SHORTEST_QUOTE)
    .sort((a, b) => (near.get(b) ?? 0) - (near.get(a) ?? 0) || a - b)
    .filter((text) => {
      const folded = foldWord(wordsOf(texts[text] ?? '').join(' '));
      return !seen.has(folded) && seen.add(folded);
    });
  const half = typical.slice(0, Math.max(CANDIDATES_PER_THEME, Math.ceil(typical.length / 2)));
  const step = Math.max(1, half.length / CANDIDATES_PER_THEME);
  return Array.from({ length: Math.min(half.length, CANDIDATES_PER_THEME) }, (_, n) => ({
    text: half[Math.floor(n * step)] ?? 0,
    theme,
    distance: 1,
  }));
}

/** Takes it out of the pool, with all that turn out to be copies of what was chosen. */
function takeFarthest(
  pool: Candidate[],
  chosen: readonly Candidate[],
  texts: readonly string[],
): Candidate | undefined {
  while (pool.length > 0) {
    const farthest = pool.reduce(
      (best, one, at) => (one.distance > (pool[best]?.distance ?? 0) ? at : best),
      0,
    );
    const [next] = pool.splice(farthest, 1);
    if (!next) return undefined;
    if (next.distance < 1 - COPY_LIKENESS) continue;
    next.shingles = shinglesOf(texts[next.text] ?? '');
    if (!chosen.some((other) => isCopy(next.shingles, other.shingles))) return next;
  }
  return undefined;
}

function lowerDistances(
  pools: readonly (readonly Candidate[])[],
  chosen: Candidate,
  vectors: readonly Vector[],
): void {
  const mine = vectors[chosen.text];
  for (const one of pools.flat()) {
    const other = vectors[one.text];
    if (mine && other) one.distance = Math.min(one.distance, 1 - similarity(mine, other));
  }
}

/** Runs of three words, all words of them. */
function shinglesOf(text: string): ReadonlySet<string> {
  const words = wordsOf(text).map(foldWord);
  return new Set(words.map((_, at) => words.slice(at, at + SHINGLE).join(' ')));
}

/** By the share of the shorter one, so that a copy with something added is one too. */
function isCopy(a: ReadonlySet<string> = new Set(), b: ReadonlySet<string> = new Set()): boolean {
  const common = [...a].filter((shingle) => b.has(shingle)).length;
  return common >= COPY_SHARE * Math.min(a.size, b.size);
}
