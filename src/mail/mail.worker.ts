import { randomUUID } from 'node:crypto';
import { addMilliseconds, type Clock, DAY, MINUTE } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { backoffMs, MAX_ATTEMPTS } from './backoff.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { Composer, MailMessage, OutboxRow, RawMail, SendOutcome } from './mail.ts';
import type { End, OutboxStore } from './outbox.store.ts';
import { faultOf, saysNoSuchAddress } from './smtp-reply.ts';
import type { Suppress } from './suppression.store.ts';
import { SMTP_TIMEOUT_MS } from './transport.ts';

/** More than twice the whole SMTP timeout (law 7). */
export const LEASE_MS = 2 * SMTP_TIMEOUT_MS + MINUTE;
const LONGEST_WAIT = 3 * DAY;
const BATCH = 100;
/** Twice the pool: it is fed only while it is idle. */
const AT_ONCE = 10;

type Step = { row: OutboxRow; claim: string };
type Ended = { id: string; end: End };

export type MailWorkerDeps = {
  outbox: OutboxStore;
  transport: {
    sendToPerson(message: MailMessage, id: string): Promise<SendOutcome>;
    sendToOffice(mail: RawMail, messageId: string, id: string): Promise<SendOutcome>;
  };
  composers: Record<string, Composer>;
  suppress(address: Suppress): Promise<void>;
  breaker: CircuitBreaker;
  clock: Clock;
  random: () => number;
  logger: Logger;
};

