import type { KeyObject } from 'node:crypto';
import { type Actor, byOf } from '../lib/actor.ts';
import type { Clock } from '../lib/clock.ts';
import { isAppError } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import { type Act, type AuditEntry, createAuditCheck, type Intent, linkEntry, type Unlinked } from './act.ts';
import type { AuditFilter, AuditStore } from './audit.store.ts';

/** Who did what. Nothing is done that was not written down before. */
export function createAuditService(deps: {
  store: AuditStore;
  key: KeyObject;
  clock: Clock;
  logger: Logger;
}) {
  const { store, key, clock, logger } = deps;
  /** Lines of this process follow each other; another process may still be first with a seq. */
  let last: Promise<unknown> = Promise.resolve();

  function append(line: Unlinked): Promise<AuditEntry> {
    const appended = last.then(() => appendNext(line));
    last = appended.catch(() => undefined);
    return appended;
  }

  async function appendNext(line: Unlinked): Promise<AuditEntry> {
    for (;;) {
      const entry = linkEntry(line, await store.findNewest(), clock.now(), key);
      if (await store.insertEntry(entry)) return entry;
    }
  }

  /**
   * Writes down what is about to be done, does it, and writes down how it ended. Where the first cannot be written,
   * nothing is done. @throws what `work` throws
   */
  async function record<T>(actor: Actor, intent: Intent, work: () => Promise<T>): Promise<T> {
    const { act, of, changes, why } = intent;
    const who = { by: byOf(actor), ...(actor.via === 'console' && { network: actor.network }), act };
    const { seq } = await append({
      ...who,
      of: [...of],
      ...(changes && changes.length > 0 && { changes: [...changes] }),
      ...(why && { why }),
    });
    // It was done, or was not: a line that cannot be written now leaves the act open, which shows.
    const end = (outcome: 'done' | 'refused' | 'failed') =>
      append({ ...who, of: [...of], ends: seq, outcome }).catch((err) =>
        logger.error({ err, seq }, 'audit.left-open'),
      );
    try {
      const result = await work();
      await end('done');
      return result;
    } catch (error) {
      await end(isAppError(error) && error.status < 500 ? 'refused' : 'failed');
      throw error;
    }
  }

  /** The last line: whoever kept its hash can tell that the chain was not begun anew. */
  async function findHead(): Promise<{ seq: number; hash: string } | undefined> {
    const newest = await store.findNewest();
    return newest ? { seq: newest.seq, hash: newest.hash } : undefined;
  }

  /** The newest first, each with how it ended. */
  async function listActs(filter: AuditFilter, limit: number): Promise<Act[]> {
    const acts = await store.listActs(filter, limit);
    const ends = new Map((await store.listEnds(acts.map(({ seq }) => seq))).map((line) => [line.ends, line]));
    return acts.map((act) => {
      const end = ends.get(act.seq);
      return end?.outcome ? { ...act, outcome: end.outcome, endedAt: end.at } : act;
    });
  }

  /** Recomputes every line. `open`: acts that no line ends. */
  async function verify() {
    const check = createAuditCheck(key);
    for await (const entry of store.streamEntries()) check.take(entry);
    return check.report();
  }

  return { record, listActs, verify, findHead };
}
export type Audit = ReturnType<typeof createAuditService>;
