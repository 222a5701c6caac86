import { HOUR, MINUTE } from '../lib/clock.ts';

const FIRST = MINUTE;
const LONGEST = 12 * HOUR;
/** About three days in all; after that a mail has failed. */
export const MAX_ATTEMPTS = 14;

/** Doubling from one minute to twelve hours, each between half and the whole: senders that failed together do not come back together. */
export function backoffMs(attempts: number, random: () => number): number {
  const full = Math.min(FIRST * 2 ** Math.max(0, attempts - 1), LONGEST);
  return Math.round(full * (0.5 + random() / 2));
}
