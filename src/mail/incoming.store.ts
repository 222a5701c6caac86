import { type Connection, Schema } from 'mongoose';
import { insertOnce } from '../database/bulk-insert.ts';
import { addMilliseconds, DAY, MINUTE } from '../lib/clock.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import type { IncomingKind } from './incoming.ts';

/** `refused`: it claims to concern somebody, and nothing of ours bears it out. */
export type Concern = 'delivery' | 'person' | 'nobody' | 'refused';

/** One message that came, without a word of it: enough to know it again, and to list what came. */
export type IncomingRecord = {
  /** `c:` and a hash of what it says; `m:` a hash of its Message-ID, and `w:` of a webhook's signature, are mere marks */
  _id: string;
  /** of a mark: the record it belongs to */
  of?: string;
  kind?: IncomingKind;
  /** of an automatic reply, a loop or a bounce: which */
  detail?: string;
  code?: string;
  concern?: Concern;
  deliveryId?: string;
  at: Date;
  /** while it is being dealt with: who comes later waits */
  until?: Date;
  expiresAt: Date;
};

export const incomingIndexes: IndexDeclaration[] = [
  { collection: 'incoming', key: { expiresAt: 1 }, options: { name: 'expiresAt' } },
];

/** As long as an address of ours that bounces come to is believed. */
const KEPT_DAYS = 90;
/** Longer than dealing with one message takes. */
const HELD_MS = MINUTE;

const durable = { writeConcern: { w: 'majority', journal: true } } as const;

export function createIncomingStore(connection: Connection) {
  const { collection } = connection.model<IncomingRecord>('Incoming', incomingSchema(), 'incoming');
  const byId = (id: string) => ({ _id: id as never });

  const insert = (record: IncomingRecord) => insertOnce(collection, record);

  async function find(id: string): Promise<IncomingRecord | null> {
    return (await collection.findOne(byId(id))) as unknown as IncomingRecord | null;
  }

  /**
   * Who takes a message deals with it: `mine` once for each message, known by what it says and by its Message-ID.
   * `done`: it was dealt with before. `busy`: somebody is at it, or has stopped while at it; ask again in a minute.
   */
  async function take(
    message: { contentHash: string; idHash: string | undefined },
    record: Omit<IncomingRecord, '_id' | 'of' | 'until' | 'expiresAt'>,
  ): Promise<'mine' | 'done' | 'busy'> {
    const now = record.at;
    const _id = `c:${message.contentHash}`;
    const until = addMilliseconds(now, HELD_MS);
    const expiresAt = addMilliseconds(now, KEPT_DAYS * DAY);
    if (message.idHash) {
      const mark = { _id: `m:${message.idHash}`, of: _id, at: now, expiresAt };
      const isOther = !(await insert(mark)) && (await find(mark._id))?.of !== _id;
      if (isOther) return 'done';
    }
    if (await insert({ ...record, _id, until, expiresAt })) return 'mine';
    const { modifiedCount } = await collection.updateOne(
      { ...byId(_id), until: { $lte: now } },
      { $set: { until } },
      durable,
    );
    if (modifiedCount === 1) return 'mine';
    return (await find(_id))?.until ? 'busy' : 'done';
  }

  /** What was done with it stays done. */
  async function finish(contentHash: string): Promise<void> {
    await collection.updateOne(byId(`c:${contentHash}`), { $unset: { until: 1 } }, durable);
  }

  /** It could not be dealt with: whoever brings it again finds it free. */
  async function release(contentHash: string, now: Date): Promise<void> {
    await collection.updateOne(byId(`c:${contentHash}`), { $set: { until: now } }, durable);
  }

  /** False when this signature was used before. */
  async function takeSignature(hash: string, now: Date, keptMs: number): Promise<boolean> {
    return insert({ _id: `w:${hash}`, at: now, expiresAt: addMilliseconds(now, keptMs) });
  }

  async function releaseSignature(hash: string): Promise<void> {
    await collection.deleteOne(byId(`w:${hash}`), durable);
  }

  /** What came lately, the last first. */
  async function listLatest(limit: number): Promise<IncomingRecord[]> {
    const found = await collection
      .find({ _id: { $gte: 'c:', $lt: 'c;' } as never })
      .sort({ expiresAt: -1 })
      .limit(limit)
      .toArray();
    return found as unknown as IncomingRecord[];
  }

  async function deleteExpired(now: Date): Promise<number> {
    return (await collection.deleteMany({ expiresAt: { $lte: now } })).deletedCount;
  }

  return { take, finish, release, takeSignature, releaseSignature, listLatest, deleteExpired };
}
export type IncomingStore = ReturnType<typeof createIncomingStore>;

function incomingSchema(): Schema<IncomingRecord> {
  return new Schema<IncomingRecord>(
    {
      _id: String,
      of: String,
      kind: String,
      detail: String,
      code: String,
      concern: String,
      deliveryId: String,
      at: Date,
      until: Date,
      expiresAt: Date,
    },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
}
