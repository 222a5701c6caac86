import type { Infra } from '../infra.ts';
import { foldSmallCells, foldSmallParts } from '../lib/cells.ts';
import { dayIn } from '../lib/days.ts';
import { AppError } from '../lib/errors.ts';
import { canonicalCells } from '../lib/places.ts';
import type { PublishedBreakdowns } from '../petitions/shown-tally.ts';
import type { DueSignature } from '../signatures/marking.ts';
import { addDelta, emptyDelta } from './delta.ts';
import type { LedgerStores } from './ledger.store.ts';
import {
  applyEntry,
  buildEntry,
  ENTRY_LIMIT,
  type LedgerDelta,
  type LedgerEntry,
  type LedgerEntryHead,
  type Tally,
} from './ledger.ts';
import { createRepair, type Tellings } from './repair.service.ts';
import { createVerify } from './verify.service.ts';

/** What changed after one entry and up to another. */
export type LedgerInterval = { added: number; removed: number; total: number; delta: LedgerDelta };

export type LedgerService = ReturnType<typeof createLedgerService>;

/** The count (law 6). Any number of these may step at once, in one process or many. */
export function createLedgerService(
  deps: Pick<Infra, 'clock' | 'logger'> &
    LedgerStores & {
      tellings: Tellings;
      /** the campaign's, in which the days of public breakdowns are counted */
      getZone(): Promise<string>;
      /** how many people one entry takes up at most */
      entryLimit?: number;
    },
) {
  const { ledger, counting, restored, getZone, clock, logger, entryLimit = ENTRY_LIMIT } = deps;
  const repairs = createRepair({ ...deps, entryLimit, complete });
  /** petitions that had a tally: one that has gone is made again at once */
  const known = new Set<string>();

  /**
   * One turn of the worker, in the order that makes it exact: repair, then read who is due, then insert.
   * Returns whether more waits.
   * @throws LEDGER_BROKEN, after the other petitions were served, where entries that a tally counts are gone
   */
  async function step(): Promise<boolean> {
    const { newest, broken, hasRepaired } = await repair();
    const due = await counting.listDue(entryLimit);
    const groups = groupByPetition(due.filter((one) => !broken.includes(one.petitionId)));
    let isMoreWaiting = hasRepaired || due.length >= entryLimit;
    for (const [petitionId, group] of groups) {
      const previous = newest.get(petitionId);
      if (previous === undefined) {
        // This is the petition's first signature. The ledger must be read before the list of those who are due, so it waits
        // for the next turn.
        await openTally(petitionId);
        isMoreWaiting = true;
      } else if (!(await appendDue(previous, petitionId, group))) {
        isMoreWaiting = true;
      }
    }
    if (broken.length > 0) throw new AppError('LEDGER_BROKEN', { petitionIds: broken });
    return isMoreWaiting;
  }

  /** False when somebody is left for the next turn. */
  async function appendDue(
    previous: LedgerEntry | null,
    petitionId: string,
    group: readonly DueSignature[],
  ): Promise<boolean> {
    const isBeyond = (one: DueSignature) => one.mark.seq > (previous?.seq ?? 0);
    const countable = group.filter((one) => !isBeyond(one));
    const beyond = group.filter(isBeyond);
    const isAppended = countable.length === 0 || (await append(previous, countable));
    // A mark that is newer than the entry that was read: another worker's, or that of an entry which a restored copy lacks.
    if (beyond.length > 0) await repairs.unmarkDue(petitionId, beyond);
    return isAppended && beyond.length === 0;
  }

  /** Where a petition has entries and no tally, the tally is made from them. */
  async function openTally(petitionId: string): Promise<void> {
    const { isTallyRebuilt } = await repairs.rebuildTally(petitionId);
    if (!isTallyRebuilt) await ledger.openTally(petitionId, clock.now());
  }

  /** Completes what a crash left half done. Answers the newest entry of every ledger, all of them complete. */
  async function repair(): Promise<{
    newest: Map<string, LedgerEntry | null>;
    broken: string[];
    hasRepaired: boolean;
  }> {
    const positions = await listPositions();
    const newest = new Map<string, LedgerEntry | null>();
    const broken: string[] = [];
    let hasRepaired = false;
    for (const { petitionId, seq } of positions) {
      const entry = await ledger.findNewest(petitionId, seq);
      if ((entry?.seq ?? 0) < seq) {
        broken.push(petitionId);
        continue;
      }
      if (entry && seq < entry.seq) {
        await completeFound(petitionId, entry.seq);
        hasRepaired = true;
      }
      newest.set(petitionId, entry);
    }
    const left = await ledger.listWithMembers(
      positions.map(({ petitionId, seq }) => ({ petitionId, seq: seq - 1 })),
    );
    for (const { petitionId, seq } of left) await ledger.dropMembers(petitionId, seq);
    return { newest, broken, hasRepaired };
  }

  /** Of every petition that has a tally, and of those whose tally was there a turn ago. */
  async function listPositions(): Promise<{ petitionId: string; seq: number }[]> {
    const found = await ledger.listPositions();
    const there = new Set(found.map(({ petitionId }) => petitionId));
    const gone = [...known].filter((petitionId) => !there.has(petitionId));
    for (const petitionId of there) known.add(petitionId);
    if (gone.length === 0) return found;
    for (const petitionId of gone) {
      known.delete(petitionId);
      await repairs.rebuildTally(petitionId);
    }
    return ledger.listPositions();
  }

  async function append(previous: LedgerEntry | null, due: readonly DueSignature[]): Promise<boolean> {
    const entry = buildEntry(previous, due, clock.now());
    if (!(await ledger.insertEntry(entry))) return false;
    const { petitionId, seq, added, removed, total } = entry;
    await complete(entry);
    logger.info({ petitionId, seq, added, removed, total }, 'ledger.counted');
    return true;
  }

  async function completeFound(petitionId: string, seq: number): Promise<void> {
    const entry = await ledger.findEntry(petitionId, seq);
    if (!entry) throw new AppError('LEDGER_BROKEN', { petitionId, seq });
    await complete(entry);
  }

  /** Marks the members, then advances the tally, then lets the members of the entry before go. Safe to repeat. */
  async function complete({ members, ...entry }: LedgerEntry): Promise<void> {
    // An entry without members is done: another worker has completed it and the next entry.
    if (members) await counting.mark({ ...entry, members, at: clock.now() });
    await advance(entry);
    await ledger.dropMembers(entry.petitionId, entry.seq - 1);
  }

  async function advance(entry: LedgerEntry): Promise<void> {
    const tally = await ledger.getTally(entry.petitionId);
    if (tally?.seq === entry.seq - 1) await ledger.advanceTally(applyEntry(tally, entry));
  }

  async function getCount(petitionId: string): Promise<{ count: number; seq: number; at: Date | null }> {
    const [found] = await ledger.getTotals([petitionId]);
    return found && found.seq > 0
      ? { count: found.total, seq: found.seq, at: found.at }
      : { count: 0, seq: 0, at: null };
  }

  /** The newest entry that the tally counts; null before the first. */
  async function head(petitionId: string): Promise<LedgerEntryHead | null> {
    const { seq } = await getCount(petitionId);
    return seq === 0 ? null : ledger.findHead(petitionId, seq);
  }

  /**
   * The sum of the entries in (fromSeq, toSeq], and the total at toSeq.
   * @throws LEDGER_BROKEN when one of them is missing
   */
  async function deltaBetween(petitionId: string, fromSeq: number, toSeq: number): Promise<LedgerInterval> {
    const sum: LedgerInterval = { added: 0, removed: 0, total: 0, delta: emptyDelta() };
    let seq = Math.max(fromSeq - 1, 0);
    for await (const entry of ledger.streamEntries(petitionId, { from: fromSeq, to: toSeq })) {
      seq += 1;
      if (entry.seq !== seq) throw new AppError('LEDGER_BROKEN', { petitionId, seq });
      sum.total = entry.total;
      if (entry.seq === fromSeq) continue;
      sum.added += entry.added;
      sum.removed += entry.removed;
      sum.delta = addDelta(sum.delta, entry.delta);
    }
    if (seq < toSeq) throw new AppError('LEDGER_BROKEN', { petitionId, seq: seq + 1 });
    return sum;
  }

  /**
   * Breakdowns that the public may see: once per day in the campaign’s zone and petition (law 11). Answers how many were
   * made.
   */
  async function publishDaily(): Promise<number> {
    const day = dayIn(await getZone(), clock.now());
    let made = 0;
    for (const tally of await ledger.listUnpublished(day)) {
      if (!(await ledger.publishBreakdowns(tally._id, breakdownsOf(tally, day)))) continue;
      made += 1;
      logger.info({ petitionId: tally._id, day }, 'ledger.breakdowns_published');
    }
    return made;
  }

  return {
    step,
    /** what a process does before its first step */
    repairAll: repairs.repairAll,
    repairPetition: repairs.repairPetition,
    correct: repairs.correct,
    getCount,
    head,
    deltaBetween,
    publishDaily,
    verify: createVerify({ ledger, counting, restored }),
  };
}

function groupByPetition(due: readonly DueSignature[]): Map<string, DueSignature[]> {
  return Map.groupBy(due, ({ petitionId }) => petitionId);
}

function breakdownsOf(tally: Tally, day: string): PublishedBreakdowns {
  const places = canonicalCells({ country: tally.byCountry, region: tally.byRegion });
  const country = foldSmallCells(places.country, tally.total);
  return {
    day,
    total: tally.total,
    country,
    region: foldSmallParts(places.region, country, (region) => region.slice(0, 2)),
    locale: foldSmallCells(tally.byLocale, tally.total),
  };
}
