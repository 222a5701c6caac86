/** Time is given, never taken: production gets the system's clock, a test drives its own. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * The clocks of two machines of one installation differ by no more than this. A stored time that lies further ahead than
 * it can was written by a clock that was wrong, and holds nothing back.
 */
export const SKEW_MS = 5 * MINUTE;

export function addMilliseconds(date: Date, milliseconds: number): Date {
  return new Date(date.getTime() + milliseconds);
}

/** The UTC calendar day, `2026-11-24`. */
export function utcDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** To the minute in UTC, for a terminal: `2026-11-24 09:30`. */
export function utcMinute(date: Date): string {
  return date.toISOString().slice(0, 16).replace('T', ' ');
}
