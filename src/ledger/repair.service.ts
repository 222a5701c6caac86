import { isDeepStrictEqual } from 'node:util';
import type { Infra } from '../infra.ts';
import type { DueSignature, Standing } from '../signatures/marking.ts';
import type { LedgerStores } from './ledger.store.ts';
import { applyEntry, buildEntry, emptyTally, type LedgerEntry, type Tally, type Unnamed } from './ledger.ts';
import { hasFound, KEPT, type Rebuilt, type RepairReport } from './repair-report.ts';
import { unnamedAgainst, unnamedBetween } from './unnamed.ts';

/** Digests of a restored copy, which may be newer than its ledger. */
export type Tellings = {
  /** those that tell of entries after `seq`; `isTold`: an office has read them, or may have */
  listBeyond(petitionId: string, seq: number): Promise<{ to: number; coversAt: Date; isTold: boolean }[]>;
  /** moves the end of a digest from an entry that is missing to the entry that replaced it */
  moveEnds(petitionId: string, seq: number, moved: readonly { end: number; to: number }[]): Promise<void>;
};

type Compared = { newest: LedgerEntry; tally: Tally; standing: Standing; gap: number };

/** Each time another worker may have come first. */
const TRIES = 10;

/**
 * Brings ledger, tally and signatures together again after a restore, in which each may be older than the others
 * (law 6). It may run beside workers: the filter of every change repeats what was read, and only the insert of an entry changes the count.
 */
