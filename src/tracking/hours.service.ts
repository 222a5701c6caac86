import type { Infra } from '../infra.ts';
import type { LedgerStore } from '../ledger/ledger.store.ts';
import { addMilliseconds, DAY, HOUR, MINUTE, SECOND } from '../lib/clock.ts';
import type { ConfirmedStore } from '../signatures/confirmed.store.ts';
import { PENDING_DAYS } from '../signatures/signature.ts';
import type { HourStore, Place } from './hour.store.ts';
import { addEntry, DELAYS, hourOf, type LedgerHour, nextRecount } from './hour.ts';

/** A pass over signatures rests this many times as long as it took, so that it never takes more of the database. */
const REST = 30;
const AT_MOST_RECOUNTS = 24;
/** Each time a worker may have counted meanwhile. */
const TRIES = 10;

/** Keeps the hourly sums up to the ledger, and to the signatures that were confirmed or wait. Any number may run at once. */
export function createHours(
  deps: Pick<Infra, 'clock' | 'logger'> & {
    store: HourStore;
    ledger: Pick<LedgerStore, 'listPositions' | 'streamEntries'>;
    signatures: ConfirmedStore;
  },
) {
  const { store, ledger, signatures, clock, logger } = deps;
  let restsUntil = 0;

  /** Where the sums are is what the newest of them says: nothing else has to be kept. */
  async function takeLedger(): Promise<false> {
    for (const { petitionId, seq } of await ledger.listPositions()) {
      const newest = await store.findNewestCounted(petitionId);
      // A restored copy has an older ledger than it has sums.
      if (newest && newest.seq > seq) await rebuildCounted(petitionId);
      else if ((newest?.seq ?? 0) < seq) await takeEntries(petitionId, newest, seq);
    }
    return false;
  }

  /** False when somebody else was first with one of the hours. */
  async function takeEntries(
    petitionId: string,
    newest: (Place & LedgerHour) | null,
    to: number,
    readSeqs: ReadonlyMap<number, number> = new Map(newest ? [[newest.at.getTime(), newest.seq]] : []),
  ): Promise<boolean> {
    let hour: LedgerHour | undefined = newest ?? undefined;
    let at = newest?.at;
    const write = async () => {
      if (!hour || !at) return true;
      return store.putCounted({ petitionId, at }, hour, readSeqs.get(at.getTime()));
    };
    for await (const entry of ledger.streamEntries(petitionId, { from: (newest?.seq ?? 0) + 1, to })) {
      const next = hourOf(entry.at);
      if (at && next.getTime() !== at.getTime()) {
        if (!(await write())) return false;
        hour = undefined;
      }
      at = next;
      hour = addEntry(hour, entry);
    }
    return write();
  }

  /** Makes the ledger's sums of a petition again, while others may be adding to them. */
  async function rebuildCounted(petitionId: string): Promise<void> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const { seq = 0 } = (await ledger.listPositions()).find((one) => one.petitionId === petitionId) ?? {};
      const before = await store.listCounted(petitionId);
      const readSeqs = new Map(before.map((one) => [one.at.getTime(), one.seq]));
      const kept = new Set<number>();
      for await (const entry of ledger.streamEntries(petitionId, { to: seq }))
        kept.add(hourOf(entry.at).getTime());
      for (const one of before) if (!kept.has(one.at.getTime())) await store.dropCounted(one, one.seq);
      if (await takeEntries(petitionId, null, seq, readSeqs)) return;
    }
    logger.warn({ petitionId }, 'tracking.busy');
  }

  /** New confirmations, hours that are to be looked at again, and who waits; by itself it rests in between. */
  async function takeSignatures(): Promise<false> {
    if (clock.now().getTime() < restsUntil) return false;
    const begun = performance.now();
    const now = clock.now();
    // Who confirmed on another machine, whose clock may be ahead, is there too.
    const to = addMilliseconds(hourOf(now), 2 * HOUR);
    await recount((await store.findNewestConfirmed()) ?? new Date(0), to);
    for (const hour of await store.listRecounts(now, AT_MOST_RECOUNTS))
      await recount(hour, addMilliseconds(hour, HOUR));
    await takeWaiting(now);
    const rest = Math.max(20 * SECOND, (performance.now() - begun) * REST);
    restsUntil = addMilliseconds(clock.now(), Math.min(rest, 30 * MINUTE)).getTime();
    return false;
  }

  async function takeWaiting(now: Date): Promise<void> {
    const since = addMilliseconds(now, -2 * PENDING_DAYS * DAY);
    await store.putWaiting(await signatures.sumWaiting(now), since);
  }

  async function recount(from: Date, to: Date): Promise<void> {
    const now = clock.now();
    const sums = await signatures.sumConfirmed(from, to, DELAYS);
    // The newest last: what a crash leaves out is begun with the next time.
    sums.sort((a, b) => a.at.getTime() - b.at.getTime());
    const known = new Set(sums.map(keyOf));
    const none = { confirmed: 0, words: 0, updates: 0, delays: DELAYS.map(() => 0) };
    const gone = (await store.listConfirmed(from, to)).filter((place) => !known.has(keyOf(place)));
    for (const one of [...gone.map((place) => ({ ...place, ...none })), ...sums]) {
      const { petitionId, at, confirmed, words, updates, delays } = one;
      const recountAt = nextRecount(at, now);
      await store.putConfirmed(
        { petitionId, at },
        { confirmed, words, updates, delays, ...(recountAt && { recountAt }) },
      );
    }
  }

  /** All sums of these petitions from the ledger, and of every petition from the signatures. */
  async function rebuild(petitionIds: readonly string[]): Promise<void> {
    for (const petitionId of petitionIds) await rebuildCounted(petitionId);
    const now = clock.now();
    await recount(new Date(0), addMilliseconds(hourOf(now), 2 * HOUR));
    await takeWaiting(now);
  }

  return { takeLedger, takeSignatures, rebuild };
}

const keyOf = ({ petitionId, at }: Place) => `${petitionId}:${at.getTime()}`;
