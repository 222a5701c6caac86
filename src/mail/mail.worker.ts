import { randomUUID } from 'node:crypto';
import type { Infra } from '../infra.ts';
import { createBatcher } from '../lib/batcher.ts';
import { addMilliseconds, MINUTE } from '../lib/clock.ts';
import { MAX_ATTEMPTS } from './backoff.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { createOutcomes, type Ended, type Step } from './mail.outcome.ts';
import type { Composer, OutboxRow, Prepared, SendOutcome } from './mail.ts';
import type { OutboxStore } from './outbox.store.ts';
import { createProviderBreaker, providerOf } from './provider-breaker.ts';
import { SMTP_TIMEOUT_MS } from './smtp-options.ts';
import type { Suppress } from './suppression.store.ts';
import type { Transport } from './transport.ts';

/** More than twice the whole conversation (law 7). */
export const LEASE_MS = 2 * SMTP_TIMEOUT_MS + MINUTE;
const BATCH = 100;
/** After a pause, until one is taken. */
const PROBE = 3;
/** Twice the pool's connections: some are composed while others are sent, and nothing queues up in the pool. */
const AT_ONCE = 10;
/** So that people who wait for a link do not wait for all offices. */
const OFFICES_PER_STEP = 5;
const FINISH = { windowMs: 5, maxSize: 50 };

export type MailWorkerDeps = Pick<Infra, 'clock' | 'logger'> & {
  outbox: OutboxStore;
  transport: Pick<Transport, 'sendToPerson' | 'sendToOffice'>;
  composers: Record<string, Composer>;
  suppress(address: Suppress): Promise<void>;
  breaker: CircuitBreaker;
  random: () => number;
};

