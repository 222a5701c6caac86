import { describe, expect, test } from 'vitest';
import { addMilliseconds, HOUR } from '../../src/lib/clock.ts';
import { lineChart } from '../../src/tracking/chart.view.ts';
import type { Hour } from '../../src/tracking/hour.ts';
import { nextThreshold, paceOf, periodBefore, periodOf, sumByBucket } from '../../src/tracking/series.ts';

const hourAt = (iso: string, added: number): Hour => {
  const at = new Date(iso);
  return { _id: `p:${iso.slice(0, 13)}`, petitionId: 'p', at, added, removed: 0 };
};

describe('days in a zone', () => {
  test.each([
    ['America/Chicago', '2026-03-08', '2026-03-08T06:00:00.000Z', 23],
    ['America/Chicago', '2026-11-01', '2026-11-01T05:00:00.000Z', 25],
    ['America/Mexico_City', '2026-03-08', '2026-03-08T06:00:00.000Z', 24],
    ['America/Tijuana', '2026-03-08', '2026-03-08T08:00:00.000Z', 23],
    ['UTC', '2026-03-08', '2026-03-08T00:00:00.000Z', 24],
    ['Pacific/Kiritimati', '2026-03-08', '2026-03-07T10:00:00.000Z', 24],
    // A day that has no midnight, and one that a zone has skipped altogether.
    ['Asia/Beirut', '2026-03-29', '2026-03-28T22:00:00.000Z', 23],
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z', 0],
  ])('%s, %s begins at %s and has %i hours', (zone, day, from, hours) => {
    const { buckets } = periodOf('30d', { now: new Date('2027-01-01T00:00:00Z'), zone, day });
    const last = buckets.at(-1);
    expect(buckets).toHaveLength(30);
    expect(last?.from.toISOString()).toBe(from);
    expect((Number(last?.to) - Number(last?.from)) / HOUR).toBe(hours);
  });

  test('follow each other without a gap, a whole year long, and so does the year before', () => {
    const now = new Date('2026-11-28T16:20:00Z');
    const year = periodOf('365d', { now, zone: 'America/Chicago' });
    const before = periodBefore(year, '365d', 'America/Chicago');
    expect(before.to).toEqual(year.from);
    for (const { buckets } of [year, before]) {
      expect(buckets).toHaveLength(365);
      for (const [index, { from }] of buckets.entries())
        if (index > 0) expect(from).toEqual(buckets[index - 1]?.to);
    }
  });

  test('every hour is summed on its own day, also the two that are called one in the morning', () => {
    const period = periodOf('30d', { now: new Date('2026-11-02T12:00:00Z'), zone: 'America/Chicago' });
    const sums = sumByBucket(period, [
      hourAt('2026-11-01T04:00:00Z', 1), // 23:00 on 31 October
      hourAt('2026-11-01T05:00:00Z', 10), // midnight
      hourAt('2026-11-01T06:00:00Z', 100), // 01:00 CDT
      hourAt('2026-11-01T07:00:00Z', 1_000), // 01:00 CST
      hourAt('2026-11-02T05:00:00Z', 10_000), // 23:00
      hourAt('2026-11-02T06:00:00Z', 100_000),
    ]);
    expect(sums.slice(-3).map(({ added }) => added)).toEqual([1, 11_110, 100_000]);
  });
});

test('hours run up to the one that has begun, or to the end of the day that was asked for', () => {
  const now = new Date('2026-11-28T16:20:00Z');
  const today = periodOf('24h', { now, zone: 'America/Mexico_City' });
  expect(today.buckets).toHaveLength(24);
  expect(today.to.toISOString()).toBe('2026-11-28T17:00:00.000Z');
  const past = periodOf('7d', { now, zone: 'America/Mexico_City', day: '2026-11-20' });
  expect(past.to.toISOString()).toBe('2026-11-21T06:00:00.000Z');
  expect(periodBefore(past, '7d', 'America/Mexico_City').to).toEqual(past.from);
});

test.each([
  [0, 10],
  [9, 10],
  [10, 25],
  [49, 50],
  [100, 250],
  [999_999, 1_000_000],
  [1_000_000, 2_500_000],
])('after %i signatures the next threshold is %i', (total, threshold) => {
  expect(nextThreshold(total)).toBe(threshold);
});

describe('the pace', () => {
  const now = new Date('2026-11-28T12:00:00Z');
  test('is that of the last week, and says when the threshold comes', () => {
    const week = [hourAt('2026-11-22T00:00:00Z', 70)];
    expect(paceOf(1_070, week, now)).toEqual({
      perDay: 10,
      threshold: 2_500,
      remaining: 1_430,
      at: addMilliseconds(now, 143 * 24 * HOUR),
    });
  });
  test('is that of the time since its first signature where that is less', () => {
    expect(paceOf(30, [hourAt('2026-11-27T12:00:00Z', 30)], now).perDay).toBe(30);
  });
  test('has no day where nobody signs, or more take back than sign', () => {
    expect(paceOf(5, [], now)).toEqual({ perDay: 0, threshold: 10, remaining: 5 });
    const leaving = { ...hourAt('2026-11-27T12:00:00Z', 0), removed: 7 };
    expect(paceOf(5, [leaving], now)).not.toHaveProperty('at');
  });
});

test('a curve of nothing lies on its line, and one of much stays within the picture', () => {
  const say = { format: String, marks: ['a', 'b', 'c'] };
  const flat = lineChart('nothing', [{ name: 'main', values: [0, 0, 0] }], say);
  expect(flat.lines[0]?.d).toBe('M0,100L500,100L1000,100');
  const steep = lineChart('much', [{ name: 'main', values: [0, 1_000_000, 3] }], say);
  const heights = [...(steep.lines[0]?.d ?? '').matchAll(/,([\d.-]+)/g)].map(([, y]) => Number(y));
  expect(heights.every((y) => y >= 0 && y <= 100)).toBe(true);
  expect(steep.ticks.every(({ y }) => Number.parseFloat(y) >= 0 && Number.parseFloat(y) <= 100)).toBe(true);
  expect(flat.marks.map(({ x }) => x)).toEqual(['0%', '50%', '100%']);
});
