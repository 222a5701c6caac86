import type { Vector } from './terms.ts';

/** A group of texts: their numbers, and its centre, dense and of length 1. */
export type Group = { members: number[]; centre: Float64Array };

/** So many texts say what the themes are. */
const SAMPLE = 3_000;
const SEEDS_PER_THEME = 2;
const ROUNDS = 12;
/** A text that is nearer to a seed than this is told by it; the next seed is to tell others. */
const TOLD = 0.22;
/** Centres that are nearer than this are one theme. */
const ONE_THEME = 0.38;
/** A text that is farther than this from every centre has no theme. */
const NEAREST = 0.12;
const SMALLEST_THEME = 3;

/**
 * Spherical k-means over vectors whose order is fixed. The seeds are the words that most texts of the rest gather
 * around, so no chance is needed; there are more of them than themes, and centres that come to lie together are joined.
 * Of very many texts every n-th says what the themes are, and all are put into them.
 */
export function findGroups(all: readonly Vector[], { size }: { size: number }, maxThemes: number): Group[] {
  const step = Math.max(1, Math.floor(all.length / SAMPLE));
  const vectors = all.filter((_, text) => text % step === 0);
  let centres = seedCentres(vectors, size, maxThemes * SEEDS_PER_THEME);
  let owners = assign(vectors, centres);
  for (let round = 0; round < ROUNDS; round += 1) {
    centres = centresOf(vectors, owners, centres.length, size);
    const next = assign(vectors, centres);
    const isSettled = next.every((owner, text) => owner === owners[text]);
    owners = next;
    if (isSettled) break;
  }
  return settle(all, joinNear(vectors, owners, centres, size, maxThemes), size);
}

/** Terms whose texts lie close together, one after another, each among texts that no earlier one tells. */
function seedCentres(vectors: readonly Vector[], size: number, wanted: number): Float64Array[] {
  const gathered = gather(vectors, size);
  const centres: Float64Array[] = [];
  while (centres.length < wanted) {
    const best = gathered.best();
    if (best === undefined) break;
    const texts = gathered.textsOf(best);
    const centre = centreOf(vectors, texts, size);
    centres.push(centre);
    const near = vectors.flatMap((vector, text) => (nearness(vector, centre) > TOLD ? [text] : []));
    for (const text of [...texts, ...near]) gathered.take(text);
  }
  return centres;
}

/**
 * How much each term weighs in the texts that have it: high where many are about it, not where it only occurs.
 * What is taken out no longer counts.
 */
function gather(vectors: readonly Vector[], size: number) {
  const weight = new Float64Array(size);
  const texts = new Int32Array(size);
  const isTaken = new Uint8Array(vectors.length);

  function add(text: number, sign: 1 | -1): void {
    const { terms, weights } = vectors[text] ?? { terms: [], weights: [] };
    for (let at = 0; at < terms.length; at += 1) {
      const term = terms[at] ?? 0;
      weight[term] = (weight[term] ?? 0) + sign * (weights[at] ?? 0);
      texts[term] = (texts[term] ?? 0) + sign;
    }
  }
  for (const text of vectors.keys()) add(text, 1);

  return {
    best(): number | undefined {
      let best: number | undefined;
      for (const [term, count] of texts.entries()) {
        if (count < SMALLEST_THEME) continue;
        if (best === undefined || (weight[term] ?? 0) > (weight[best] ?? 0)) best = term;
      }
      return best;
    },
    textsOf: (term: number) =>
      vectors.flatMap(({ terms }, text) => (isTaken[text] === 0 && terms.includes(term) ? [text] : [])),
    take(text: number): void {
      if (isTaken[text] === 1) return;
      isTaken[text] = 1;
      add(text, -1);
    },
  };
}

export function nearness({ terms, weights }: Vector, centre: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < terms.length; at += 1) sum += (weights[at] ?? 0) * (centre[terms[at] ?? 0] ?? 0);
  return sum;
}