export function createRepair(
  deps: Pick<Infra, 'clock' | 'logger'> &
    LedgerStores & {
      tellings: Tellings;
      entryLimit: number;
      complete(entry: LedgerEntry): Promise<void>;
    },
) {
  const { ledger, counting, restored, tellings, clock, logger, entryLimit, complete } = deps;

  /** Every petition with a tally, an entry, or anybody who signed it. */
  async function repairAll(isDeep = false): Promise<RepairReport[]> {
    const ids = new Set([...(await ledger.listPetitionIds()), ...(await restored.listMarkedPetitions())]);
    const reports: RepairReport[] = [];
    for (const id of [...ids].sort()) reports.push(await repairPetition(id, isDeep));
    return reports;
  }

  /** `isDeep`: the tally is held against every entry, too, and everybody against the state that they are in. */
  async function repairPetition(petitionId: string, isDeep = false): Promise<RepairReport> {
    if (!isDeep && (await isWhole(petitionId)))
      return { petitionId, unmarked: 0, dueAgain: 0, takenOver: 0, unaccounted: 0, toldBefore: 0, ...KEPT };
    const told = await countTold(petitionId);
    const unmarked = told.unmarked + (await unmarkBeyond(petitionId));
    const tally = await rebuildTally(petitionId, isDeep);
    const dueAgain = isDeep ? await restored.dueAgain(petitionId, clock.now()) : 0;
    const found = tally.isBroken ? { takenOver: 0, unaccounted: null } : await takeOver(petitionId);
    const report = { petitionId, unmarked, dueAgain, toldBefore: told.people, ...tally, ...found };
    if (hasFound(report)) logger.warn(report, 'ledger.repaired');
    return report;
  }

  /**
   * Ledger, tally, signatures and digests that fit: what every start finds but the first after a restore. One pass over the
   * signatures; an entry that another worker makes meanwhile only leads to a closer look.
   */
  async function isWhole(petitionId: string): Promise<boolean> {
    const tally = await ledger.getTally(petitionId);
    const newest = await ledger.findLast(petitionId);
    if (!newest || tally?.seq !== newest.seq || tally.total !== newest.total) return false;
    if ((await tellings.listBeyond(petitionId, newest.seq)).length > 0) return false;
    const found = await restored.survey(petitionId, newest.seq);
    const { added = [], removed = [] } = newest.members ?? {};
    const areMarked = !newest.members || found.marked === added.length + removed.length;
    return areMarked && found.people === newest.total && found.newest <= newest.seq;
  }

  /**
   * Digests may tell of entries that an older ledger lacks. Whom they told of, so far as the copy shows it, is counted
   * first, in entries of their own, and each digest then ends where these do: so the next one tells of nobody again, and
   * of everybody else. Whom they told of is shown by the mark of a lost entry, or by having been due when the digest was made.
   */
  async function countTold(petitionId: string): Promise<{ unmarked: number; people: number }> {
    const start = (await ledger.findLast(petitionId))?.seq ?? 0;
    const beyond = await tellings.listBeyond(petitionId, start);
    if (beyond.length === 0) return { unmarked: 0, people: 0 };
    const told = beyond.filter(({ isTold }) => isTold).sort((a, b) => a.to - b.to);
    const moved: { end: number; to: number }[] = [];
    const sum = { unmarked: 0, people: 0 };
    for (const { to: end, coversAt } of told) {
      const marks = await restored.listMarkedAfter(petitionId, start);
      const placed = (await ledger.findLast(petitionId))?.places ?? 0;
      const lost = marks.filter(({ seq }) => seq <= end && moved.every(({ to }) => seq > to));
      sum.unmarked += await restored.unmark(petitionId, lost, placed, clock.now());
      if ((await rebuildTally(petitionId)).isBroken) return sum;
      const wasTold = (one: DueSignature) =>
        one.mark.seq === 0 && one.mark.repairs > 0 ? true : one.mark.seq <= start && one.dueAt <= coversAt;
      sum.people += await appendAll(petitionId, wasTold);
      moved.push({ end, to: (await ledger.findLast(petitionId))?.seq ?? 0 });
    }
    await tellings.moveEnds(petitionId, start, moved);
    return sum;
  }

  /** All of those who are due, in as many entries as that takes. Answers how many. */
  async function appendAll(petitionId: string, isMeant: (one: DueSignature) => boolean): Promise<number> {
    let appended = 0;
    for (let tries = 0; tries < TRIES; ) {
      const due = (await counting.listDue(entryLimit, petitionId)).filter(isMeant);
      if (due.length === 0) break;
      const entry = buildEntry(await ledger.findLast(petitionId), due, clock.now());
      if (await ledger.insertEntry(entry)) {
        await complete(entry);
        appended += due.length;
      } else tries += 1;
    }
    return appended;
  }

  /** The marks are read first and the ledger second, so the entry behind every true mark is found. */
  async function unmarkBeyond(petitionId: string): Promise<number> {
    const before = await ledger.findLast(petitionId);
    const marks = await restored.listMarkedAfter(petitionId, before?.seq ?? 0);
    if (marks.length === 0) return 0;
    const newest = await ledger.findLast(petitionId);
    const beyond = marks.filter(({ seq }) => seq > (newest?.seq ?? 0));
    return restored.unmark(petitionId, beyond, newest?.places ?? 0, clock.now());
  }

  /** The same for some who are due, found by a worker in passing. */
  async function unmarkDue(petitionId: string, due: readonly DueSignature[]): Promise<void> {
    const newest = await ledger.findLast(petitionId);
    const beyond = due.filter(({ mark }) => mark.seq > (newest?.seq ?? 0));
    const marks = beyond.map(({ mark }) => mark);
    const unmarked = await restored.unmark(petitionId, marks, newest?.places ?? 0, clock.now());
    if (unmarked > 0) logger.warn({ petitionId, unmarked }, 'ledger.repaired');
  }

  /**
   * Where the tally is not at the newest entry or about to be, it is made anew from the entries, at once. The members of the
   * newest bear its mark first, for whoever counts next relies on that; also where a copy has lost the marks alone.
   */
  async function rebuildTally(petitionId: string, isDeep = false): Promise<Rebuilt> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      // In this order: a tally is never before its entry, unless the copy is a mixed one.
      const read = await ledger.getTally(petitionId);
      const newest = await ledger.findLast(petitionId);
      if (newest?.members) await counting.mark({ ...newest, members: newest.members, at: clock.now() });
      if (read?.seq === (newest?.seq ?? 0) && !isDeep) return KEPT;
      const sum = await sumEntries(petitionId, newest?.seq ?? 0);
      if (!sum) return { isTallyRebuilt: false, isBroken: true };
      if (read ? isSame(read, sum) : !newest) return KEPT;
      if (await ledger.putTally(read, sum)) return { isTallyRebuilt: true, isBroken: false };
    }
    return KEPT;
  }

  /** Undefined where an entry is missing. */
  async function sumEntries(petitionId: string, to: number): Promise<Tally | undefined> {
    let sum = emptyTally(petitionId, clock.now());
    for await (const entry of ledger.streamEntries(petitionId, { to })) {
      if (entry.seq !== sum.seq + 1) return undefined;
      sum = applyEntry(sum, entry);
    }
    return sum.seq === to ? sum : undefined;
  }

  /**
   * Signatures that are older than the ledger may be due although it counted them. While it counts more people than stand
   * in the count, those who were due before its newest entry are added by name and as many nameless ones removed,
   * so that the total stays; the same the other way round. Which of them it had counted, the data do not say.
   */
  async function takeOver(petitionId: string): Promise<{ takenOver: number; unaccounted: number | null }> {
    let takenOver = 0;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const found = await compare(petitionId);
      if (found === 'empty') return { takenOver, unaccounted: 0 };
      if (found === 'busy') continue;
      const known = await listKnown(found);
      if (known.length === 0) return { takenOver, unaccounted: found.gap };
      if (await append(found.newest, known, unnamedAgainst(known))) takenOver += known.length;
    }
    return { takenOver, unaccounted: null };
  }

  async function listKnown({ newest, gap }: Compared): Promise<DueSignature[]> {
    if (gap === 0) return [];
    const due = await counting.listDue(entryLimit, newest.petitionId);
    return due
      .filter((one) => one.countable === gap > 0 && one.mark.seq <= newest.seq)
      .filter((one) => one.dueAt <= newest.at || one.mark.repairs > 0)
      .slice(0, Math.abs(gap));
  }

  /**
   * What the ledger counts and nobody stands for is taken out of it by one entry, which also makes the breakdowns right;
   * who stands in the count without being in the ledger is added. Answers the people removed less those added, or null
   * when others kept counting meanwhile.
   */
  async function correct(petitionId: string): Promise<number | null> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const found = await compare(petitionId);
      if (found === 'empty') return 0;
      if (found === 'busy') continue;
      const unnamed = unnamedBetween(found.standing, found.tally);
      if (unnamed.added + unnamed.removed === 0) return 0;
      if (await append(found.newest, [], unnamed)) return found.gap;
    }
    return null;
  }

  /**
   * `busy` while an entry is not complete. Another one that comes meanwhile makes an entry by what was compared impossible.
   */
  async function compare(petitionId: string): Promise<Compared | 'busy' | 'empty'> {
    const newest = await ledger.findLast(petitionId);
    const tally = await ledger.getTally(petitionId);
    if (!newest) return 'empty';
    if (tally?.seq !== newest.seq) return 'busy';
    const standing = await restored.sumStanding(petitionId);
    return { newest, tally, standing, gap: newest.total - standing.people };
  }

  /** False when another entry came first: what was compared no longer holds. */
  async function append(
    newest: LedgerEntry,
    due: readonly DueSignature[],
    unnamed: Unnamed,
  ): Promise<boolean> {
    const entry = buildEntry(newest, due, clock.now(), unnamed);
    if (!(await ledger.insertEntry(entry))) return false;
    await complete(entry);
    return true;
  }

  return { repairAll, repairPetition, rebuildTally, unmarkDue, correct };
}

function isSame(tally: Tally, sum: Tally): boolean {
  const { published: _, ...read } = tally;
  return isDeepStrictEqual(read, sum);
}
