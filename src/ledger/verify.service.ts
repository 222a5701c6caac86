import { createChainCheck, type Fault } from './chain.ts';
import type { LedgerStores } from './ledger.store.ts';
import type { LedgerEntry } from './ledger.ts';

export type PetitionReport = {
  petitionId: string;
  entries: number;
  total: number;
  /** hash of the last entry checked; null when there is none */
  head: string | null;
  faults: Fault[];
};
export type LedgerReport = { ok: boolean; petitions: PetitionReport[] };

/**
 * Recomputes everything that the ledger claims, reading only. It may run while people are counted: what is newer than
 * the tally that it started from is left for the next time, and the people who stand in the count are held
 * against the total within the number that changed meanwhile (exactly, when nothing changed).
 */
export function createVerify(deps: LedgerStores) {
  const { ledger, counting, restored } = deps;

  return async function verify(petitionId?: string): Promise<LedgerReport> {
    const petitions: PetitionReport[] = [];
    for (const id of petitionId === undefined ? await listPetitionIds() : [petitionId]) {
      petitions.push(await verifyPetition(id));
    }
    return { ok: petitions.every(({ faults }) => faults.length === 0), petitions };
  };

  async function listPetitionIds(): Promise<string[]> {
    const known = new Set(await ledger.listPetitionIds());
    // A petition that has signatures and no ledger may have lost it.
    for (const id of await restored.listMarkedPetitions()) {
      if (!known.has(id) && (await restored.listMarkedAfter(id, 0)).length > 0) known.add(id);
    }
    return [...known].sort();
  }

  async function verifyPetition(petitionId: string): Promise<PetitionReport> {
    const tally = await ledger.getTally(petitionId);
    const chain = createChainCheck(petitionId);
    let entries = 0;
    // One entry may be newer than the tally, when it is being counted; with no tally at all, every entry is held to it.
    const to = tally ? { to: tally.seq } : {};
    for await (const entry of ledger.streamEntries(petitionId, { ...to, withMembers: true })) {
      chain.take(entry);
      entries += 1;
    }
    chain.compare(tally);
    const { faults, newest } = chain.report();
    if (faults.length === 0) faults.push(...(await checkPeople(petitionId, newest)));
    return { petitionId, entries, total: newest?.total ?? 0, head: newest?.hash ?? null, faults };
  }

  async function checkPeople(petitionId: string, newest: LedgerEntry | undefined): Promise<Fault[]> {
    const seq = newest?.seq ?? 0;
    const standing = await counting.countOn(petitionId);
    const missing = await countUnmarked(newest);
    let changed = 0;
    let last = seq;
    for await (const entry of ledger.streamEntries(petitionId, { from: seq + 1 })) {
      changed += entry.added + entry.removed;
      last = entry.seq;
    }
    const faults: Fault[] = [];
    const reached = (await ledger.getTally(petitionId))?.seq ?? 0;
    if (last > reached + 1) {
      // A new entry is made only after the tally has reached the entry before it.
      faults.push({ seq: reached + 1, what: `tally stands still, the ledger is at ${last}` });
    }
    if (Math.abs(standing - (newest?.total ?? 0)) > changed) {
      faults.push({ seq, what: `${standing} people stand in the count, the total is ${newest?.total ?? 0}` });
    }
    if (last === seq && missing > 0) {
      faults.push({ seq, what: `${missing} of its members do not bear its mark` });
    }
    return [...faults, ...(await checkMarks(petitionId, seq))];
  }

  /** Marks are read before the ledger: an entry is there before anybody bears its mark. */
  async function checkMarks(petitionId: string, seq: number): Promise<Fault[]> {
    const marks = await restored.listMarkedAfter(petitionId, seq);
    const last = (await ledger.findLast(petitionId))?.seq ?? 0;
    const beyond = marks.filter((mark) => mark.seq > last).length;
    const stuck = await restored.countStuck(petitionId);
    return [
      ...(beyond > 0
        ? [{ seq: last + 1, what: `${beyond} people bear the mark of an entry that is not there` }]
        : []),
      ...(stuck > 0 ? [{ seq, what: `${stuck} people should be due for counting and are not` }] : []),
    ];
  }

  /** Only the newest entry has members, and its added ones cannot have been marked by a later one. */
  async function countUnmarked(newest: LedgerEntry | undefined): Promise<number> {
    const added = newest?.members?.added ?? [];
    return newest ? added.length - (await counting.countMarked(added, newest.seq, true)) : 0;
  }
}
