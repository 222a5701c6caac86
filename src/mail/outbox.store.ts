import type { Connection, QueryFilter } from 'mongoose';
import { type Inserted, insertAndCount, insertUnordered } from '../database/insert.ts';
import { count, date, oneOf, openModel, text } from '../database/model.ts';
import { updateManyByPipeline } from '../database/pipeline.ts';
import { addMilliseconds, DAY, SKEW_MS } from '../lib/clock.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { AUDIENCES, type Audience, OUTBOX_STATES, type OutboxRow, type OutboxState } from './mail.ts';
import { SMTP_TIMEOUT_MS } from './smtp-options.ts';

/** After its end a doubtful row is left in peace for this long: longer than any lease, and no conversation goes on. */
export const QUIET_MS = 4 * SMTP_TIMEOUT_MS;

/** The longest time between two looks at a row. Its composer then says again until when it waits. */
export const LONGEST_LOOK_MS = DAY;

export const outboxIndexes: IndexDeclaration[] = [
  {
    collection: 'outbox',
    key: { dueAt: 1 },
    options: { name: 'dueAt', sparse: true },
  },
  {
    collection: 'outbox',
    key: { endedAt: 1 },
    options: { name: 'endedAt', sparse: true },
  },
];

export type ClaimRequest = { audience: Audience; now: Date; claim: string; leaseMs: number };
export type End = { state: Exclude<OutboxState, 'due' | 'sending'>; outcome: string; replyCode?: number };

/**
 * Mails to send, one document each (law 7). `dueAt` is when to look at a row again: of a sending one, the end of its lease.
 */
