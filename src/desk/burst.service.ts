import type { Audit } from '../audit/audit.service.ts';
import type { Infra } from '../infra.ts';
import type { Actor } from '../lib/actor.ts';
import { createCached } from '../lib/cached.ts';
import { addMilliseconds, DAY, HOUR, MINUTE } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import { SIGNAL_DAYS } from '../signatures/signature.ts';
import type { BurstStore } from './burst.store.ts';
import { type BurstKind, burstKey, burstsIn, type SignalHour, type Tallied, USUAL_HOURS } from './burst.ts';

/** More than these are no burst. */
const KEPT = 20;
/** Behind this a late confirmation of another process's clock, or a hold, still changes an hour. */
const AGAIN_HOURS = 2;
const FIRST_HOURS = 48;

/** Unusual hours, pointed out to organisers: they decide what it is. */
export function createBursts(
  deps: Pick<Infra, 'clock'> & { store: BurstStore; audit: Pick<Audit, 'record'> },
) {
  const { store, audit, clock } = deps;
  const hoursBefore = (now: Date, hours: number) => hourOf(addMilliseconds(now, -hours * HOUR));
  const known = createCached({ load: find, freshMs: MINUTE, clock, patienceMs: 2_000 });

  /** Sums up the latest hours, and those that it missed while nothing ran. */
  async function step(): Promise<boolean> {
    const now = clock.now();
    const first = hoursBefore(now, FIRST_HOURS);
    const again = hoursBefore(now, AGAIN_HOURS);
    const latest = await store.findLatest();
    const from = Math.max(latest?.getTime() ?? 0, first.getTime());
    const since = new Date(Math.min(from, again.getTime()));
    const sums = new Map<string, SumOfHour>();
    for await (const { petitionId, signals, confirmedAt } of store.streamSignals(since)) {
      const hour = hourOf(confirmedAt);
      const id = `${petitionId}:${hour.toISOString().slice(0, 13)}`;
      const sum = sums.get(id) ?? { petitionId, hour, total: 0, networks: new Map(), domains: new Map() };
      sums.set(id, sum);
      sum.total += 1;
      add(sum.networks, signals?.network);
      add(sum.domains, signals?.domain);
    }
    const empty = { total: 0, networks: [], domains: [] };
    for (const old of await store.listSince(since))
      if (!sums.has(old._id)) await store.writeHour({ ...old, ...empty });
    for (const [_id, sum] of sums)
      await store.writeHour({ ...sum, _id, networks: most(sum.networks), domains: most(sum.domains) });
    await store.deleteBefore(addMilliseconds(now, -SIGNAL_DAYS * DAY));
    known.forget();
    return false;
  }

  async function find() {
    const now = clock.now();
    return burstsIn(await store.listSince(hoursBefore(now, USUAL_HOURS)), now);
  }

  /** Somebody has looked, and it is pointed out no more. @throws PAGE_NOT_FOUND */
  async function look(actor: Actor, hourId: string, kind: BurstKind, key: string): Promise<void> {
    await audit.record(actor, { act: 'burst looked at', of: [hourId, kind] }, async () => {
      if (!(await store.look(hourId, burstKey(kind, key)))) throw new AppError('PAGE_NOT_FOUND');
    });
    known.forget();
  }

  return { step, listBursts: known.get, look };
}
export type Bursts = ReturnType<typeof createBursts>;

type SumOfHour = Pick<SignalHour, 'petitionId' | 'hour' | 'total'> & {
  networks: Map<string, number>;
  domains: Map<string, number>;
};

function hourOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / HOUR) * HOUR);
}

function add(sums: Map<string, number>, key: string | undefined): void {
  if (key !== undefined) sums.set(key, (sums.get(key) ?? 0) + 1);
}

function most(sums: Map<string, number>): Tallied[] {
  const all = [...sums].map(([key, count]) => ({ key, count }));
  return all.sort((a, b) => b.count - a.count).slice(0, KEPT);
}
