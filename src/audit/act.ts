import { createHmac, type KeyObject } from 'node:crypto';

export const OUTCOMES = ['done', 'refused', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** From what to what; never an address, a name or what somebody typed. */
export type Change = { field: string; from?: string; to?: string };

/** What somebody is about to do: the act, and what it is done to (slugs, ids, refs). */
export type Intent = { act: string; of: readonly string[]; changes?: readonly Change[]; why?: string };

/**
 * One line of the audit. Lines are only ever added. An act is one line that is written before it, and a second that
 * `ends` it; an act without the second was left open by a crash.
 */
export type AuditEntry = {
  /** seq with leading zeros: the unique key is the one commit point, and fences off a second writer */
  _id: string;
  seq: number;
  at: Date;
  /** as `byOf` an actor gives it */
  by: string;
  act: string;
  of: string[];
  changes?: Change[];
  why?: string;
  /** keyed */
  network?: string;
  /** the seq of the act that this line ends */
  ends?: number;
  outcome?: Outcome;
  previousHash: string;
  hash: string;
};
export type Unlinked = Omit<AuditEntry, '_id' | 'seq' | 'at' | 'previousHash' | 'hash'>;

/** An act with how it ended; without an outcome it is under way, or was left open. */
export type Act = AuditEntry & { endedAt?: Date };

const GENESIS_HASH = '0'.repeat(64);

function auditId(seq: number): string {
  return String(seq).padStart(10, '0');
}

/** The line that follows `previous`. Time never goes back. */
export function linkEntry(
  entry: Unlinked,
  previous: AuditEntry | null,
  now: Date,
  key: KeyObject,
): AuditEntry {
  const seq = (previous?.seq ?? 0) + 1;
  const at = previous && previous.at > now ? previous.at : now;
  const linked = { ...entry, _id: auditId(seq), seq, at, previousHash: previous?.hash ?? GENESIS_HASH };
  return { ...linked, hash: hashEntry(linked, key) };
}

/** HMAC-SHA-256 under a secret of the ring: who can write to the database alone cannot make a chain that holds. */
function hashEntry(entry: Omit<AuditEntry, 'hash'>, key: KeyObject): string {
  const { seq, at, by, act, of, changes, why, network, ends, outcome, previousHash } = entry;
  const changed = changes?.map(({ field, from, to }) => [field, from ?? null, to ?? null]) ?? null;
  const fields = [seq, at.toISOString(), by, act, of, changed, why, network, ends, outcome, previousHash];
  const preimage = JSON.stringify(fields.map((field) => field ?? null));
  return createHmac('sha256', key).update(`safe-passage audit 1\n${preimage}`).digest('hex');
}

export type AuditFault = { seq: number; what: string };

/** Takes every line in the order of the ids, and says what does not hold. */
export function createAuditCheck(key: KeyObject) {
  const faults: AuditFault[] = [];
  const open = new Set<number>();
  let seq = 0;
  let previousHash = GENESIS_HASH;
  let entries = 0;

  return {
    take(entry: AuditEntry): void {
      const position = Number(entry._id);
      if (position !== seq + 1) faults.push({ seq: seq + 1, what: gapText(seq + 1, position - 1) });
      else if (entry.previousHash !== previousHash)
        faults.push({ seq: position, what: 'previous hash is not the one before' });
      if (entry.seq !== position || !hasOwnHash(entry, key))
        faults.push({ seq: position, what: 'hash does not match its fields' });
      if (entry.ends === undefined) open.add(position);
      else if (!open.delete(entry.ends))
        faults.push({ seq: position, what: `ends ${entry.ends}, which is no open act` });
      seq = position;
      previousHash = entry.hash;
      entries += 1;
    },
    report: () => ({ entries, faults, open: [...open], head: previousHash }),
  };
}

/** Also of a line that was altered so that it cannot be hashed at all. */
function hasOwnHash(entry: AuditEntry, key: KeyObject): boolean {
  try {
    return entry.hash === hashEntry(entry, key);
  } catch {
    return false;
  }
}

function gapText(from: number, to: number): string {
  return from === to ? 'line is missing' : `lines ${from} to ${to} are missing`;
}
