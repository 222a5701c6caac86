import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestPlaces } from '../../src/letters/digest-places.ts';
import { placePhrase } from '../../src/lib/place-phrase.ts';

const whole = (country: Record<string, number>, region: Record<string, number> = {}) => ({
  country,
  region,
  total: Object.values(country).reduce((sum, count) => sum + count, 0),
});

describe('places in a digest', () => {
  // The nine of California would be all that is left, so New York's eleven join them.
  test('states of ten or more stand for themselves, what is left of their country beside them', () => {
    const counts = whole({ US: 60, MX: 12, GT: 11 }, { 'US-TX': 40, 'US-CA': 9, 'US-NY': 11, 'MX-CHP': 12 });
    expect(digestPlaces(counts, [])).toEqual({ 'US-TX': 40, 'MX-CHP': 12, GT: 11 });
    const more = whole({ US: 62 }, { 'US-TX': 40, 'US-CA': 9, 'US-NY': 9 });
    expect(digestPlaces(more, [])).toEqual({ 'US-TX': 40, US: 22 });
  });

  test('with fewer than ten people nothing is shown', () => {
    expect(digestPlaces(whole({ US: 9 }, { 'US-TX': 9 }), [])).toEqual({});
  });

  test('a small rest cannot be found by subtracting what is shown from the total', () => {
    expect(digestPlaces(whole({ GT: 40, HN: 20, SV: 3 }), [])).toEqual({ GT: 40 });
  });

  test('one person more is not shown until ten are', () => {
    const before = { 'US-TX': 40 };
    expect(digestPlaces(whole({ US: 41 }, { 'US-TX': 41 }), [before])).toEqual({ 'US-TX': 40 });
    expect(digestPlaces(whole({ US: 50 }, { 'US-TX': 50 }), [before])).toEqual({ 'US-TX': 50 });
    expect(digestPlaces(whole({ US: 38 }, { 'US-TX': 38 }), [before])).toEqual({});
  });

  test('two reports fold the same place, so that together they tell no more than each', () => {
    const first = digestPlaces(whole({ GT: 12, HN: 12, SV: 1 }), []);
    expect(first).toEqual({ GT: 12 });
    expect(digestPlaces(whole({ GT: 12, HN: 30, SV: 1 }), [first])).toEqual({ GT: 12 });
  });

  test('whatever comes and goes, no cell is small and none moves by one to nine', () => {
    const step = fc.record({
      'US-TX': fc.nat(60),
      'US-CA': fc.nat(60),
      'MX-CHP': fc.nat(60),
      GT: fc.nat(60),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 6 }), (steps) => {
        let last: Record<string, number> = {};
        for (const { GT, ...region } of steps) {
          const country = { GT, US: region['US-TX'] + region['US-CA'], MX: region['MX-CHP'] };
          const counts = whole(country, region);
          const shown = digestPlaces(counts, [last]);
          for (const [code, count] of Object.entries(shown)) {
            expect(count).toBeGreaterThanOrEqual(10);
            const moved = Math.abs(count - (last[code] ?? 0));
            expect(moved === 0 || moved >= 10).toBe(true);
          }
          expect(Object.values(shown).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(
            counts.total,
          );
          last = shown;
        }
      }),
      { numRuns: 300 },
    );
  });
});

test.each([
  [{ country: 'US', region: 'US-TX' }, 'Texas', 'Texas'],
  [{ country: 'MX', region: 'MX-CHP' }, 'Chiapas', 'Chiapas'],
  [{ country: 'MX', region: 'MX-MEX' }, 'the State of México', 'el Estado de México'],
  [{ country: 'US', region: 'US-DC' }, 'the District of Columbia', 'el Distrito de Columbia'],
  [{ country: 'US' }, 'the United States', 'Estados Unidos'],
  [{ country: 'SV' }, 'El Salvador', 'El Salvador'],
])('a person in %o is in "%s", en "%s"', (place, english, spanish) => {
  expect(placePhrase(place, 'en')).toBe(english);
  expect(placePhrase(place, 'es')).toBe(spanish);
});
