import { type Connection, Schema } from 'mongoose';
import { insertUnordered } from '../database/bulk-insert.ts';
import { addMilliseconds } from '../lib/clock.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import type { Audience, OutboxRow, OutboxState } from './mail.ts';
import { SMTP_TIMEOUT_MS } from './smtp-options.ts';

/** After its end a doubtful row is left in peace for this long: longer than any lease, and no conversation goes on. */
export const QUIET_MS = 4 * SMTP_TIMEOUT_MS;

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

const durable = { writeConcern: { w: 'majority', journal: true } } as const;

/** Mails to send, one document each (law 7). `dueAt` is when to look at a row again: of a sending one, the end of its lease. */
export function createOutboxStore(connection: Connection) {
  const { collection } = connection.model<OutboxRow>('OutboxRow', outboxSchema(), 'outbox');
  const held = (ids: readonly string[], claim: string) => ({
    _id: { $in: ids as never[] },
    leaseOwner: claim,
  });

  /** One unordered bulk insert; a row with the same reason is there already, and that is no error. */
  async function insertRows(rows: readonly OutboxRow[]): Promise<(Error | undefined)[]> {
    return insertUnordered(collection, rows);
  }

  /** Rows whose time has come, the longest waiting first: due ones, and sending ones whose lease ran out. */
  async function listDue(now: Date, limit: number, audience?: Audience): Promise<OutboxRow[]> {
    const found = await collection
      .find({ dueAt: { $lte: now }, ...(audience && { audience }) }, { promoteBuffers: true })
      .sort({ dueAt: 1 })
      .limit(limit)
      .toArray();
    return found as unknown as OutboxRow[];
  }

  /** Leases rows under one claim, in two calls whatever their number. A doubtful row of an office is left alone. */
  async function claimRows(
    ids: readonly string[],
    { claim, now, leaseMs, audience }: ClaimRequest,
  ): Promise<OutboxRow[]> {
    if (ids.length === 0) return [];
    await collection.updateMany(
      { _id: { $in: ids as never[] }, dueAt: { $lte: now }, ...(audience === 'office' && { state: 'due' }) },
      {
        $set: { state: 'sending', leaseOwner: claim, dueAt: addMilliseconds(now, leaseMs) },
        $inc: { attempts: 1 },
      },
      durable,
    );
    const found = await collection.find(held(ids, claim), { promoteBuffers: true }).toArray();
    return found as unknown as OutboxRow[];
  }

  /** What only the composer needed, and the lease, leave with the end. */
  async function finishRows(ids: readonly string[], claim: string, end: End, now: Date): Promise<number> {
    const { modifiedCount } = await collection.updateMany(
      held(ids, claim),
      { $set: { ...end, endedAt: now }, $unset: { dueAt: 1, leaseOwner: 1, sealed: 1, emailKey: 1 } },
      durable,
    );
    return modifiedCount;
  }

  /** Back to due; `countsAttempt: false` gives the attempt back, for what was no fault of these mails. */
  async function postponeRows(
    ids: readonly string[],
    claim: string,
    options: { at: Date; countsAttempt: boolean; outcome: string },
  ): Promise<void> {
    if (ids.length === 0) return;
    await collection.updateMany(
      held(ids, claim),
      {
        $set: { state: 'due', dueAt: options.at, outcome: options.outcome },
        $unset: { leaseOwner: 1 },
        ...(!options.countsAttempt && { $inc: { attempts: -1 } }),
      },
      durable,
    );
  }

  /** Whether the lease is still this claim's, and will be at `until`. */
  async function holdsLease(id: string, claim: string, until: Date): Promise<boolean> {
    return (
      (await collection.findOne(
        { ...held([id], claim), dueAt: { $gt: until } },
        { projection: { _id: 1 } },
      )) !== null
    );
  }

  async function findRow(id: string): Promise<OutboxRow | null> {
    return (await collection.findOne(
      { _id: id as never },
      { promoteBuffers: true },
    )) as unknown as OutboxRow | null;
  }

  /** What waits, the next first, or what has ended, the last first; without what is only for the composer. */
  async function listRows(options: { isEnded: boolean; limit: number }): Promise<OutboxRow[]> {
    const field = options.isEnded ? 'endedAt' : 'dueAt';
    const found = await collection
      .find({ [field]: { $gt: new Date(0) } }, { projection: { sealed: 0, emailKey: 0 } })
      .sort({ [field]: options.isEnded ? -1 : 1 })
      .limit(options.limit)
      .toArray();
    return found as unknown as OutboxRow[];
  }

  /**
   * An organiser's word on a doubtful or failed row; false when it is neither. A doubtful one is due again only when
   * its lease and the whole conversation are over for certain (law 7).
   */
  async function resolveRow(id: string, to: 'sent' | 'due' | 'cancelled', now: Date): Promise<boolean> {
    const quiet = { $or: [{ state: 'failed' }, { endedAt: { $lte: addMilliseconds(now, -QUIET_MS) } }] };
    const { modifiedCount } = await collection.updateOne(
      { _id: id as never, state: { $in: ['unknown', 'failed'] }, ...(to === 'due' && quiet) },
      to === 'due'
        ? { $set: { state: 'due', dueAt: now }, $unset: { endedAt: 1 } }
        : { $set: { state: to, outcome: 'resolved by an organiser', endedAt: now } },
      durable,
    );
    return modifiedCount === 1;
  }

  /** Takes back what has not begun to be sent. */
  async function cancelDue(id: string, outcome: string, now: Date): Promise<boolean> {
    const { modifiedCount } = await collection.updateOne(
      { _id: id as never, state: 'due' },
      { $set: { state: 'cancelled', outcome, endedAt: now }, $unset: { dueAt: 1, sealed: 1, emailKey: 1 } },
      durable,
    );
    return modifiedCount === 1;
  }

  /** One that its composer does not send. */
  async function removeRow(id: string, claim: string): Promise<void> {
    await collection.deleteOne(held([id], claim), durable);
  }

  /**
   * Frees the keys `answer:<signature>:…` of what was answered or is being answered; what is due will be composed from
   * what is true then, and stays.
   */
  async function freeAnswers(signatureId: string): Promise<void> {
    await collection.deleteMany({ _id: answersOf(signatureId), state: { $ne: 'due' } }, durable);
  }

  /** The same of what is due, too: what was asked for is taken back. */
  async function forgetAnswers(signatureId: string): Promise<void> {
    await collection.deleteMany({ _id: answersOf(signatureId) }, durable);
  }

  async function countWaiting(limit = 1_000): Promise<number> {
    return collection.countDocuments({ dueAt: { $gt: new Date(0) } }, { limit });
  }

  async function deleteEnded(before: Date): Promise<number> {
    return (await collection.deleteMany({ endedAt: { $lte: before } })).deletedCount;
  }

  return {
    insertRows,
    listDue,
    claimRows,
    finishRows,
    postponeRows,
    holdsLease,
    findRow,
    listRows,
    resolveRow,
    cancelDue,
    removeRow,
    freeAnswers,
    forgetAnswers,
    countWaiting,
    deleteEnded,
  };
}
export type OutboxStore = ReturnType<typeof createOutboxStore>;

function answersOf(signatureId: string) {
  return { $gt: `answer:${signatureId}:`, $lt: `answer:${signatureId};` } as never;
}

function outboxSchema(): Schema<OutboxRow> {
  return new Schema<OutboxRow>(
    {
      _id: String,
      kind: String,
      audience: String,
      subjectId: String,
      emailKey: String,
      sealed: Buffer,
      state: String,
      dueAt: Date,
      attempts: Number,
      leaseOwner: String,
      createdAt: Date,
      endedAt: Date,
      outcome: String,
      replyCode: Number,
      messageId: String,
    },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
}
