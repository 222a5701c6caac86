import type { Delivery, DeliveryState } from './delivery.ts';

/** Entries of the ledger after `from` and up to `to`. */
export type Interval = { from: number; to: number };
/** What a digest tells of: its own interval, and those of earlier ones that did not arrive. */
export type Coverage = Interval & { missed: Interval[] };
type Digest = Pick<Delivery, '_id' | 'state' | 'n' | 'from' | 'to' | 'missed'>;

/** These digests are on their way or may have arrived. Until that is known no other digest may cover the same entries. */
const IN_FLIGHT: readonly DeliveryState[] = ['planned', 'approved', 'released'];

export function intervalsOf({ from, to, missed = [] }: Pick<Delivery, 'from' | 'to' | 'missed'>): Interval[] {
  return [...missed, { from, to }].filter((one) => one.from < one.to);
}

export function overlaps(
  one: Pick<Digest, 'from' | 'to' | 'missed'>,
  other: Pick<Digest, 'from' | 'to' | 'missed'>,
): boolean {
  return intervalsOf(one).some((a) => intervalsOf(other).some((b) => a.from < b.to && b.from < a.to));
}

/**
 * All entries up to `to` that no sent digest has told of (law 8). What failed, was cancelled or came back is thereby
 * merged into the next, also where a later one was sent meanwhile; `from` is where the last sent one ended.
 */
export function coverageUpTo(to: number, digests: readonly Digest[]): Coverage {
  const told = digests
    .filter(({ state }) => state === 'sent')
    .flatMap(intervalsOf)
    .sort((a, b) => a.from - b.from);
  const holes: Interval[] = [];
  let reached = 0;
  for (const { from, to: end } of told) {
    if (from > reached) holes.push({ from: reached, to: from });
    reached = Math.max(reached, end);
  }
  return { from: Math.min(reached, to), to, missed: holes.filter((hole) => hole.to <= to) };
}

export type NextDigest =
  | { plan: true; n: number; coverage(to: number): Coverage }
  | { plan: false; because: 'unknown' | 'in-flight' };

/** What the next digest of one office and petition tells of; a doubtful one blocks it, one under way too. */
export function nextDigest(digests: readonly Digest[]): NextDigest {
  if (digests.some(({ state }) => state === 'unknown')) return { plan: false, because: 'unknown' };
  if (digests.some(({ state }) => IN_FLIGHT.includes(state))) return { plan: false, because: 'in-flight' };
  return {
    plan: true,
    n: Math.max(0, ...digests.map(({ n }) => n)) + 1,
    coverage: (to) => coverageUpTo(to, digests),
  };
}

export function isSameCoverage(one: Pick<Digest, 'from' | 'to' | 'missed'>, other: Coverage): boolean {
  return JSON.stringify(intervalsOf(one)) === JSON.stringify(intervalsOf(other));
}

/** Others that tell, or may have told, some of the same people; of two under way the earlier one goes first. */
export function isToldBy(digest: Digest, others: readonly Digest[]): boolean {
  return others.some(
    (other) =>
      other._id !== digest._id &&
      (other.state === 'sent' ||
        other.state === 'unknown' ||
        (other.state === 'released' && other.n < digest.n)) &&
      overlaps(other, digest),
  );
}

/** The first and the last entry that a digest covers, as people are shown it. */
export function entriesOf({ from, to, missed = [] }: Pick<Digest, 'from' | 'to' | 'missed'>): Interval {
  return { from: Math.min(from, ...missed.map((one) => one.from)) + 1, to };
}

export type Told = { added: number; removed: number; total: number };

/** The sum over everything that a digest tells of, and how many of those added an earlier one should have told of. */
export async function sumOf(
  { from, to, missed = [] }: Pick<Digest, 'from' | 'to' | 'missed'>,
  deltaBetween: (from: number, to: number) => Promise<Told>,
): Promise<Told & { late: number }> {
  const own = await deltaBetween(from, to);
  const earlier = await Promise.all(missed.map((one) => deltaBetween(one.from, one.to)));
  const late = earlier.reduce((sum, { added }) => sum + added, 0);
  const removed = earlier.reduce((sum, one) => sum + one.removed, own.removed);
  return { added: own.added + late, removed, total: own.total, late };
}
