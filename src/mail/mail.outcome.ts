import { addMilliseconds, DAY } from '../lib/clock.ts';
import { forLog } from '../lib/text/foreign-words.ts';
import { backoffMs, MAX_ATTEMPTS } from './backoff.ts';
import type { OutboxRow, SendOutcome } from './mail.ts';
import type { MailWorkerDeps } from './mail.worker.ts';
import { type End, LONGEST_LOOK_MS, type OutboxStore } from './outbox.store.ts';
import type { ProviderBreaker } from './provider-breaker.ts';
import { faultOf, saysNoSuchAddress, speaksOfNobody } from './smtp-reply.ts';

const LONGEST_WAIT = 3 * DAY;
/** A mail that may have arrived each time is not sent more often than this (law 17). */
const MAX_DOUBTFUL = 3;

/** A row under the claim it was leased by. */
export type Step = { row: OutboxRow; claim: string };
/** `next`: what follows on it, put into the outbox before it ends. */
export type Ended = { id: string; end: End; next?: OutboxRow };

/** Decides what becomes of a row whose mail was tried: it ends, or it is due again at another time. */
export function createOutcomes(
  deps: Omit<MailWorkerDeps, 'outbox' | 'transport'> & {
    outbox: Pick<OutboxStore, 'postponeRows'>;
    providers: ProviderBreaker;
  },
) {
  const { outbox, composers, suppress, breaker, providers, clock, random, logger } = deps;

  /**
   * How the row ends, told to its composer before; undefined when it does not. `provider`: the domain of a person's
   * address.
   */
  async function settle(step: Step, outcome: SendOutcome, provider?: string): Promise<Ended | undefined> {
    const { row } = step;
    if (outcome.result === 'sent') {
      breaker.reportSent();
      if (provider) providers.reportTaken(provider);
      await tell(row, outcome);
      const words = row.audience === 'office' ? outcome.reply : 'sent';
      return { id: row._id, end: { state: 'sent', outcome: words, replyCode: outcome.code } };
    }
    if (speaksOfNobody(outcome) && row.emailKey && provider && providers.reportGone(provider, row.emailKey))
      return wait(step, outcome.reply);
    if (saysNoSuchAddress(outcome)) {
      if (row.emailKey) await suppress({ emailKey: row.emailKey, scope: 'all', reason: 'no-such-address' });
      return fail(step, outcome);
    }
    // Our own word on this mail alone: it says nothing of the relay.
    if (outcome.result === 'refused' && outcome.isLocal) return fail(step, outcome);
    const fault = faultOf(outcome);
    const isRelays = breaker.report(fault, outcome.reply);
    if (outcome.result === 'unknown') return doubt(step, outcome, isRelays);
    if (isRelays || fault === 'recipient') return wait(step, outcome.reply);
    return outcome.result === 'again' ? retry(step, outcome.reply) : fail(step, outcome);
  }

  /** No reply: an office's mail ends, doubtful; a person's is tried again, few times if it may have arrived. */
  async function doubt(
    step: Step,
    outcome: Extract<SendOutcome, { result: 'unknown' }>,
    isRelays: boolean,
  ): Promise<Ended | undefined> {
    const { row } = step;
    if (row.audience === 'office') return endUnknown(row, outcome);
    if (outcome.mayHaveArrived && row.isOnce) return endDoubtful(row, outcome.reply);
    if (!outcome.mayHaveArrived) return isRelays ? wait(step, outcome.reply) : retry(step, outcome.reply);
    return row.attempts >= MAX_DOUBTFUL ? fail(step, outcome) : retry(step, outcome.reply);
  }

  async function endUnknown(row: OutboxRow, outcome: SendOutcome): Promise<Ended> {
    await tell(row, outcome);
    logger.error({ subjectId: row.subjectId, reply: forLog(outcome.reply) }, 'mail.unknown');
    return { id: row._id, end: { state: 'unknown', outcome: outcome.reply } };
  }

  /** A person's that is sent once at the most. */
  function endDoubtful({ _id, kind }: OutboxRow, reply: string): Ended {
    logger.warn({ kind, reply: forLog(reply) }, 'mail.doubtful');
    return { id: _id, end: { state: 'unknown', outcome: reply } };
  }

  /** An office's row stays leased when its composer cannot be told: it is doubtful after the lease, never sent again. */
  async function tell(row: OutboxRow, outcome: SendOutcome): Promise<void> {
    try {
      await composers[row.kind]?.settle?.(row, outcome);
    } catch (error) {
      logger.error({ err: error, kind: row.kind, result: outcome.result }, 'mail.settle-failed');
      if (row.audience === 'office') throw error;
    }
  }

  async function fail({ row }: Step, outcome: SendOutcome): Promise<Ended> {
    await tell(row, outcome);
    logger.warn({ kind: row.kind, reply: forLog(outcome.reply) }, 'mail.refused');
    const replyCode = 'code' in outcome ? outcome.code : undefined;
    return { id: row._id, end: { state: 'failed', outcome: outcome.reply, ...(replyCode && { replyCode }) } };
  }

  async function retry(step: Step, reply: string): Promise<Ended | undefined> {
    if (step.row.attempts >= MAX_ATTEMPTS) return fail(step, { result: 'again', reply });
    const at = addMilliseconds(clock.now(), backoffMs(step.row.attempts, random));
    return postpone(step, { at, countsAttempt: true, outcome: reply });
  }

  /** No fault of this mail, so it costs no attempt: it waits, longer the older it is, and gives up after three days. */
  async function wait(step: Step, reply: string): Promise<Ended | undefined> {
    const now = clock.now();
    const age = now.getTime() - step.row.createdAt.getTime();
    if (age > LONGEST_WAIT) return fail(step, { result: 'again', reply });
    const at = addMilliseconds(now, Math.max(backoffMs(1, random), age / 4));
    return postpone(step, { at, countsAttempt: false, outcome: reply });
  }

  async function postpone(
    { row, claim }: Step,
    options: { at: Date; countsAttempt: boolean; outcome: string },
  ): Promise<undefined> {
    const latest = addMilliseconds(clock.now(), LONGEST_LOOK_MS);
    const at = new Date(Math.min(options.at.getTime(), latest.getTime()));
    await outbox.postponeRows([row._id], claim, { ...options, at });
    return undefined;
  }

  return { settle, endUnknown, endDoubtful, fail, retry, postpone };
}
