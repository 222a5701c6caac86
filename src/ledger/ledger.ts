import type { LedgerCell } from '../signatures/signature.ts';

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
  /** added people who had no place yet get firstPlace, firstPlace + 1, … in the order of `members.added` */
  firstPlace: number;
  /** signature ids; dropped once the next entry is complete */
  members?: { added: string[]; removed: string[] };
  delta: LedgerDelta;
};

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

/** Cells of 10 or more; `other` holds the rest and is 0 or at least 10. */
export type Breakdown = { cells: Record<string, number>; other: number };
export type PublishedBreakdowns = {
  day: string;
  total: number;
  country: Breakdown;
  region: Breakdown;
  locale: Breakdown;
};

/** What the ledger needs to know of one signature that is due. */
export type DueSignature = {
  _id: string;
  petitionId: string;
  countable: boolean;
  cell: LedgerCell;
  hasPlace: boolean;
};
