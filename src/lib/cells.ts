/** Cells that may be shown, and the rest in one number: `other` is 0 or at least `minimum`. */
export type ShownCells = { cells: Record<string, number>; other: number };

export const CELL_MINIMUM = 10;

/**
 * Folds cells under `minimum` into `other`, then the smallest shown one too while `other` is small but not 0, so that
 * nobody learns a small cell by subtracting. With a total under `minimum` nothing is shown and `other` is 0: there is
 * nothing to tell beyond the total, which is public.
 */
export function foldSmallCells(
  counts: Readonly<Record<string, number>>,
  total: number,
  minimum: number = CELL_MINIMUM,
): ShownCells {
  const shown = Object.entries(counts)
    .filter(([, count]) => count >= minimum)
    .sort(([keyA, a], [keyB, b]) => b - a || (keyA < keyB ? -1 : 1));
  let other = total - shown.reduce((sum, [, count]) => sum + count, 0);
  while (other !== 0 && other < minimum) {
    const smallest = shown.pop();
    if (!smallest) return { cells: {}, other: 0 };
    other += smallest[1];
  }
  return { cells: Object.fromEntries(shown), other };
}

/**
 * The same for cells that are parts of other cells (regions of countries), shown beside them: a part is shown only
 * under a shown whole, and what the shown parts leave of each whole is 0 or at least `minimum` too.
 */
export function foldSmallParts(
  parts: Readonly<Record<string, number>>,
  wholes: ShownCells,
  wholeOf: (part: string) => string,
  minimum: number = CELL_MINIMUM,
): ShownCells {
  const byWhole = Object.groupBy(Object.entries(parts), ([part]) => wholeOf(part));
  const cells: Record<string, number> = {};
  let other = wholes.other;
  for (const [whole, count] of Object.entries(wholes.cells)) {
    const folded = foldSmallCells(Object.fromEntries(byWhole[whole] ?? []), count, minimum);
    Object.assign(cells, folded.cells);
    other += folded.other;
  }
  return { cells, other };
}
