import type { Clock } from '../../src/lib/clock.ts';

/** A clock that stands still until the test moves it. */
export function createTestClock(
  start = '2026-11-24T12:00:00Z',
): Clock & { advance(milliseconds: number): void; set(iso: string): void } {
  let current = new Date(start).getTime();
  return {
    now: () => new Date(current),
    advance(milliseconds) {
      current += milliseconds;
    },
    set(iso) {
      current = new Date(iso).getTime();
    },
  };
}
