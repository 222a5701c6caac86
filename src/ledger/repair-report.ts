/** What was found in a petition's count, and set right. */
export type RepairReport = {
  petitionId: string;
  /** people who bore the mark of an entry that is not there: due again */
  unmarked: number;
  /** people who were not due and should have been, or the reverse */
  dueAgain: number;
  isTallyRebuilt: boolean;
  /** people whom the ledger had counted already, without their bearing its mark: they are not counted twice */
  takenOver: number;
  /**
   * the total less the people who stand in the count: what no repair but a correction can set right; null while others
   * count
   */
  unaccounted: number | null;
  /**
   * people who were due although a digest had already counted them: they are counted at that digest's entry, so that no
   * later digest counts them again
   */
  toldBefore: number;
  /** an entry is missing between two others, or the first entries are missing */
  isBroken: boolean;
};

export type Rebuilt = Pick<RepairReport, 'isTallyRebuilt' | 'isBroken'>;

export const KEPT: Rebuilt = { isTallyRebuilt: false, isBroken: false };

export function hasFound(report: RepairReport): boolean {
  const { unmarked, dueAgain, isTallyRebuilt, takenOver, unaccounted, isBroken, toldBefore } = report;
  return (
    unmarked + dueAgain + takenOver + toldBefore > 0 || isTallyRebuilt || isBroken || (unaccounted ?? 0) !== 0
  );
}
