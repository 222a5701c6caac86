import type { Connection } from 'mongoose';
import { insertOnce } from '../../database/insert.ts';
import { date, maybeOneOf, openModel, text } from '../../database/model.ts';
import { addMilliseconds, DAY, MINUTE, SKEW_MS } from '../../lib/clock.ts';
import type { IndexDeclaration } from '../../lib/indexes.ts';
import { CONCERNS, type Concern } from './concern.ts';
import type { IncomingKind } from './incoming.ts';

const RECORD_KINDS = Object.keys({
  bounce: true,
  complaint: true,
  'auto-reply': true,
  loop: true,
  reply: true,
  unknown: true,
  unread: true,
} satisfies Record<RecordKind, true>);

/** `unread`: it could not be read in time. */
export type RecordKind = IncomingKind | 'unread';

/** One message that came, without a word of it: enough to know it again, and to list what came. */
export type IncomingRecord = {
  /** `c:` and a hash of what it says; `m:` a hash of its Message-ID, and `w:` of a webhook's signature, are mere marks */
  _id: string;
  /** of a mark: the record it belongs to */
  of?: string;
  kind?: RecordKind;
  /** of an automatic reply, a loop or a bounce: which */
  detail?: string;
  code?: string;
  concern?: Concern;
  deliveryId?: string;
  /** another with the same Message-ID came before it, and says something else */
  isAgain?: true;
  /** the answer that an organiser made of it */
  answerId?: string;
  at: Date;
  /** while it is being dealt with: who comes later waits */
  until?: Date;
  expiresAt: Date;
};

export const incomingIndexes: IndexDeclaration[] = [
  { collection: 'incoming', key: { expiresAt: 1 }, options: { name: 'expiresAt' } },
  { collection: 'incoming', key: { at: -1 }, options: { name: 'at' } },
];

/** What a program wrote: as long as an address of ours that bounces come to is believed. */
const KEPT_DAYS = 90;
/** What a person may have written to us, and what nobody could read; an office's answer is kept with the answers. */
const WRITTEN_DAYS = 365;
/** Longer than dealing with one message takes. */
const HELD_MS = MINUTE;

export function createIncomingStore(connection: Connection) {
  const records = openModel<IncomingRecord>(connection, 'incoming', {
    _id: text,
    of: String,
    kind: maybeOneOf(RECORD_KINDS),
    detail: String,
    code: String,
    concern: maybeOneOf(CONCERNS),
    deliveryId: String,
    isAgain: Boolean,
    answerId: String,
    at: date,
    until: Date,
    expiresAt: date,
  });

  const insert = (record: IncomingRecord) => insertOnce(records, record);

  const find = async (id: string) => records.findOne({ _id: id }).lean<IncomingRecord>();

  /**
   * Who takes a message deals with it: `mine` once for each message, known by what it says and by its Message-ID.
   * `done`: it was dealt with before. `again`: another with the same Message-ID was, so this one is only kept; finish it.
   * `busy`: somebody is at it, or has stopped while at it; ask again in a minute.
   */
  async function take(
    message: { contentHash: string; idHash: string | undefined },
    record: Omit<IncomingRecord, '_id' | 'of' | 'until' | 'expiresAt'>,
  ): Promise<'mine' | 'again' | 'done' | 'busy'> {
    const now = record.at;
    const _id = `c:${message.contentHash}`;
    const until = addMilliseconds(now, HELD_MS);
    const expiresAt = keptUntil(record);
    const isNew = await insert({ ...record, _id, until, expiresAt });
    if (!isNew && !(await takeOver(_id, now, until))) return (await find(_id))?.until ? 'busy' : 'done';
    if (!message.idHash) return 'mine';
    const mark = { _id: `m:${message.idHash}`, of: _id, at: now, expiresAt };
    if (await insert(mark)) return 'mine';
    const { of = _id } = (await find(mark._id)) ?? {};
    if (of === _id || !(await find(of))) return 'mine';
    await records.updateOne({ _id }, { $set: { isAgain: true } });
    return 'again';
  }

  /** From somebody who has stopped while at it. */
  async function takeOver(id: string, now: Date, until: Date): Promise<boolean> {
    // No process holds a message for so long: a clock that was ahead has written this time.
    const ahead = { until: { $gt: addMilliseconds(now, HELD_MS + SKEW_MS) } };
    const free = { _id: id, $or: [{ until: { $lte: now } }, ahead] };
    return (await records.updateOne(free, { $set: { until } })).modifiedCount === 1;
  }

  /** What was done with it stays done. */
  async function finish(contentHash: string): Promise<void> {
    await records.updateOne({ _id: `c:${contentHash}` }, { $unset: { until: 1 } });
  }

  /** It could not be dealt with: whoever brings it again finds it free. */
  async function release(contentHash: string, now: Date): Promise<void> {
    await records.updateOne({ _id: `c:${contentHash}` }, { $set: { until: now } });
  }

  /** The one whose id begins so; null when there is none, or more than one. */
  async function findRecord(beginning: string): Promise<IncomingRecord | null> {
    const range = { $gte: `c:${beginning}`, $lt: `c:${beginning}g` };
    const [found, second] = await records.find({ _id: range }).limit(2).lean<IncomingRecord[]>();
    return found && !second ? found : null;
  }

  /** Of everything that came back about these deliveries. */
  async function listIdsOf(deliveryIds: readonly string[]): Promise<string[]> {
    if (deliveryIds.length === 0) return [];
    const found = await records
      .find({ deliveryId: { $in: [...deliveryIds] } }, { _id: 1 })
      .lean<IncomingRecord[]>();
    return found.map(({ _id }) => _id);
  }

  /** An organiser made this answer of it. */
  async function markAnswered(id: string, answerId: string): Promise<void> {
    await records.updateOne({ _id: id }, { $set: { answerId } });
  }

  /** False when this signature was used before. */
  async function takeSignature(hash: string, now: Date, keptMs: number): Promise<boolean> {
    return insert({ _id: `w:${hash}`, at: now, expiresAt: addMilliseconds(now, keptMs) });
  }

  async function releaseSignature(hash: string): Promise<void> {
    await records.deleteOne({ _id: `w:${hash}` });
  }

  /** What came lately, the last first. */
  const listLatest = async (limit: number) =>
    records
      .find({ _id: { $gte: 'c:', $lt: 'c;' } })
      .sort({ at: -1 })
      .limit(limit)
      .lean<IncomingRecord[]>();

  async function deleteExpired(now: Date): Promise<number> {
    const latest = addMilliseconds(now, (WRITTEN_DAYS + 1) * DAY);
    await records.updateMany({ expiresAt: { $gt: latest } }, { $set: { expiresAt: latest } });
    return (await records.deleteMany({ expiresAt: { $lte: now } })).deletedCount;
  }

  return {
    take,
    finish,
    release,
    findRecord,
    listIdsOf,
    markAnswered,
    takeSignature,
    releaseSignature,
    listLatest,
    deleteExpired,
  };
}
export type IncomingStore = ReturnType<typeof createIncomingStore>;

/** The record and the message itself go on one day. */
export function keptUntil({ kind, concern, at }: Pick<IncomingRecord, 'kind' | 'concern' | 'at'>): Date {
  const isProgram = kind === 'bounce' || kind === 'complaint' || kind === 'auto-reply' || kind === 'loop';
  const isAnswer = kind === 'reply' && concern === 'delivery';
  return addMilliseconds(at, (isProgram || isAnswer ? KEPT_DAYS : WRITTEN_DAYS) * DAY);
}
