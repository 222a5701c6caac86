import { DAY, MINUTE } from './clock.ts';
import { isDay } from './days.ts';

/**
 * What somebody typed as a day and an hour in a zone. `gap`: the clocks there leap over it; `twice`: they are put back and
 * show it a second time, so both moments are given, the earlier first.
 */
export type WallMoment =
  | { ok: true; at: Date }
  | { ok: false; fault: 'day' | 'hour' | 'gap' }
  | { ok: false; fault: 'twice'; at: readonly [Date, Date] };

const HOUR_OF_DAY = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/** `day` is YYYY-MM-DD, `time` HH:MM, `zone` an IANA zone that Intl knows. */
export function momentInZone(day: string, time: string, zone: string): WallMoment {
  if (!isDay(day)) return { ok: false, fault: 'day' };
  const [, hour, minute] = HOUR_OF_DAY.exec(time) ?? [];
  if (hour === undefined) return { ok: false, fault: 'hour' };
  const wall = Date.parse(`${day}T00:00:00Z`) + (Number(hour) * 60 + Number(minute)) * MINUTE;
  const shown = createWall(zone);
  // A zone changes its offset at most once around a day: whatever it is before and after, one of the two fits.
  const offsets = new Set([wall - DAY, wall + DAY].map((at) => shown(at) - at));
  const moments = [...offsets]
    .map((offset) => wall - offset)
    .filter((at) => shown(at) === wall)
    .sort((a, b) => a - b)
    .map((at) => new Date(at));
  const [first, second] = moments;
  if (!first) return { ok: false, fault: 'gap' };
  return second ? { ok: false, fault: 'twice', at: [first, second] } : { ok: true, at: first };
}

/** The day and the hour that a form shows for a moment in a zone. */
export function wallOf(at: Date, zone: string): { day: string; time: string } {
  const iso = new Date(createWall(zone)(at.getTime())).toISOString();
  return { day: iso.slice(0, 10), time: iso.slice(11, 16) };
}

/** The clock of an IANA zone: what it shows at a moment, milliseconds since 1970, as if that were UTC. */
export function createWall(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const parts = Object.fromEntries(
      format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1_000) + 1_000) % 1_000);
  };
}
