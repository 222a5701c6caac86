import { createHash } from 'node:crypto';
import { type Connection, Schema } from 'mongoose';
import { addMilliseconds, DAY } from '../lib/clock.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import type { SuppressionReason, SuppressionScope } from './mail.ts';

/** What is kept of one address: how far it is suppressed and why, and when it was last mailed unasked. */
type AddressRecord = {
  _id: string;
  scope?: SuppressionScope;
  reason?: SuppressionReason;
  at?: Date;
  /** keyed hash of the network whose post was disowned */
  network?: string;
  unasked?: { at: Date; id: string }[];
  /** exists only on a record that is a mere log of mails */
  expiresAt?: Date;
};

export type Suppress = {
  emailKey: string;
  scope: SuppressionScope;
  reason: SuppressionReason;
  network?: string;
};

export const suppressionIndexes: IndexDeclaration[] = [
  {
    collection: 'suppressions',
    key: { network: 1 },
    options: { name: 'network', sparse: true },
  },
  {
    collection: 'suppressions',
    key: { expiresAt: 1 },
    options: { name: 'expiresAt', sparse: true },
  },
];

/** Unasked mail an address may get over all petitions, whoever posts it (law 17). */
const PER_DAY = 3;
const PER_MONTH = 8;
const MONTH_DAYS = 30;

export function createSuppressionStore(connection: Connection) {
  const { collection } = connection.model<AddressRecord>('Suppression', suppressionSchema(), 'suppressions');
  const byKey = (emailKey: string) => ({ _id: emailKey as never });

  /** `all` is final and is not lowered to `updates`. */
  async function suppress({ emailKey, scope, reason, network }: Suppress, now: Date): Promise<void> {
    const isStronger = scope === 'all' ? true : { $ne: ['$scope', 'all'] };
    const set = (field: string, value: unknown) => ({
      $cond: [isStronger, { $literal: value }, `$${field}`],
    });
    await collection.updateOne(
      byKey(emailKey),
      [
        {
          $set: {
            reason: set('reason', reason),
            at: set('at', now),
            scope: set('scope', scope),
            ...(network && { network: { $literal: network } }),
          },
        },
        { $unset: ['expiresAt'] },
      ],
      { upsert: true, writeConcern: { w: 'majority', journal: true } },
    );
  }

  async function isSuppressed(emailKey: string, scope: SuppressionScope): Promise<boolean> {
    const found = await collection.findOne(byKey(emailKey), { projection: { scope: 1 } });
    return found?.scope === 'all' || (scope === 'updates' && found?.scope === 'updates');
  }

  /** Undoes an unsubscribe, and nothing stronger. */
  async function liftUpdates(emailKey: string): Promise<void> {
    await collection.updateOne(
      { ...byKey(emailKey), scope: 'updates' },
      { $unset: { scope: 1, reason: 1, at: 1 } },
    );
  }

  /**
   * Whether one more unasked mail may go to the address, counting it if so.
   * Asking again for the same mail (`id`) answers the same and counts nothing.
   */
  async function allowUnasked(emailKey: string, id: string, now: Date): Promise<boolean> {
    const mail = createHash('sha256').update(id).digest('base64url').slice(0, 11);
    const kept = {
      $filter: {
        input: { $ifNull: ['$unasked', []] },
        cond: { $gt: ['$$this.at', addMilliseconds(now, -MONTH_DAYS * DAY)] },
      },
    };
    const today = {
      $size: { $filter: { input: '$unasked', cond: { $gt: ['$$this.at', addMilliseconds(now, -DAY)] } } },
    };
    const isKnown = { $in: [mail, { $map: { input: '$unasked', in: '$$this.id' } }] };
    const isFull = { $or: [{ $gte: [today, PER_DAY] }, { $gte: [{ $size: '$unasked' }, PER_MONTH] }] };
    const added = { $concatArrays: ['$unasked', [{ at: now, id: mail }]] };
    const expiresAt = addMilliseconds(now, (MONTH_DAYS + 1) * DAY);
    await collection.updateOne(
      byKey(emailKey),
      [
        { $set: { unasked: kept } },
        {
          $set: {
            unasked: { $cond: [{ $or: [isKnown, isFull] }, '$unasked', added] },
            expiresAt: { $cond: [{ $eq: [{ $type: '$scope' }, 'missing'] }, expiresAt, '$$REMOVE'] },
          },
        },
      ],
      { upsert: true },
    );
    const found = (await collection.findOne(byKey(emailKey), {
      projection: { unasked: 1 },
    })) as AddressRecord | null;
    // Read apart: under contention SecantusDB answers findOneAndUpdate with an older image. The list only grows, so it cannot mislead.
    return found?.unasked?.some(({ id: known }) => known === mail) === true;
  }

  /** How many "it was not me" answered what one network posted. */
  async function countNotMe(network: string, since: Date): Promise<number> {
    return collection.countDocuments({ network, at: { $gt: since } });
  }

  async function deleteExpired(now: Date): Promise<number> {
    return (await collection.deleteMany({ expiresAt: { $lte: now } })).deletedCount;
  }

  return { suppress, isSuppressed, liftUpdates, allowUnasked, countNotMe, deleteExpired };
}
export type SuppressionStore = ReturnType<typeof createSuppressionStore>;

function suppressionSchema(): Schema<AddressRecord> {
  return new Schema<AddressRecord>(
    {
      _id: String,
      scope: String,
      reason: String,
      at: Date,
      network: String,
      unasked: [{ _id: false, at: Date, id: String }],
      expiresAt: Date,
    },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
}
