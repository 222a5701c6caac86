import type { Clock } from './clock.ts';

/** A database that is away is found out after seconds; nobody who could read on waits so long. */
const PATIENCE_MS = 250;

/** After a load that failed or was late nobody waits for the next, until so long after it. */
const DOUBT_MS = 10_000;

/**
 * One value, asked for at most once in `freshMs` however many ask. While `load` fails, or takes longer than
 * `patienceMs`, the last known value is given on; before there is one, all wait, and a failure is theirs.
 */
export function createCached<T>(options: {
  load(): Promise<T>;
  freshMs: number;
  clock: Clock;
  patienceMs?: number;
}) {
  const { load, freshMs, clock, patienceMs = PATIENCE_MS } = options;
  let known: { value: T } | undefined;
  let checkedAt = 0;
  let knownAt: Date | undefined;
  let doubtedAt: number | undefined;
  let underway: Promise<T> | undefined;
  let isLate = false;
  let mustSee = false;
  let era = 0;

  /** False too where the clock has gone back since: else nothing would be asked for until it is there again. */
  function isSince(moment: number, milliseconds: number): boolean {
    const age = clock.now().getTime() - moment;
    return age >= 0 && age < milliseconds;
  }

  async function refresh(mine: number): Promise<T> {
    const begunAt = clock.now();
    try {
      const value = await load();
      // What was read before a change must not pass for what is there after it.
      if (mine !== era) return value;
      known = { value };
      knownAt = begunAt;
      doubtedAt = undefined;
    } catch (error) {
      if (!known) throw error;
      doubtedAt = clock.now().getTime();
    } finally {
      if (mine === era) {
        checkedAt = clock.now().getTime();
        settle(false);
      }
    }
    return known.value;
  }

  function settle(isChanged: boolean): void {
    underway = undefined;
    isLate = false;
    mustSee = isChanged;
  }

  function get(): T | Promise<T> {
    if (known && (isLate || isSince(checkedAt, freshMs))) return known.value;
    underway ??= begin();
    return underway;
  }

  function begin(): Promise<T> {
    const mine = era;
    const loading = refresh(mine);
    const stale = known;
    if (!stale || mustSee) return loading;
    if (doubtedAt !== undefined && isSince(doubtedAt, DOUBT_MS)) {
      isLate = true;
      loading.catch(() => undefined);
      return Promise.resolve(stale.value);
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        if (mine === era) {
          isLate = true;
          doubtedAt = clock.now().getTime();
        }
        resolve(stale.value);
      }, patienceMs);
      loading.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  /** What was changed here is seen here at once. */
  function forget(): void {
    era += 1;
    checkedAt = 0;
    settle(true);
  }

  /** Keeps a first value for the time when the database does not answer; the next who asks has it loaded again. */
  async function warm(): Promise<void> {
    await get();
    checkedAt = 0;
  }

  return { get, forget, warm, knownAt: () => knownAt };
}
