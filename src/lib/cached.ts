import type { Clock } from './clock.ts';

/**
 * One value, asked for at most once in `freshMs` however many ask. While `load` fails the last known value is
 * given on; before there is one, the failure is.
 */
export function createCached<T>(options: { load(): Promise<T>; freshMs: number; clock: Clock }) {
  const { load, freshMs, clock } = options;
  let known: { value: T } | undefined;
  let checkedAt = 0;
  let underway: Promise<T> | undefined;

  async function refresh(): Promise<T> {
    try {
      known = { value: await load() };
    } catch (error) {
      if (!known) throw error;
    }
    checkedAt = clock.now().getTime();
    return known.value;
  }

  function get(): T | Promise<T> {
    if (known && clock.now().getTime() - checkedAt < freshMs) return known.value;
    underway ??= refresh().finally(() => {
      underway = undefined;
    });
    return underway;
  }

  /** What was changed here is seen here at once. */
  function forget(): void {
    checkedAt = 0;
  }

  return { get, forget };
}
