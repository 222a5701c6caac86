import { DAY, utcDay } from './clock.ts';

/** The calendar day at that moment in an IANA zone, `2026-11-24`. */
export function dayIn(zone: string, at: Date): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(at);
}

/** Whole calendar days from one moment to another, as people of that zone count them. */
export function daysBetween(zone: string, from: Date, to: Date): number {
  return calendarDays(dayIn(zone, from), dayIn(zone, to));
}

/** Whole days from one calendar day to another, both `YYYY-MM-DD`. */
export function calendarDays(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY);
}

/** Whether it is a day of the calendar, `YYYY-MM-DD`: 2026-02-30 is none, though `Date` takes it for 2 March. */
export function isDay(typed: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(typed)) return false;
  const date = new Date(`${typed}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && utcDay(date) === typed;
}

/** Whether Intl knows it as an IANA zone; the list that Intl gives is shorter than what it takes. */
export function isZone(zone: string): boolean {
  try {
    return /^[A-Z]/i.test(zone) && Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}