/** The number of the nearest centre for each text, or −1 for one that is near none. */
function assign(vectors: readonly Vector[], centres: readonly Float64Array[]): Int32Array {
  // Side by side by term: what is read together lies together.
  const count = centres.length;
  const all = new Float64Array(count * (centres[0]?.length ?? 0));
  for (const [number, centre] of centres.entries())
    for (const [term, value] of centre.entries()) all[term * count + number] = value;
  const near = new Float64Array(count);
  return Int32Array.from(vectors, ({ terms, weights }) => {
    near.fill(0);
    for (let at = 0; at < terms.length; at += 1) {
      const [from, weight] = [(terms[at] ?? 0) * count, weights[at] ?? 0];
      for (let n = 0; n < count; n += 1) near[n] = (near[n] ?? 0) + weight * (all[from + n] ?? 0);
    }
    return near.reduce((best, value, n) => (value > (near[best] ?? NEAREST) ? n : best), -1);
  });
}

function centresOf(
  vectors: readonly Vector[],
  owners: Int32Array,
  count: number,
  size: number,
): Float64Array[] {
  return membersOf(owners, count)
    .filter((members) => members.length > 0)
    .map((members) => centreOf(vectors, members, size));
}

function membersOf(owners: Int32Array, count: number): number[][] {
  const members: number[][] = Array.from({ length: count }, () => []);
  for (const [text, owner] of owners.entries()) members[owner]?.push(text);
  return members;
}

function centreOf(vectors: readonly Vector[], members: readonly number[], size: number): Float64Array {
  const sum = new Float64Array(size);
  for (const member of members) {
    const { terms, weights } = vectors[member] ?? { terms: [], weights: [] };
    for (let at = 0; at < terms.length; at += 1) {
      const term = terms[at] ?? 0;
      sum[term] = (sum[term] ?? 0) + (weights[at] ?? 0);
    }
  }
  let square = 0;
  for (const value of sum) square += value * value;
  const length = Math.sqrt(square) || 1;
  return sum.map((value) => value / length);
}

/** The two nearest become one, until none are near and there are few enough. */
function joinNear(
  vectors: readonly Vector[],
  owners: Int32Array,
  centres: readonly Float64Array[],
  size: number,
  maxThemes: number,
): Group[] {
  const groups = membersOf(owners, centres.length)
    .filter((members) => members.length > 0)
    .map((members) => ({ members, centre: centreOf(vectors, members, size) }));
  for (;;) {
    const nearest = nearestPair(groups);
    if (!nearest || (nearest.near < ONE_THEME && groups.length <= maxThemes)) return groups;
    const [a, b] = [groups[nearest.a], groups[nearest.b]];
    const members = [...(a?.members ?? []), ...(b?.members ?? [])].sort((x, y) => x - y);
    groups[nearest.a] = { members, centre: centreOf(vectors, members, size) };
    groups.splice(nearest.b, 1);
  }
}

function nearestPair(groups: readonly Group[]): { a: number; b: number; near: number } | undefined {
  let best: { a: number; b: number; near: number } | undefined;
  for (const [b, { centre }] of groups.entries()) {
    for (let a = 0; a < b; a += 1) {
      const other = groups[a]?.centre;
      const near = centre.reduce((sum, value, term) => sum + value * (other?.[term] ?? 0), 0);
      if (!best || near > best.near) best = { a, b, near };
    }
  }
  return best;
}

/** Each text once more to the nearest of what is left; groups that are too small have no theme. */
function settle(vectors: readonly Vector[], groups: readonly Group[], size: number): Group[] {
  const owners = assign(
    vectors,
    groups.map(({ centre }) => centre),
  );
  return membersOf(owners, groups.length)
    .filter((members) => members.length >= SMALLEST_THEME)
    .map((members) => ({ members, centre: centreOf(vectors, members, size) }))
    .sort((a, b) => b.members.length - a.members.length || (a.members[0] ?? 0) - (b.members[0] ?? 0));
}
