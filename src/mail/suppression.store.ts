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
  /** when the last of them is no more counted */
  loggedUntil?: Date;
  /** exists only on a record that is a mere log of mails */
  expiresAt?: Date;
};

export type Suppress = {
  emailKey: string;
  scope: SuppressionScope;
  reason: SuppressionReason;
  network?: string;
};

export type Suppression = { scope: SuppressionScope; reason: SuppressionReason; at: Date };

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
/** The network behind an "it was not me" is asked for within a day, and forgotten after this. */
const NETWORK_DAYS = 7;

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
        // Nothing unasked goes to it any more, so nothing of it need be counted.
        { $unset: scope === 'all' ? ['expiresAt', 'unasked', 'loggedUntil'] : ['expiresAt'] },
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
    await lift({ ...byKey(emailKey), scope: 'updates' });
  }

  /** An operator's word, for what a bounce or a mistake suppressed; false when there is nothing to lift. */
  async function liftAll(emailKey: string): Promise<boolean> {
    return lift({ ...byKey(emailKey), scope: { $in: ['updates', 'all'] } });
  }

  /** What is left is a mere log, which goes when its last mail is no more counted. */
  async function lift(filter: object): Promise<boolean> {
    const { modifiedCount } = await collection.updateOne(
      filter,
      [
        { $set: { expiresAt: { $ifNull: ['$loggedUntil', new Date(0)] } } },
        { $unset: ['scope', 'reason', 'at', 'network'] },
      ],
      { writeConcern: { w: 'majority', journal: true } },
    );
    return modifiedCount === 1;
  }

  async function findSuppression(emailKey: string): Promise<Suppression | null> {
    const found = (await collection.findOne(byKey(emailKey))) as AddressRecord | null;
    if (!found?.scope || !found.reason || !found.at) return null;
    return { scope: found.scope, reason: found.reason, at: found.at };
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
    const loggedUntil = addMilliseconds(now, (MONTH_DAYS + 1) * DAY);
    await collection.updateOne(
      byKey(emailKey),
      [
        { $set: { unasked: kept } },
        {
          $set: {
            unasked: { $cond: [{ $or: [isKnown, isFull] }, '$unasked', added] },
            loggedUntil,
            expiresAt: { $cond: [{ $eq: [{ $type: '$scope' }, 'missing'] }, loggedUntil, '$$REMOVE'] },
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

  /** Logs whose time is over, and the networks of what was disowned long ago. */
  async function deleteExpired(now: Date): Promise<number> {
    await collection.updateMany(
      { network: { $gt: '' }, at: { $lte: addMilliseconds(now, -NETWORK_DAYS * DAY) } },
      { $unset: { network: 1 } },
    );
    return (await collection.deleteMany({ expiresAt: { $lte: now } })).deletedCount;
  }

  return {
    suppress,
    isSuppressed,
    findSuppression,
    liftUpdates,
    liftAll,
    allowUnasked,
    countNotMe,
    deleteExpired,
  };
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
      loggedUntil: Date,
      expiresAt: Date,
    },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
}
