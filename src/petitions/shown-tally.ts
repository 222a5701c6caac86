/** Cells of 10 or more; `other` holds the rest and is 0 or at least 10 (law 11). */
export type Breakdown = { cells: Record<string, number>; other: number };

/** What the public may see of the breakdowns; made once a day. */
export type PublishedBreakdowns = {
  day: string;
  total: number;
  country: Breakdown;
  region: Breakdown;
  locale: Breakdown;
};

/** What the public reads of a petition's count. */
export type ShownTally = {
  petitionId: string;
  /** the ledger entry that the total stands at, and its time */
  seq: number;
  at: Date;
  total: number;
  published?: PublishedBreakdowns;
};

/** Every petition's count from memory, at most some seconds old; `knownAt` says since when it is known. */
export type Counts = {
  getTotal(petitionId: string): Promise<number>;
  getCount(petitionId: string): Promise<{ count: number; seq: number; at: Date | null }>;
  knownAt(): Date | undefined;
};