/** Takes due rows from the outbox, has them composed, sends them, and records what became of them. */
export function createMailWorker(deps: MailWorkerDeps) {
  const { outbox, transport, composers, suppress, breaker, clock, random, logger } = deps;

  /** One turn; true when more may wait. */
  async function step(): Promise<boolean> {
    if (breaker.isOpen()) return false;
    const due = await outbox.listDue(clock.now(), BATCH);
    const { office = [], person = [] } = Object.groupBy(due, (row) => row.audience);
    for (const row of office) await sendOffice(row);
    await sendPeople(person);
    return due.length === BATCH && !breaker.isOpen();
  }

  async function sendPeople(due: readonly OutboxRow[]): Promise<void> {
    const claim = randomUUID();
    const ids = due.map(({ _id }) => _id);
    const rows = await outbox.claimRows(ids, {
      audience: 'person',
      claim,
      now: clock.now(),
      leaseMs: LEASE_MS,
    });
    for (let at = 0; at < rows.length; at += AT_ONCE) {
      const group = rows.slice(at, at + AT_ONCE);
      const ended = await Promise.all(group.map((row) => handle({ row, claim })));
      await finish(
        ended.flatMap((one) => one ?? []),
        claim,
      );
    }
  }

  /** An office's mail is alone on its connection. One whose sender vanished is doubtful and not sent again by itself. */
  async function sendOffice(due: OutboxRow): Promise<void> {
    if (due.state === 'sending') {
      const outcome: SendOutcome = { result: 'unknown', reply: 'the sender stopped while it was sending' };
      const ended = await settle({ row: due, claim: '' }, outcome);
      return finish(ended ? [ended] : [], due.leaseOwner ?? '');
    }
    const claim = randomUUID();
    const [row] = await outbox.claimRows([due._id], {
      audience: 'office',
      claim,
      now: clock.now(),
      leaseMs: LEASE_MS,
    });
    const ended = row && (await handle({ row, claim }));
    await finish(ended ? [ended] : [], claim);
  }

  async function handle({ row, claim }: Step): Promise<Ended | undefined> {
    if (breaker.isOpen()) return postpone({ row, claim }, breaker.reopensAt(), 'paused');
    try {
      const prepared = await composerOf(row).prepare(row);
      if (prepared.do === 'cancel')
        return { id: row._id, end: { state: 'cancelled', outcome: prepared.reason } };
      if (prepared.do === 'later') return postpone({ row, claim }, prepared.at, 'later');
      if (prepared.do === 'send')
        return settle({ row, claim }, await transport.sendToPerson(prepared.message, row._id));
      // Checked as near to DATA as can be: a lease that ran out may be somebody else's by now.
      if (!(await outbox.holdsLease(row._id, claim, clock.now()))) return undefined;
      return settle(
        { row, claim },
        await transport.sendToOffice(prepared.mail, row.messageId ?? row._id, row._id),
      );
    } catch (error) {
      logger.error({ err: error, row: row.kind }, 'mail.compose-failed');
      return retry({ row, claim }, 'could not be composed');
    }
  }

  function composerOf(row: OutboxRow): Composer {
    const composer = composers[row.kind];
    if (!composer) throw new Error(`no composer for ${row.kind}`);
    return composer;
  }

  async function settle(step: Step, outcome: SendOutcome): Promise<Ended | undefined> {
    const { row } = step;
    if (outcome.result === 'sent') {
      breaker.reportSent();
      await composerOf(row).settle?.(row, outcome);
      return {
        id: row._id,
        end: {
          state: 'sent',
          outcome: row.audience === 'office' ? outcome.reply : 'sent',
          replyCode: outcome.code,
        },
      };
    }
    const isOffice = row.audience === 'office';
    if (outcome.result === 'unknown') {
      if (!isOffice) return retry(step, outcome.reply);
      await composerOf(row).settle?.(row, outcome);
      logger.error({ subjectId: row.subjectId, reply: outcome.reply }, 'mail.unknown');
      return { id: row._id, end: { state: 'unknown', outcome: outcome.reply } };
    }
    if (saysNoSuchAddress(outcome)) {
      if (row.emailKey) await suppress({ emailKey: row.emailKey, scope: 'all', reason: 'no-such-address' });
      return fail(step, outcome);
    }
    const fault = faultOf(outcome);
    breaker.report(fault, outcome.reply);
    if (fault === 'relay' || fault === 'recipient') {
      return wait(step, outcome.reply);
    }
    return outcome.result === 'again' ? retry(step, outcome.reply) : fail(step, outcome);
  }

  async function fail({ row }: Step, outcome: SendOutcome): Promise<Ended> {
    await composerOf(row).settle?.(row, outcome);
    logger.warn({ row: row.kind, reply: outcome.reply }, 'mail.refused');
    return {
      id: row._id,
      end: {
        state: 'failed',
        outcome: outcome.reply,
        ...('code' in outcome && outcome.code && { replyCode: outcome.code }),
      },
    };
  }

  async function retry(step: Step, reply: string): Promise<Ended | undefined> {
    const { row, claim } = step;
    if (row.attempts >= MAX_ATTEMPTS) return fail(step, { result: 'again', reply });
    const at = addMilliseconds(clock.now(), backoffMs(row.attempts, random));
    await outbox.postponeRow(row._id, claim, { at, countsAttempt: true, outcome: reply });
    return undefined;
  }

  /** No fault of this mail, so it costs no attempt: it waits, longer the older it is, and gives up after three days. */
  async function wait(step: Step, reply: string): Promise<Ended | undefined> {
    const age = clock.now().getTime() - step.row.createdAt.getTime();
    if (age > LONGEST_WAIT) return fail(step, { result: 'again', reply });
    return postpone(step, addMilliseconds(clock.now(), Math.max(backoffMs(1, random), age / 4)), reply);
  }

  async function postpone({ row, claim }: Step, at: Date, outcome: string): Promise<undefined> {
    await outbox.postponeRow(row._id, claim, { at, countsAttempt: false, outcome });
    return undefined;
  }

  /** Rows that ended alike are written together. */
  async function finish(ended: readonly Ended[], claim: string): Promise<void> {
    const groups = Map.groupBy(ended, ({ end }) => JSON.stringify(end));
    for (const group of groups.values()) {
      const [first] = group;
      if (first)
        await outbox.finishRows(
          group.map(({ id }) => id),
          claim,
          first.end,
          clock.now(),
        );
    }
  }

  /** For a command that waits for its own mails: sends what is due to offices, and nothing else. */
  async function drainOffices(): Promise<void> {
    for (const row of await outbox.listDue(clock.now(), BATCH, 'office')) {
      if (breaker.isOpen()) return;
      await sendOffice(row);
    }
  }

  return { step, drainOffices };
}
export type MailWorker = ReturnType<typeof createMailWorker>;