/** Takes due rows from the outbox, has them composed, sends them, and records what became of them. */
export function createMailWorker(deps: MailWorkerDeps) {
  const { outbox, transport, composers, breaker, clock, logger } = deps;
  const providers = createProviderBreaker(deps);
  const outcomes = createOutcomes({ ...deps, providers });

  /** One turn; true when more may wait. */
  async function step(): Promise<boolean> {
    if (breaker.isOpen()) return false;
    const limit = breaker.isProbing() ? PROBE : BATCH;
    const due = await outbox.listDue(clock.now(), limit);
    const { office = [], people = [] } = Object.groupBy(due, ({ audience }) =>
      audience === 'office' ? 'office' : 'people',
    );
    await sendPeople(people);
    await sendOffices(office.slice(0, OFFICES_PER_STEP));
    return (due.length === limit || office.length > OFFICES_PER_STEP) && !breaker.isOpen();
  }

  /** A batch under one claim. What cannot begin in time to end within the lease, or meets a pause, goes back unsent. */
  async function sendPeople(due: readonly OutboxRow[]): Promise<void> {
    const claim = randomUUID();
    const lastStart = addMilliseconds(clock.now(), LEASE_MS - SMTP_TIMEOUT_MS);
    const waiting = await lease(due, 'person', claim);
    const failures: unknown[] = [];
    const note = (error: unknown) => void failures.push(error);
    const endings = createBatcher<Ended>({ ...FINISH, run: (ended) => finish(ended, claim) });
    const writes: Promise<void>[] = [];

    async function work(): Promise<void> {
      while (failures.length === 0 && !breaker.isOpen() && clock.now() < lastStart) {
        const row = waiting.shift();
        if (!row) return;
        const ended = await handle({ row, claim }).catch(note);
        if (ended) writes.push(endings.add(ended).catch(note));
      }
    }

    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await Promise.all(writes);
    if (failures.length > 0) throw failures[0];
    const at = breaker.isOpen() ? breaker.reopensAt() : clock.now();
    const rest = waiting.map(({ _id }) => _id);
    await outbox.postponeRows(rest, claim, { at, countsAttempt: false, outcome: 'paused' });
  }

  /** One mail after the other. When one fails, the next is sent all the same. */
  async function sendOffices(due: readonly OutboxRow[]): Promise<void> {
    const failures: unknown[] = [];
    for (const row of due) {
      if (breaker.isOpen()) break;
      await sendOffice(row).catch((error) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  /** One whose sender vanished is doubtful, and not sent again by itself. */
  async function sendOffice(due: OutboxRow): Promise<void> {
    if (due.state === 'sending') {
      const reply = 'the sender stopped while it was sending';
      const ended = await outcomes.endUnknown(due, { result: 'unknown', reply });
      await finish([ended], due.leaseOwner ?? '');
      return;
    }
    const claim = randomUUID();
    const [row] = await lease([due], 'office', claim);
    const ended = row && (await handle({ row, claim }));
    if (ended) await finish([ended], claim);
  }

  function lease(due: readonly OutboxRow[], audience: OutboxRow['audience'], claim: string) {
    const ids = due.map(({ _id }) => _id);
    return outbox.claimRows(ids, { audience, claim, now: clock.now(), leaseMs: LEASE_MS });
  }

  async function handle(step: Step): Promise<Ended | undefined> {
    const { row } = step;
    // A process that stops each time it sends this one never comes to record it.
    if (row.attempts > MAX_ATTEMPTS)
      return outcomes.fail(step, { result: 'again', reply: 'tried too often' });
    // Its sender vanished between the first byte and the record: it may have arrived.
    if (row.isOnce && row.begunAt)
      return outcomes.endDoubtful(row, 'the sender stopped while it was sending');
    let outcome: SendOutcome | undefined;
    let provider: string | undefined;
    let next: OutboxRow | undefined;
    try {
      const prepared = await composerOf(row).prepare(row);
      if (prepared.do === 'cancel')
        return { id: row._id, end: { state: 'cancelled', outcome: prepared.reason } };
      if (prepared.do === 'remove') return await remove(step);
      if (prepared.do === 'later')
        return outcomes.postpone(step, { at: prepared.at, countsAttempt: false, outcome: 'later' });
      provider = prepared.do === 'send' ? providerOf(prepared.message.to) : undefined;
      const at = provider && providers.pausedUntil(provider);
      if (at) return outcomes.postpone(step, { at, countsAttempt: false, outcome: 'paused' });
      outcome = await send(step, prepared);
      if (outcome?.result === 'sent' && prepared.do === 'send') next = prepared.next?.(clock.now());
    } catch (error) {
      logger.error({ err: error, kind: row.kind }, 'mail.compose-failed');
      return outcomes.retry(step, 'could not be composed');
    }
    // Outside of the above: once it was sent, no failure may send it again.
    const ended = outcome && (await outcomes.settle(step, outcome, provider));
    return ended && { ...ended, ...(next && { next }) };
  }

  async function remove({ row, claim }: Step): Promise<undefined> {
    await outbox.removeRow(row._id, claim);
    return undefined;
  }

  /** Undefined when the lease was lost before the content: nothing went out, and the row is not ours any more. */
  async function send(
    { row, claim }: Step,
    prepared: Extract<Prepared, { do: 'send' | 'send-raw' }>,
  ): Promise<SendOutcome | undefined> {
    if (prepared.do === 'send' && row.isOnce && !(await outbox.beginRow(row._id, claim, clock.now())))
      return undefined;
    if (prepared.do === 'send')
      return transport.sendToPerson(prepared.message, prepared.id ?? row._id, row.emailKey);
    let isOurs = true;
    const mayBegin = async () => {
      // What is left of it must hold for the rest of the conversation.
      isOurs = await outbox.holdsLease(row._id, claim, addMilliseconds(clock.now(), SMTP_TIMEOUT_MS));
      return isOurs;
    };
    const messageId = row.messageId ?? row._id;
    const outcome = await transport.sendToOffice(prepared.mail, { messageId, id: row._id, mayBegin });
    return isOurs ? outcome : undefined;
  }

  function composerOf(row: OutboxRow): Composer {
    const composer = composers[row.kind];
    if (!composer) throw new Error(`no composer for ${row.kind}`);
    return composer;
  }

  /** Rows that ended alike are written together, and before them what follows on them: a crash between sends again. */
  async function finish(ended: readonly Ended[], claim: string): Promise<undefined[]> {
    const next = ended.flatMap((one) => one.next ?? []);
    for (const error of next.length > 0 ? await outbox.insertRows(next) : [])
      if (error) logger.error({ err: error }, 'mail.next-not-stored');
    const groups = Map.groupBy(ended, ({ end }) => JSON.stringify(end));
    for (const [first, ...others] of groups.values()) {
      if (!first) continue;
      const ids = [first, ...others].map(({ id }) => id);
      await outbox.finishRows(ids, claim, first.end, clock.now());
    }
    return ended.map(() => undefined);
  }

  /** For a command that waits for its own mails: sends what is due to offices, and nothing else. */
  async function drainOffices(): Promise<void> {
    await sendOffices(await outbox.listDue(clock.now(), BATCH, 'office'));
  }

  return { step, drainOffices };
}
export type MailWorker = ReturnType<typeof createMailWorker>;
