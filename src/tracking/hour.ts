import { addDelta, emptyDelta } from '../ledger/delta.ts';
import type { LedgerDelta, LedgerEntry } from '../ledger/ledger.ts';
import { addMilliseconds, DAY, HOUR, MINUTE } from '../lib/clock.ts';

/**
 * One hour of a petition. Each group of fields has one writer and can be made again from what it is the sum of, but for
 * `seen` and `mailed`: those are counted in memory, and a process that is killed loses up to five seconds of them.
 */
export type Hour = {
  /** petitionId:2026-11-28T16, in UTC */
  _id: string;
  petitionId: string;
  /** when it begins */
  at: Date;
} & Partial<LedgerHour & ConfirmedHour & { waiting: number } & SeenHour>;

/** The ledger's entries of the hour; `seq` is the last of them. */
export type LedgerHour = { seq: number; added: number; removed: number; delta: LedgerDelta };

/** Signatures that were confirmed in the hour, as they stood when they were last counted. */
export type ConfirmedHour = {
  confirmed: number;
  /** how many of them had confirmed within each of DELAYS; who signed from another signature waited for no mail */
  delays: number[];
  /** who left words that offices may read, and who asked for updates */
  words: number;
  updates: number;
  /** when they are counted again: people change their words and boxes later */
  recountAt?: Date;
};

/** Petition pages with the form that were shown, by source, and confirm mails that a server took. Approximate. */
export type SeenHour = { seen: Record<string, number>; mailed: number };

/** Between asking for a signature and confirming it. */
export const DELAYS = [10 * MINUTE, HOUR, DAY, 7 * DAY] as const;

/** A confirmed hour is counted again so long after its end. */
const RECOUNT_AFTER = [5 * MINUTE, DAY, 7 * DAY, 30 * DAY];

export function hourOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / HOUR) * HOUR);
}

export function hourId(petitionId: string, at: Date): string {
  return `${petitionId}:${at.toISOString().slice(0, 13)}`;
}

/** The hour after an entry of it, which must follow those that it has. */
export function addEntry(hour: LedgerHour | undefined, entry: LedgerEntry): LedgerHour {
  return {
    seq: entry.seq,
    added: (hour?.added ?? 0) + entry.added,
    removed: (hour?.removed ?? 0) + entry.removed,
    delta: addDelta(hour?.delta ?? emptyDelta(), entry.delta),
  };
}

/** Undefined once the hour is old enough to be left alone. */
export function nextRecount(hour: Date, now: Date): Date | undefined {
  const end = addMilliseconds(hour, HOUR);
  return RECOUNT_AFTER.map((after) => addMilliseconds(end, after)).find((at) => at > now);
}
