import { createCached } from '../lib/cached.ts';
import { type Clock, SECOND } from '../lib/clock.ts';
import type { ShownTally } from '../petitions/shown-tally.ts';
import type { LedgerStore } from './ledger.store.ts';

/** With the second for which an answer made of it is kept, a count is at most two seconds old. */
const FRESH_MS = SECOND / 2;

/**
 * Every petition's count as the public reads it, from memory: asked for at most twice a second, however many read, and
 * the last known while the database is away or hangs.
 */
export function createTallies(deps: { store: Pick<LedgerStore, 'listTallies'>; clock: Clock }) {
  const all = createCached({
    load: async () => new Map((await deps.store.listTallies()).map((tally) => [tally.petitionId, tally])),
    freshMs: FRESH_MS,
    clock: deps.clock,
    patienceMs: SECOND / 2,
  });

  /** Null before a petition's first entry. */
  async function getTally(petitionId: string): Promise<ShownTally | null> {
    return (await all.get()).get(petitionId) ?? null;
  }

  async function getTotal(petitionId: string): Promise<number> {
    return (await getTally(petitionId))?.total ?? 0;
  }

  async function getCount(petitionId: string): Promise<{ count: number; seq: number; at: Date | null }> {
    const tally = await getTally(petitionId);
    return tally && tally.seq > 0
      ? { count: tally.total, seq: tally.seq, at: tally.at }
      : { count: 0, seq: 0, at: null };
  }

  return { getTally, getTotal, getCount, warm: all.warm, knownAt: all.knownAt };
}
