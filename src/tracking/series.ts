import { CUTS, emptyDelta } from '../ledger/delta.ts';
import type { Delta, LedgerDelta } from '../ledger/ledger.ts';
import { addMilliseconds, DAY, HOUR } from '../lib/clock.ts';
import { DELAYS, type Hour, hourOf } from './hour.ts';

/** What can be looked at: the last hours, each by itself, or days as they are counted in a zone. */
export const SPANS = ['24h', '7d', '30d', '90d', '365d'] as const;
export type Span = (typeof SPANS)[number];
const HOURS: Partial<Record<Span, number>> = { '24h': 24, '7d': 7 * 24 };
const DAYS: Partial<Record<Span, number>> = { '30d': 30, '90d': 90, '365d': 365 };

/** A piece of time on the axis; a day may have 23 or 25 hours. */
export type Bucket = { from: Date; to: Date };
export type Period = { unit: 'hour' | 'day'; buckets: readonly Bucket[]; from: Date; to: Date };

/** The period that ends with this day (of the zone), or with the hour of `now`. */
export function periodOf(span: Span, end: { now: Date; zone: string; day?: string | undefined }): Period {
  const { now, zone, day } = end;
  const dayOf = dayReader(zone);
  const last = day ?? dayOf(now);
  const hours = HOURS[span];
  if (hours === undefined) return toPeriod('day', listDays(dayOf, last, DAYS[span] ?? 1));
  const dayEnd = listDays(dayOf, last, 1).at(-1)?.to ?? now;
  const to = day ? dayEnd : addMilliseconds(hourOf(now), HOUR);
  const first = to.getTime() - hours * HOUR;
  return toPeriod(
    'hour',
    Array.from({ length: hours }, (_, index) => ({
      from: new Date(first + index * HOUR),
      to: new Date(first + (index + 1) * HOUR),
    })),
  );
}

/** As many days or hours, right before. */
export function periodBefore(period: Period, span: Span, zone: string): Period {
  const lastHour = addMilliseconds(period.from, -HOUR);
  if (period.unit === 'hour') {
    const length = period.to.getTime() - period.from.getTime();
    const shift = ({ from, to }: Bucket) => ({
      from: addMilliseconds(from, -length),
      to: addMilliseconds(to, -length),
    });
    return toPeriod('hour', period.buckets.map(shift));
  }
  return periodOf(span, { now: lastHour, zone, day: dayReader(zone)(lastHour) });
}

function toPeriod(unit: Period['unit'], buckets: readonly Bucket[]): Period {
  const from = buckets[0]?.from ?? new Date(0);
  return { unit, buckets, from, to: buckets.at(-1)?.to ?? from };
}

type DayReader = (at: Date) => string;

/** One formatter for many moments: to make it takes as long as to use it a hundred times. */
function dayReader(timeZone: string): DayReader {
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, ...parts });
  return (at) => format.format(at);
}

/**
 * As many days of the zone, the last being `last`. A day begins with the first whole hour (of UTC) that falls on it: where
 * a zone is half an hour off, that half hour is counted with the day before.
 */
function listDays(dayOf: DayReader, last: string, count: number): Bucket[] {
  const noon = Date.parse(`${last}T12:00:00Z`);
  const starts: Date[] = [];
  for (let index = count - 1; index >= -1; index -= 1) {
    const day = new Date(noon - index * DAY).toISOString().slice(0, 10);
    starts.push(startOf(dayOf, day));
  }
  return starts.slice(0, -1).map((from, index) => ({ from, to: starts[index + 1] ?? from }));
}

/** No zone is further from UTC than 14 hours. */
function startOf(dayOf: DayReader, day: string): Date {
  let [low, high] = [Date.parse(`${day}T00:00:00Z`) - 15 * HOUR, Date.parse(`${day}T00:00:00Z`) + 15 * HOUR];
  while (high - low > HOUR) {
    const middle = Math.floor((low + high) / 2 / HOUR) * HOUR;
    if (dayOf(new Date(middle)) >= day) high = middle;
    else low = middle;
  }
  return new Date(high);
}

/** What happened in a piece of time. */
export type Sums = {
  added: number;
  removed: number;
  waiting: number;
  confirmed: number;
  words: number;
  updates: number;
  seen: number;
  mailed: number;
};
export type Totals = Sums & { delays: number[]; delta: LedgerDelta; seenBy: Record<string, number> };

const NOTHING: Sums = {
  added: 0,
  removed: 0,
  waiting: 0,
  confirmed: 0,
  words: 0,
  updates: 0,
  seen: 0,
  mailed: 0,
};

/** The sums of each bucket, in their order; `hours` are in order too. */
export function sumByBucket({ buckets }: Period, hours: readonly Hour[]): Sums[] {
  const sums = buckets.map(() => ({ ...NOTHING }));
  let at = 0;
  for (const hour of hours) {
    while (at < buckets.length && hour.at >= (buckets[at]?.to ?? hour.at)) at += 1;
    const sum = sums[at];
    if (sum && hour.at >= (buckets[at]?.from ?? hour.at)) addHour(sum, hour);
  }
  return sums;
}

export function sumAll(hours: readonly Hour[]): Totals {
  const all: Totals = { ...NOTHING, delays: DELAYS.map(() => 0), delta: emptyDelta(), seenBy: {} };
  for (const hour of hours) {
    addHour(all, hour);
    all.delays = all.delays.map((count, index) => count + (hour.delays?.[index] ?? 0));
    if (hour.delta) for (const cut of CUTS) addTo(all.delta[cut], hour.delta[cut]);
    addTo(all.seenBy, hour.seen ?? {});
  }
  return all;
}

/** In place: a year has thousands of hours. */
function addTo(sum: Delta, change: Readonly<Delta>): void {
  for (const [key, value] of Object.entries(change)) sum[key] = (sum[key] ?? 0) + value;
}

function addHour(sum: Sums, hour: Hour): void {
  for (const field of Object.keys(NOTHING) as (keyof Sums)[])
    sum[field] += field === 'seen' ? seenOf(hour) : (hour[field] ?? 0);
}

function seenOf({ seen = {} }: Hour): number {
  return Object.values(seen).reduce((sum, times) => sum + times, 0);
}

export type Pace = {
  /** signatures a day over the last week, or over the time since the first one */
  perDay: number;
  threshold: number;
  remaining: number;
  /** when the threshold is reached at this pace; absent where it is not */
  at?: Date;
};

const STEPS = [1, 2.5, 5];
const FIRST_THRESHOLD = 10;

export function nextThreshold(total: number): number {
  for (let power = FIRST_THRESHOLD; ; power *= 10)
    for (const step of STEPS) if (power * step > total) return power * step;
}

/** `hours` are those of the week before `now`. */
export function paceOf(total: number, hours: readonly Hour[], now: Date): Pace {
  const gained = hours.reduce((sum, { added = 0, removed = 0 }) => sum + added - removed, 0);
  const first = hours.find(({ added = 0 }) => added > 0)?.at ?? now;
  // A petition that began today has a pace as well; one that began a minute ago has none that says anything.
  const days = Math.min(7, Math.max(1 / 4, (now.getTime() - first.getTime()) / DAY));
  const perDay = gained / (gained === total ? days : 7);
  const threshold = nextThreshold(total);
  const remaining = threshold - total;
  const within = perDay > 0 ? remaining / perDay : Number.POSITIVE_INFINITY;
  return {
    perDay,
    threshold,
    remaining,
    ...(within < 3650 && { at: addMilliseconds(now, within * DAY) }),
  };
}
