import { CELL_MINIMUM, foldSmallCells } from '../lib/cells.ts';
import { countryOfRegion } from '../lib/places.ts';

/** People by place: a region's code, or a country's for all of it that no region stands for. */
export type PlaceCells = Record<string, number>;

const PLACES_SHOWN = 12;

/**
 * The largest places, none under ten. `known` is what its reader has seen before, in the last digest and on our page:
 * a cell that has moved by fewer than ten since is shown as it was then, or not at all once it has shrunk, so that nobody is
 * picked out by subtracting one report from another.
 */
export function digestPlaces(
  counts: { country: PlaceCells; region: PlaceCells; total: number },
  known: readonly PlaceCells[],
): PlaceCells {
  const { cells } = foldSmallCells(eachPersonOnce(counts), counts.total);
  const shown = Object.entries(cells)
    .slice(0, PLACES_SHOWN)
    .flatMap(([code, count]) => {
      const before = known
        .map((seen) => seen[code])
        .find((value) => value !== undefined && value !== count && Math.abs(value - count) < CELL_MINIMUM);
      if (before === undefined) return [[code, count] as const];
      return before < count ? [[code, before] as const] : [];
    });
  return Object.fromEntries(shown);
}

/** Regions of ten or more, and for each country those that are in none of them. */
function eachPersonOnce({ country, region }: { country: PlaceCells; region: PlaceCells }): PlaceCells {
  const once: PlaceCells = { ...country };
  for (const [code, count] of Object.entries(region)) {
    if (count < CELL_MINIMUM) continue;
    const whole = countryOfRegion(code);
    once[code] = count;
    once[whole] = (once[whole] ?? 0) - count;
    if (once[whole] === 0) delete once[whole];
  }
  return once;
}
