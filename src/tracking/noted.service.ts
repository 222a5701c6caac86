import type { Infra } from '../infra.ts';
import type { HourStore } from './hour.store.ts';
import { hourOf } from './hour.ts';

/**
 * Counts in memory what no request may wait for: `flush` adds it to the hour, every few seconds. Only petitions that are
 * there are counted, so that made-up addresses take no memory.
 */
export function createNoted(
  deps: Pick<Infra, 'clock'> & {
    store: Pick<HourStore, 'addNoted'>;
    listPetitions(): Promise<readonly { _id: string }[]>;
  },
) {
  const { store, listPetitions, clock } = deps;
  const seen = new Map<string, Map<string, number>>();
  const mailed = new Map<string, number>();

  /** The page with the form was shown. */
  function noteSeen(petitionId: string, source: string): void {
    const own = seen.get(petitionId);
    own?.set(source, (own.get(source) ?? 0) + 1);
  }

  /** A mail server took a mail with a link to confirm. */
  function noteMailed(petitionId: string): void {
    mailed.set(petitionId, (mailed.get(petitionId) ?? 0) + 1);
  }

  /** Nothing is counted twice: what cannot be written now is lost, and these figures say that they are approximate. */
  async function flush(): Promise<false> {
    const at = hourOf(clock.now());
    for (const { _id: petitionId } of await listPetitions()) {
      const noted = { seen: seen.get(petitionId) ?? new Map(), mailed: mailed.get(petitionId) ?? 0 };
      seen.set(petitionId, new Map());
      mailed.delete(petitionId);
      if (noted.seen.size + noted.mailed > 0) await store.addNoted({ petitionId, at, ...noted });
    }
    return false;
  }

  return { noteSeen, noteMailed, flush };
}
