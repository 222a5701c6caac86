import { createHash } from 'node:crypto';
import { utcDay } from '../lib/clock.ts';
import type { PublishedBreakdowns } from '../petitions/shown-tally.ts';
import type { DueSignature, Members } from '../signatures/marking.ts';
import { addCells, addDelta, CUTS, deltaOf, emptyDelta } from './delta.ts';

/** Signed counts of change per cell key, for example `{ US: 3, MX: -1 }`. */
export type Delta = Record<string, number>;

export type LedgerDelta = { country: Delta; region: Delta; source: Delta; locale: Delta };

/** The public, hashed part of an entry; law 6. */
export type LedgerEntryHead = {
  petitionId: string;
  seq: number;
  at: Date;
  added: number;
  removed: number;
  total: number;
  previousHash: string;
  hash: string;
};

export type LedgerEntry = LedgerEntryHead & {
  /** petitionId:seq, zero-padded */
  _id: string;
  /** added people who had no place yet come first in `members.added` and get firstPlace, firstPlace + 1, … */
  firstPlace: number;
  /** places given so far, this entry's included */
  places: number;
  /** dropped once the next entry is complete */
  members?: Members;
  /** of `added` and `removed`, how many are nobody's in particular: see `Unnamed` */
  unnamed?: { added: number; removed: number };
  delta: LedgerDelta;
  /** binds the private half to the public one; see hashDetail */
  detailHash: string;
};

/**
 * Changes of the count that no signature stands for, after a restore. A restored copy may hold people whom an older entry
 * counted already, without saying which: they are added by name, and as many nameless ones are removed. What the
 * ledger counts and nobody stands for any more leaves the same way.
 */
export type Unnamed = { added: number; removed: number; delta: LedgerDelta };

/** The sum of a petition's ledger up to `seq`. */
export type Tally = {
  /** petitionId */
  _id: string;
  seq: number;
  at: Date;
  total: number;
  /** places given so far; never falls */
  places: number;
  byCountry: Delta;
  byRegion: Delta;
  bySource: Delta;
  byLocale: Delta;
  /** net change per UTC day */
  byDay: Delta;
  /** what the public may see of the breakdowns, made once a day (law 11) */
  published?: PublishedBreakdowns;
};
/** How many people one entry may hold: with ids and refs about 1 MB, a sixteenth of what a document may hold. */
export const ENTRY_LIMIT = 10_000;
/** `previousHash` of a petition's first entry. */
export const GENESIS_HASH = '0'.repeat(64);

export function entryId(petitionId: string, seq: number): string {
  return `${petitionId}:${String(seq).padStart(10, '0')}`;
}

/**
 * SHA-256 in hex over lines of UTF-8, each ended by "\n": the domain and version `safe-passage/ledger/v1`, petitionId,
 * seq, at (ISO 8601 UTC with milliseconds), added, removed, total, previousHash; numbers in decimal. Anyone can redo it:
 * `printf '%s\n' safe-passage/ledger/v1 my-petition 1 2026-11-24T12:00:00.000Z 3 0 3 000…000 | sha256sum`.
 */
export function hashEntry(head: Omit<LedgerEntryHead, 'hash'>): string {
  const { petitionId, seq, added, removed, total, previousHash } = head;
  return sha256([
    'safe-passage/ledger/v1',
    petitionId,
    seq,
    iso(head.at),
    added,
    removed,
    total,
    previousHash,
  ]);
}

/** The private half under the public hash: shows a changed breakdown, and says nothing to those who see only the chain. */
export function hashDetail(
  entry: Pick<LedgerEntry, 'hash' | 'firstPlace' | 'places' | 'delta' | 'unnamed'>,
): string {
  const cells = CUTS.flatMap((cut) =>
    Object.entries(entry.delta?.[cut] ?? {})
      .map(([key, change]) => `${cut} ${key} ${change}`)
      .sort(),
  );
  const unnamed = entry.unnamed ? [`unnamed ${entry.unnamed.added} ${entry.unnamed.removed}`] : [];
  return sha256([
    'safe-passage/ledger-detail/v1',
    entry.hash,
    entry.firstPlace,
    entry.places,
    ...cells,
    ...unnamed,
  ]);
}

export function headOf(entry: LedgerEntryHead): LedgerEntryHead {
  const { petitionId, seq, at, added, removed, total, previousHash, hash } = entry;
  return { petitionId, seq, at, added, removed, total, previousHash, hash };
}

/** The entry after `previous` that takes up all of `due`: at most ENTRY_LIMIT of one petition, none only beside unnamed ones. */
export function buildEntry(
  previous: LedgerEntry | null,
  due: readonly DueSignature[],
  now: Date,
  unnamed: Unnamed = { added: 0, removed: 0, delta: emptyDelta() },
): LedgerEntry {
  const petitionId = previous?.petitionId ?? due[0]?.petitionId;
  if (petitionId === undefined) throw new RangeError('an entry of nobody');
  const newcomers = due.filter((one) => one.countable && one.mark.place === undefined);
  const added = [...newcomers, ...due.filter((one) => one.countable && one.mark.place !== undefined)];
  const removed = due.filter((one) => !one.countable);
  const seq = (previous?.seq ?? 0) + 1;
  const places = previous?.places ?? 0;
  const counts = { added: added.length + unnamed.added, removed: removed.length + unnamed.removed };
  const head = {
    petitionId,
    seq,
    at: previous && previous.at > now ? previous.at : now,
    ...counts,
    total: (previous?.total ?? 0) + counts.added - counts.removed,
    previousHash: previous?.hash ?? GENESIS_HASH,
  };
  const isUnnamed = unnamed.added + unnamed.removed > 0;
  const detail = {
    hash: hashEntry(head),
    firstPlace: places + 1,
    places: places + newcomers.length,
    delta: addDelta(deltaOf(added, removed), unnamed.delta),
    ...(isUnnamed && { unnamed: { added: unnamed.added, removed: unnamed.removed } }),
  };
  const members = {
    added: added.map((one) => one._id),
    addedRefs: added.map((one) => one.ref),
    removed: removed.map((one) => one._id),
  };
  return { _id: entryId(petitionId, seq), ...head, ...detail, members, detailHash: hashDetail(detail) };
}

export function emptyTally(petitionId: string, at: Date): Tally {
  const cells = { byCountry: {}, byRegion: {}, bySource: {}, byLocale: {}, byDay: {} };
  return { _id: petitionId, seq: 0, at, total: 0, places: 0, ...cells };
}

/** The tally after `entry`, which must be the next one. */
export function applyEntry(tally: Tally, entry: LedgerEntry): Tally {
  if (entry.petitionId !== tally._id || entry.seq !== tally.seq + 1) {
    throw new RangeError(`entry ${entry._id} does not follow tally ${tally._id}:${tally.seq}`);
  }
  const net = entry.added - entry.removed;
  return {
    ...tally,
    seq: entry.seq,
    at: entry.at,
    total: tally.total + net,
    places: entry.places,
    byCountry: addCells(tally.byCountry, entry.delta.country),
    byRegion: addCells(tally.byRegion, entry.delta.region),
    bySource: addCells(tally.bySource, entry.delta.source),
    byLocale: addCells(tally.byLocale, entry.delta.locale),
    byDay: addCells(tally.byDay, { [utcDay(entry.at)]: net }),
  };
}

function sha256(lines: readonly (string | number)[]): string {
  return createHash('sha256')
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest('hex');
}

/** Never throws: verifying hashes what it finds, also where somebody put something that is no date. */
function iso(at: Date): string {
  return at instanceof Date && !Number.isNaN(at.getTime()) ? at.toISOString() : String(at);
}
