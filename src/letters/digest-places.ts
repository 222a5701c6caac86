import { CELL_MINIMUM } from '../lib/cells.ts';
import { countryOfRegion } from '../lib/places.ts';

/** People by place: a region's code, or a country's for all of it that no region stands for. */
export type PlaceCells = Record<string, number>;

const PLACES_SHOWN = 12;

/**
 * The largest places, none under ten, and never so that what is left over is one to nine. `known` is what its reader has
 * seen before, in the last digest and on our page: those places stay before others, lest two reports that fold different
 * ones tell more than each; and a cell that has moved by fewer than ten since is shown as it was then, or not at all
 * once it has shrunk, so that nobody is picked out by subtracting.
 */
export function digestPlaces(
  counts: { country: PlaceCells; region: PlaceCells; total: number },
  known: readonly PlaceCells[],
): PlaceCells {
  const isKnown = (code: string) => known.some((seen) => code in seen);
  const shown = Object.entries(eachPersonOnce(counts))
    .filter(([, count]) => count >= CELL_MINIMUM)
    .sort(([a, x], [b, y]) => Number(isKnown(b)) - Number(isKnown(a)) || y - x || (a < b ? -1 : 1))
    .slice(0, PLACES_SHOWN);
  let rest = counts.total - shown.reduce((sum, [, count]) => sum + count, 0);
  while (rest > 0 && rest < CELL_MINIMUM) rest += shown.pop()?.[1] ?? CELL_MINIMUM;
  const told = shown.flatMap(([code, count]) => {
    const before = lastSeen(code, count, known);
    if (before === undefined) return [[code, count] as const];
    return before < count ? [[code, before] as const] : [];
  });
  return Object.fromEntries(told.sort(([, a], [, b]) => b - a));
}

/** Where the reader has seen this cell at another value, less than ten away. */
function lastSeen(code: string, count: number, known: readonly PlaceCells[]): number | undefined {
  return known
    .map((seen) => seen[code])
    .find((value) => value !== undefined && value !== count && Math.abs(value - count) < CELL_MINIMUM);
}

/** Regions of ten or more, and for each country those that are in none of them. */
function eachPersonOnce({ country, region }: { country: PlaceCells; region: PlaceCells }): PlaceCells {
  const once: PlaceCells = { ...country };
  for (const [code, count] of Object.entries(region)) {
    if (count < CELL_MINIMUM) continue;
    const whole = countryOfRegion(code);
    once[code] = count;
    once[whole] = (once[whole] ?? 0) - count;
  }
  return once;
}
