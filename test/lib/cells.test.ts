import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldSmallCells, foldSmallParts } from '../../src/lib/cells.ts';

describe('foldSmallCells', () => {
  test.each([
    { title: 'large cells are shown', counts: { MX: 30, US: 10 }, shown: { MX: 30, US: 10 }, other: 0 },
    {
      title: 'small cells fold when ten come together',
      counts: { MX: 30, GT: 6, HN: 4 },
      shown: { MX: 30 },
      other: 10,
    },
    {
      title: 'a lone small cell takes the smallest shown one along',
      counts: { MX: 30, US: 12, GT: 3 },
      shown: { MX: 30 },
      other: 15,
    },
    {
      title: 'with one large and one small nothing is told apart',
      counts: { MX: 30, GT: 3 },
      shown: {},
      other: 33,
    },
    { title: 'under ten in all nothing is shown', counts: { MX: 6, GT: 3 }, shown: {}, other: 0 },
    { title: 'nobody is nobody', counts: {}, shown: {}, other: 0 },
    {
      title: 'of equals the last by name folds',
      counts: { US: 10, MX: 10, GT: 1 },
      shown: { MX: 10 },
      other: 11,
    },
  ])('$title', ({ counts, shown, other }) => {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    expect(foldSmallCells(counts, total)).toEqual({ cells: shown, other });
  });

  test('people without a cell are part of the rest', () => {
    expect(foldSmallCells({ 'MX-CHP': 20 }, 24)).toEqual({ cells: {}, other: 24 });
    expect(foldSmallCells({ 'MX-CHP': 20 }, 34)).toEqual({ cells: { 'MX-CHP': 20 }, other: 14 });
  });
});

const countries = ['MX', 'US', 'GT', 'HN', 'SV'];
const people = fc.array(
  fc.record({
    country: fc.constantFrom(...countries),
    region: fc.option(fc.constantFrom('A', 'B', 'C'), { nil: undefined }),
    times: fc.integer({ min: 1, max: 25 }),
  }),
  { maxLength: 25 },
);

function tallyOf(groups: { country: string; region: string | undefined; times: number }[]) {
  const country: Record<string, number> = {};
  const region: Record<string, number> = {};
  let total = 0;
  for (const one of groups) {
    country[one.country] = (country[one.country] ?? 0) + one.times;
    const key = `${one.country}-${one.region}`;
    if (one.region) region[key] = (region[key] ?? 0) + one.times;
    total += one.times;
  }
  return { country, region, total };
}

describe('nothing shown, and nothing that can be had by subtracting, is between 1 and 9', () => {
  const isSafe = (count: number) => count === 0 || count >= 10;
  const sum = (counts: number[]) => counts.reduce((all, count) => all + count, 0);

  test('of one breakdown: cells, rest, and their sum', () => {
    fc.assert(
      fc.property(people, (groups) => {
        const { country, total } = tallyOf(groups);
        const { cells, other } = foldSmallCells(country, total);
        for (const [key, count] of Object.entries(cells)) expect(count).toBe(country[key]);
        expect([...Object.values(cells), other].every(isSafe)).toBe(true);
        expect(sum(Object.values(cells)) + other).toBe(total < 10 ? 0 : total);
      }),
    );
  });

  test('of regions beside countries: what shown regions leave of each country, and of the total', () => {
    fc.assert(
      fc.property(people, (groups) => {
        const { country, region, total } = tallyOf(groups);
        const shown = foldSmallCells(country, total);
        const parts = foldSmallParts(region, shown, (key) => key.slice(0, 2));
        for (const [key, count] of Object.entries(parts.cells)) expect(count).toBe(region[key]);
        for (const name of countries) {
          const of = Object.entries(parts.cells).filter(([key]) => key.startsWith(name));
          if (!(name in shown.cells)) expect(of).toEqual([]);
          const rest = (shown.cells[name] ?? 0) - sum(of.map(([, count]) => count));
          expect(isSafe(rest)).toBe(true);
        }
        expect(isSafe(parts.other)).toBe(true);
        expect(sum(Object.values(parts.cells)) + parts.other).toBe(total < 10 ? 0 : total);
      }),
    );
  });
});