export function createOutboxStore(connection: Connection) {
  const outbox = openOutbox(connection);
  const held = (ids: readonly string[], claim: string) => ({ _id: { $in: [...ids] }, leaseOwner: claim });

  /** One unordered bulk insert; a row with the same reason is there already, and that is no error. */
  async function insertRows(rows: readonly OutboxRow[]): Promise<(Error | undefined)[]> {
    return insertUnordered(outbox, rows);
  }

  /** The same, and how many were new. */
  async function insertCounted(rows: readonly OutboxRow[]): Promise<Inserted> {
    return insertAndCount(outbox, rows);
  }

  /** Rows whose time has come, the longest waiting first: due ones, and sending ones whose lease ran out. */
  const listDue = async (now: Date, limit: number, audience?: Audience) =>
    outbox
      .find({ dueAt: { $lte: now }, ...(audience && { audience }) })
      .sort({ dueAt: 1 })
      .limit(limit)
      .lean<OutboxRow[]>();

  /** Leases all these rows under one claim, in two calls. It leaves alone a row of an office whose sending is in doubt. */
  async function claimRows(
    ids: readonly string[],
    { claim, now, leaseMs, audience }: ClaimRequest,
  ): Promise<OutboxRow[]> {
    if (ids.length === 0) return [];
    const isDoubtful = audience === 'office' && { state: 'due' as const };
    await outbox.updateMany(
      { _id: { $in: [...ids] }, dueAt: { $lte: now }, ...isDoubtful },
      {
        $set: { state: 'sending', leaseOwner: claim, dueAt: addMilliseconds(now, leaseMs) },
        $inc: { attempts: 1 },
      },
    );
    return outbox.find(held(ids, claim)).lean<OutboxRow[]>();
  }

  /** What only the composer needed, and the lease, leave with the end. */
  async function finishRows(ids: readonly string[], claim: string, end: End, now: Date): Promise<number> {
    const { modifiedCount } = await outbox.updateMany(held(ids, claim), {
      $set: { ...end, endedAt: now },
      $unset: { dueAt: 1, leaseOwner: 1, begunAt: 1, sealed: 1, emailKey: 1 },
    });
    return modifiedCount;
  }

  /** Back to due; `countsAttempt: false` gives the attempt back, for what was no fault of these mails. */
  async function postponeRows(
    ids: readonly string[],
    claim: string,
    options: { at: Date; countsAttempt: boolean; outcome: string },
  ): Promise<void> {
    if (ids.length === 0) return;
    await outbox.updateMany(held(ids, claim), {
      $set: { state: 'due', dueAt: options.at, outcome: options.outcome },
      $unset: { leaseOwner: 1, begunAt: 1 },
      ...(!options.countsAttempt && { $inc: { attempts: -1 } }),
    });
  }

  /**
   * Of one that is sent once at the most: from now on it may have arrived. False when it was begun before, or is not ours.
   */
  async function beginRow(id: string, claim: string, now: Date): Promise<boolean> {
    const fresh = { ...held([id], claim), begunAt: { $exists: false } };
    return (await outbox.updateOne(fresh, { $set: { begunAt: now } })).modifiedCount === 1;
  }

  /** Whether the lease is still this claim's, and will be at `until`. */
  async function holdsLease(id: string, claim: string, until: Date): Promise<boolean> {
    return (await outbox.exists({ ...held([id], claim), dueAt: { $gt: until } })) !== null;
  }

  const findRow = async (id: string) => outbox.findOne({ _id: id }).lean<OutboxRow>();

  /** What waits, the next first, or what has ended, the last first; without what is only for the composer. */
  async function listRows(options: { isEnded: boolean; limit: number }): Promise<OutboxRow[]> {
    const field = options.isEnded ? 'endedAt' : 'dueAt';
    return outbox
      .find({ [field]: { $gt: new Date(0) } }, { sealed: 0, emailKey: 0 })
      .sort({ [field]: options.isEnded ? -1 : 1 })
      .limit(options.limit)
      .lean<OutboxRow[]>();
  }

  /**
   * An organiser's word on a doubtful or failed row; false when it is neither. A doubtful one is due again only when
   * its lease and the whole conversation are over for certain (law 7).
   */
  async function resolveRow(id: string, to: 'sent' | 'due' | 'cancelled', now: Date): Promise<boolean> {
    const quiet: QueryFilter<OutboxRow> = {
      $or: [{ state: 'failed' }, { endedAt: { $lte: addMilliseconds(now, -QUIET_MS) } }],
    };
    const { modifiedCount } = await outbox.updateOne(
      { _id: id, state: { $in: ['unknown', 'failed'] }, ...(to === 'due' && quiet) },
      to === 'due'
        ? { $set: { state: 'due', dueAt: now }, $unset: { endedAt: 1 } }
        : { $set: { state: to, outcome: 'resolved by an organiser', endedAt: now } },
    );
    return modifiedCount === 1;
  }

  /** Takes back what has not begun to be sent. */
  async function cancelDue(id: string, outcome: string, now: Date): Promise<boolean> {
    const { modifiedCount } = await outbox.updateOne(
      { _id: id, state: 'due' },
      { $set: { state: 'cancelled', outcome, endedAt: now }, $unset: { dueAt: 1, sealed: 1, emailKey: 1 } },
    );
    return modifiedCount === 1;
  }

  /** One that its composer does not send. */
  async function removeRow(id: string, claim: string): Promise<void> {
    await outbox.deleteOne(held([id], claim));
  }

  /**
   * Frees the keys `answer:<signature>:…` of what was answered or is being answered; what is due will be composed from
   * what is true then, and stays.
   */
  async function freeAnswers(signatureId: string): Promise<void> {
    await outbox.deleteMany({ _id: answersOf(signatureId), state: { $ne: 'due' } });
  }

  /** The same of what is due, too, and of what reminds: what was asked for is taken back. */
  async function forgetAnswers(signatureId: string): Promise<void> {
    await outbox.deleteMany({ _id: answersOf(signatureId) });
    await outbox.deleteMany({ _id: rowsOf('reminder', signatureId) });
  }

  /** Those that are due before `end`, under way or not: what is planned for a later day waits for nobody. */
  /** What should have gone before that moment, at most 1,000, and since when the oldest waits. */
  async function findOverdue(before: Date): Promise<{ count: number; since?: Date }> {
    const overdue = { dueAt: { $lt: before }, state: 'due' as const };
    const [count, oldest] = await Promise.all([
      outbox.countDocuments(overdue, { limit: 1_000 }),
      outbox.findOne(overdue, { dueAt: 1 }).sort({ dueAt: 1 }).lean<OutboxRow>(),
    ]);
    return { count, ...(oldest?.dueAt && { since: oldest.dueAt }) };
  }

  async function countWaiting(end: Date, limit = 1_000): Promise<number> {
    return outbox.countDocuments({ dueAt: { $gt: new Date(0), $lt: end } }, { limit });
  }

  /**
   * What a clock that was ahead has written: due rows are looked at now, a lease begins anew as does the quiet after an
   * end. Answers how many there were.
   */
  async function healAhead(now: Date, leaseMs: number): Promise<number> {
    const later = (milliseconds: number) => addMilliseconds(now, milliseconds + SKEW_MS);
    const changes = [
      { filter: { state: 'due', dueAt: { $gt: later(LONGEST_LOOK_MS) } }, field: 'dueAt', to: now },
      {
        filter: { state: 'sending', dueAt: { $gt: later(leaseMs) } },
        field: 'dueAt',
        to: addMilliseconds(now, leaseMs),
      },
      { filter: { endedAt: { $gt: later(0) } }, field: 'endedAt', to: now },
    ] as const;
    let healed = 0;
    for (const { filter, field, to } of changes) {
      const { modifiedCount } = await updateManyByPipeline(outbox, filter, [
        { $set: { [field]: to, createdAt: { $min: ['$createdAt', now] } } },
      ]);
      healed += modifiedCount;
    }
    return healed;
  }

  async function deleteEnded(before: Date): Promise<number> {
    return (await outbox.deleteMany({ endedAt: { $lte: before } })).deletedCount;
  }

  return {
    insertRows,
    insertCounted,
    listDue,
    claimRows,
    finishRows,
    postponeRows,
    beginRow,
    holdsLease,
    findRow,
    listRows,
    resolveRow,
    cancelDue,
    removeRow,
    freeAnswers,
    forgetAnswers,
    countWaiting,
    findOverdue,
    healAhead,
    deleteEnded,
  };
}
export type OutboxStore = ReturnType<typeof createOutboxStore>;

const answersOf = (signatureId: string) => rowsOf('answer', signatureId);

function rowsOf(kind: string, signatureId: string) {
  return { $gt: `${kind}:${signatureId}:`, $lt: `${kind}:${signatureId};` };
}

function openOutbox(connection: Connection) {
  return openModel<OutboxRow>(connection, 'outbox', {
    _id: text,
    kind: text,
    audience: oneOf(AUDIENCES),
    subjectId: text,
    emailKey: String,
    sealed: Buffer,
    state: oneOf(OUTBOX_STATES),
    dueAt: Date,
    attempts: count,
    leaseOwner: String,
    isOnce: Boolean,
    begunAt: Date,
    createdAt: date,
    endedAt: Date,
    outcome: String,
    replyCode: Number,
    messageId: String,
  });
}
