import type { LedgerCell, Mark } from './signature.ts';

/** What the ledger needs to know of one signature that is due. */
export type DueSignature = {
  _id: string;
  ref: string;
  petitionId: string;
  countable: boolean;
  cell: LedgerCell;
  dueAt: Date;
  /** of the newest entry that marked it; seq 0 before the first */
  mark: Mark;
};

/**
 * Signature ids. `addedRefs` are the refs of `added`, in the same order: should a stub be deleted and the same
 * address sign anew, the id comes back but the ref does not, so a marker that slept meanwhile touches nobody.
 */
export type Members = { added: string[]; addedRefs: string[]; removed: string[] };

/** What marking the members of an entry needs; `at` is the marker's own time, whatever the entry's is. */
export type Marking = {
  seq: number;
  at: Date;
  firstPlace: number;
  places: number;
  members: Members;
};

export type Standing = { people: number; cells: { cell: Partial<LedgerCell>; people: number }[] };
