import { DAY, MINUTE, utcDay } from '../lib/clock.ts';
import { createWall } from '../lib/wall-clock.ts';

export type Zone = ReturnType<typeof createZone>;

/** The wall clock of an IANA zone. Times are milliseconds since 1970; `wall` is what the clock shows, as if it were UTC. */
export function createZone(zone: string) {
  const wallAt = createWall(zone);

  /** The calendar day there, YYYY-MM-DD. */
  function dayAt(at: number): string {
    return utcDay(new Date(wallAt(at)));
  }

  /**
   * The first moment at which the clock shows this time or a later one: where a time comes twice (clocks go back) the
   * first, where it is left out (clocks go forward) the moment of the leap.
   */
  function momentOf(day: string, minutes: number): number {
    const wall = Date.parse(`${day}T00:00:00Z`) + minutes * MINUTE;
    const offsets = [wall - DAY, wall + DAY].map((at) => wallAt(at) - at);
    const moments = offsets.map((offset) => wall - offset).sort((a, b) => a - b);
    const shown = moments.find((at) => wallAt(at) === wall);
    if (shown !== undefined) return shown;
    let [before = wall, after = wall] = moments;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (wallAt(middle) < wall) before = middle;
      else after = middle;
    }
    return after;
  }

  return { dayAt, momentOf };
}
