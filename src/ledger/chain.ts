import { utcDay } from '../lib/clock.ts';
import { addCells, addDelta, emptyDelta } from './delta.ts';
import {
  type Delta,
  entryId,
  GENESIS_HASH,
  hashDetail,
  hashEntry,
  type LedgerDelta,
  type LedgerEntry,
  type Tally,
} from './ledger.ts';

export type Fault = { seq: number; what: string };

/** What one entry leaves to the next: a faulty one leaves no numbers to hold the next against. */
type Before = { hashes: readonly string[]; total: number; places: number; at: Date; isTrusted: boolean };

const BEFORE_FIRST: Before = {
  hashes: [GENESIS_HASH],
  total: 0,
  places: 0,
  at: new Date(0),
  isTrusted: true,
};

/**
 * Takes the entries of a petition in the order of their ids and recomputes all that can be recomputed.
 * Types hold for what we wrote; here is read what somebody may have altered, so nothing is taken for given.
 */
export function createChainCheck(petitionId: string) {
  const faults: Fault[] = [];
  let sum: LedgerDelta = emptyDelta();
  let days: Delta = {};
  let seq = 0;
  let before: Before | undefined = BEFORE_FIRST;
  let newest: LedgerEntry | undefined;

  return {
    take(entry: LedgerEntry): void {
      // MongoDB never changes an _id, so the id says where an entry belongs even when its fields say otherwise.
      const position = Number(entry._id.slice(-10));
      if (position !== seq + 1) {
        faults.push({ seq: seq + 1, what: gapText(seq + 1, position - 1) });
        before = undefined;
      }
      const found = [...checkAlone(entry, petitionId, position), ...(before ? checkLink(entry, before) : [])];
      for (const what of found) faults.push({ seq: position, what });
      before = {
        hashes: found.length > 0 ? [entry.hash, hashEntry(entry)] : [entry.hash],
        total: entry.total,
        places: entry.places,
        at: entry.at,
        isTrusted: found.length === 0,
      };
      if (found.length === 0) {
        sum = addDelta(sum, entry.delta);
        days = addCells(days, { [utcDay(entry.at)]: entry.added - entry.removed });
      }
      seq = position;
      newest = entry;
    },
    /** Holds the tally against the entries up to its seq; after a faulty entry their sum means nothing. */
    compare(tally: Tally | null): void {
      if (faults.length > 0) return;
      if (!tally) {
        if (seq > 0) faults.push({ seq, what: 'tally is missing' });
      } else if (tally.seq > seq) {
        faults.push({ seq: seq + 1, what: gapText(seq + 1, tally.seq) });
      } else {
        for (const what of checkTally(tally, newest, sum, days)) faults.push({ seq, what });
      }
    },
    report: () => ({ faults, newest }),
  };
}

function gapText(from: number, to: number): string {
  return from === to ? 'entry is missing' : `entries ${from} to ${to} are missing`;
}

function checkAlone(entry: LedgerEntry, petitionId: string, seq: number): string[] {
  const { added, removed, delta, members, unnamed = { added: 0, removed: 0 } } = entry;
  const net = added - removed;
  const areCounts = [added, removed].every((count) => Number.isInteger(count) && count >= 0);
  const isComplete =
    !members ||
    (members.added?.length === added - unnamed.added &&
      members.addedRefs?.length === added - unnamed.added &&
      members.removed?.length === removed - unnamed.removed);
  const areUnnamed = [added - unnamed.added, removed - unnamed.removed].every((count) => count >= 0);
  return failed({
    'petition is not the one of its id': entry.petitionId === petitionId,
    'seq is not the one of its id': entry.seq === seq && entry._id === entryId(petitionId, seq),
    'hash does not match its fields': entry.hash === hashEntry(entry),
    'private half does not match its hash': entry.detailHash === hashDetail(entry),
    'added and removed are not counts': areCounts && added + removed > 0,
    'breakdown does not come to added less removed': [delta?.country, delta?.source, delta?.locale].every(
      (cells) => sumOf(cells ?? {}) === net,
    ),
    'members are not as many as added and removed': isComplete && areUnnamed,
  });
}

function checkLink(entry: LedgerEntry, before: Before): string[] {
  const isLinked = before.hashes.includes(entry.previousHash);
  if (!before.isTrusted) return failed({ 'previous hash is not the one before': isLinked });
  const given = entry.places - before.places;
  return failed({
    'previous hash is not the one before': isLinked,
    'total is not the one before plus added less removed':
      entry.total === before.total + entry.added - entry.removed && entry.total >= 0,
    'time is before the one before': entry.at >= before.at,
    'places do not continue the ones before':
      entry.firstPlace === before.places + 1 && given >= 0 && given <= entry.added,
  });
}

function checkTally(tally: Tally, newest: LedgerEntry | undefined, sum: LedgerDelta, days: Delta): string[] {
  return failed({
    'tally total is not the sum of the entries': tally.total === (newest?.total ?? 0),
    'tally places are not those given': tally.places === (newest?.places ?? 0),
    'tally time is not that of its entry': !newest || Number(tally.at) === Number(newest.at),
    'tally by country is not the sum of the entries': areSame(tally.byCountry, sum.country),
    'tally by region is not the sum of the entries': areSame(tally.byRegion, sum.region),
    'tally by source is not the sum of the entries': areSame(tally.bySource, sum.source),
    'tally by language is not the sum of the entries': areSame(tally.byLocale, sum.locale),
    'tally by day is not the sum of the entries': areSame(tally.byDay, days),
  });
}

function failed(checks: Record<string, boolean>): string[] {
  return Object.keys(checks).filter((what) => !checks[what]);
}

function sumOf(cells: Delta): number {
  return Object.values(cells).reduce((sum, value) => sum + value, 0);
}

function areSame(a: Delta | undefined, b: Delta): boolean {
  if (!a) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => a[key] === b[key]);
}
