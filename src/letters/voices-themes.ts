import type { Vector } from './voices-terms.ts';

/** A group of texts: their numbers, and its centre, dense and of length 1. */
export type Group = { members: number[]; centre: Float64Array };

const SEED_CANDIDATES = 400;
const SEEDS_PER_THEME = 2;
const ROUNDS = 12;
/** A text that is nearer to a seed than this is told by it; the next seed is to tell others. */
const TOLD = 0.22;
/** Centres that are nearer than this are one theme. */
const ONE_THEME = 0.38;
/** A text that is farther than this from every centre has no theme. */
const NEAREST = 0.12;
export const SMALLEST_THEME = 3;

/**
 * Spherical k-means over vectors whose order is fixed. The seeds are the words that most texts of the rest gather
 * around, so no chance is needed; there are more of them than themes, and centres that come to lie together are joined.
 */
export function findGroups(
  vectors: readonly Vector[],
  space: { size: number; frequency: Int32Array },
  maxThemes: number,
): Group[] {
  let centres = seedCentres(vectors, space, maxThemes * SEEDS_PER_THEME);
  let owners = assign(vectors, centres);
  for (let round = 0; round < ROUNDS; round += 1) {
    centres = centresOf(vectors, owners, centres.length, space.size);
    const next = assign(vectors, centres);
    const isSettled = next.every((owner, text) => owner === owners[text]);
    owners = next;
    if (isSettled) break;
  }
  return settle(vectors, joinNear(vectors, owners, centres, space.size, maxThemes), space.size);
}

/** Terms whose texts lie close together, one after another, each among texts that no earlier one tells. */
function seedCentres(
  vectors: readonly Vector[],
  { size, frequency }: { size: number; frequency: Int32Array },
  wanted: number,
): Float64Array[] {
  const candidates = [...frequency.keys()]
    .sort((a, b) => (frequency[b] ?? 0) - (frequency[a] ?? 0) || a - b)
    .slice(0, SEED_CANDIDATES);
  const textsOf = new Map<number, number[]>(candidates.map((term) => [term, []]));
  for (const [text, { terms }] of vectors.entries()) for (const term of terms) textsOf.get(term)?.push(text);
  const isTold = new Uint8Array(vectors.length);
  const centres: Float64Array[] = [];
  while (centres.length < wanted) {
    const [best] = candidates
      .map((term) => {
        const texts = (textsOf.get(term) ?? []).filter((text) => isTold[text] === 0);
        return { texts, score: gathering(vectors, texts, term) };
      })
      .filter(({ texts }) => texts.length >= SMALLEST_THEME)
      .sort((a, b) => b.score - a.score);
    if (!best) break;
    const centre = centreOf(vectors, best.texts, size);
    centres.push(centre);
    for (const text of best.texts) isTold[text] = 1;
    for (const [text, vector] of vectors.entries()) if (nearness(vector, centre) > TOLD) isTold[text] = 1;
  }
  return centres;
}

/** How much a word weighs in the texts that have it: high where many are about it, not where it only occurs. */
function gathering(vectors: readonly Vector[], texts: readonly number[], term: number): number {
  let sum = 0;
  for (const text of texts) {
    const vector = vectors[text];
    sum += vector?.weights[indexOf(vector.terms, term)] ?? 0;
  }
  return sum;
}

function indexOf(terms: Int32Array, term: number): number {
  let [low, high] = [0, terms.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((terms[middle] ?? 0) < term) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function nearness({ terms, weights }: Vector, centre: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < terms.length; at += 1) sum += (weights[at] ?? 0) * (centre[terms[at] ?? 0] ?? 0);
  return sum;
}

/** The number of the nearest centre for each text, or −1 for one that is near none. */
function assign(vectors: readonly Vector[], centres: readonly Float64Array[]): Int32Array {
  return Int32Array.from(vectors, (vector) => {
    let [owner, best] = [-1, NEAREST];
    for (const [number, centre] of centres.entries()) {
      const near = nearness(vector, centre);
      if (near > best) [owner, best] = [number, near];
    }
    return owner;
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
