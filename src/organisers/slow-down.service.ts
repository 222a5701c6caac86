import { addMilliseconds, type Clock, DAY, MINUTE, SECOND } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { AttemptStore } from './attempt.store.ts';

/** `free` failures cost nothing; each further one doubles the wait, up to the longest. It is never for good. */
type Rule = { free: number; longestMs: number };
const RULES = {
  account: { free: 5, longestMs: 15 * MINUTE },
  factor: { free: 5, longestMs: 15 * MINUTE },
  /** a whole office may sign in from one */
  network: { free: 20, longestMs: 5 * MINUTE },
} as const satisfies Record<string, Rule>;

/** Whose failures are counted. */
export type Tried = { [Kind in keyof typeof RULES]?: string };

/** Guessing is slowed down, per account and per network, in the database, for every process alike. */
export function createSlowDown({ store, clock }: { store: AttemptStore; clock: Clock }) {
  const idsOf = (tried: Tried) => Object.entries(tried).map(([kind, name]) => `${kind}:${name}`);

  /** Before anything is tried. @throws SLOWED_DOWN with the seconds that are left */
  async function check(tried: Tried): Promise<void> {
    const now = clock.now().getTime();
    const found = await store.listAttempts(idsOf(tried));
    const waitMs = Math.max(0, ...found.map(({ waitUntil }) => waitUntil.getTime() - now));
    if (waitMs > 0) throw new AppError('SLOWED_DOWN', { retryAfterSeconds: Math.ceil(waitMs / SECOND) });
  }

  async function fail(tried: Tried): Promise<void> {
    const now = clock.now();
    await store.deleteExpired(now);
    for (const [kind, name] of Object.entries(tried)) {
      const id = `${kind}:${name}`;
      const failures = await store.addFailure(id, now, addMilliseconds(now, DAY));
      const waitMs = waitOf(RULES[kind as keyof typeof RULES], failures);
      if (waitMs > 0) await store.setWait(id, addMilliseconds(now, waitMs));
    }
  }

  /** They are who they say: an account, not a network, begins anew. */
  async function forget({ account, factor }: Tried): Promise<void> {
    if (account) await store.forget(`account:${account}`);
    if (factor) await store.forget(`factor:${factor}`);
  }

  /** Whether this, which may be used once, had not been. */
  const useOnce = (name: string, forMs: number) =>
    store.useOnce(`once:${name}`, clock.now(), addMilliseconds(clock.now(), forMs));

  return { check, fail, forget, useOnce };
}
export type SlowDown = ReturnType<typeof createSlowDown>;

function waitOf({ free, longestMs }: Rule, failures: number): number {
  return failures <= free ? 0 : Math.min(longestMs, SECOND * 2 ** (failures - free));
}
