import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextMoment, slotAt } from '../../src/deliveries/dispatch.ts';
import { DAY, HOUR } from '../../src/lib/clock.ts';

const moments = fc.date({ min: new Date('2026-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
const paces = fc.integer({ min: 1, max: 60 });

const officeOf = (lettersPerHour: number) => ({
  _id: 'us-dhs',
  pace: { digestsPerMonth: 1, lettersPerHour, lettersInAll: 100 },
});

describe('the slots of an hour', () => {
  test('each moment is in one slot, whose own moment lies within it', () => {
    fc.assert(
      fc.property(moments, paces, (now, perHour) => {
        const slot = slotAt('us-dhs', perHour, now);
        const begin = slot.end.getTime() - HOUR / perHour;
        expect(now.getTime()).toBeLessThan(slot.end.getTime());
        expect(now.getTime()).toBeGreaterThan(begin - 2);
        expect(slot.at.getTime()).toBeGreaterThanOrEqual(Math.floor(begin) - 1);
        expect(slot.at.getTime()).toBeLessThan(slot.end.getTime());
      }),
    );
  });

  test('an hour has as many slots as letters may go in it, whatever minute it begins at', () => {
    fc.assert(
      fc.property(paces, fc.integer({ min: 0, max: HOUR - 1 }), (perHour, offset) => {
        const begin = Date.parse('2026-11-24T15:00:00Z') + offset;
        const times = new Set<number>();
        for (let at = begin - HOUR; at < begin + 2 * HOUR; at += HOUR / perHour / 2)
          times.add(slotAt('us-dhs', perHour, new Date(at)).at.getTime());
        const within = [...times].filter((time) => begin <= time && time < begin + HOUR);
        expect(within.length).toBeLessThanOrEqual(perHour);
      }),
      { numRuns: 50 },
    );
  });

  test('moments look random from office to office, from slot to slot and from day to day', () => {
    const offset = (office: string, day: number, part: number) => {
      const now = new Date(Date.parse('2026-11-24T15:00:00Z') + day * DAY + part * 6 * 60_000);
      return slotAt(office, 10, now).at.getTime() - now.getTime();
    };
    const seen = [0, 1, 2].flatMap((day) =>
      [0, 1, 2, 3].flatMap((part) => ['us-dhs', 'mx-inm'].map((office) => offset(office, day, part))),
    );
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('the next moment is never past, and comes within two slots', () => {
    fc.assert(
      fc.property(moments, paces, fc.boolean(), (now, perHour, isTaken) => {
        const next = nextMoment(officeOf(perHour), now, isTaken);
        expect(next.getTime()).toBeGreaterThanOrEqual(now.getTime());
        expect(next.getTime() - now.getTime()).toBeLessThanOrEqual((2 * HOUR) / perHour + 2);
      }),
    );
  });
});
