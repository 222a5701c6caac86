import type { Connection, Model, QueryFilter } from 'mongoose';
import { date, maybeOneOf, openModel, part, text } from '../database/model.ts';
import { updateByPipeline, updateManyByPipeline } from '../database/pipeline.ts';
import { addMilliseconds, DAY, SKEW_MS } from '../lib/clock.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { createGone, GONE_DAYS, latestRest } from './gone.store.ts';
import {
  type Hold,
  SUPPRESSION_REASONS,
  SUPPRESSION_SCOPES,
  type SuppressionReason,
  type SuppressionScope,
} from './mail.ts';
import { createNewsLimit } from './news-limit.store.ts';
import { createUnaskedLimit } from './unasked.store.ts';

type Unasked = { at: Date; id: string; about?: string };

/** What is kept of one address: how far it is suppressed and why, and when it was last mailed unasked. */
export type AddressRecord = {
  _id: string;
  scope?: SuppressionScope;
  reason?: SuppressionReason;
  at?: Date;
  /** keyed hash of the network whose post was disowned */
  network?: string;
  /** when its server said that there is no such address; each time counts only after the rest that followed the last */
  gone?: Date[];
  /** nothing is sent to the address before this time */
  restsUntil?: Date;
  /** `about` is the subject of the mail: several mails about the same within minutes count as one */
  unasked?: Unasked[];
  /** when the last update went, and which one it was */
  newsAt?: Date;
  newsId?: string;
  /** when the last of these is no more counted */
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

/** `restsUntil`: it is held back no longer than that. */
export type Suppression = { scope: SuppressionScope; reason: SuppressionReason; at: Date; restsUntil?: Date };

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

/** The network behind an "it was not me" is asked for within a day, and forgotten after this. */
const NETWORK_DAYS = 7;

/** Suppressed in any scope, or resting. */
const isHeldBack: QueryFilter<AddressRecord> = {
  $or: [{ scope: { $in: ['updates', 'all'] } }, { restsUntil: { $gt: new Date(0) } }],
};
const daysFrom = (now: Date, days: number) => addMilliseconds(now, days * DAY);

export function createSuppressionStore(connection: Connection) {
  const addresses = openAddresses(connection);
  const noteGone = createGone(addresses);

  /** `all` is final and is not lowered to `updates`. */
  async function suppress({ emailKey, scope, reason, network }: Suppress, now: Date): Promise<void> {
    const isStronger = scope === 'all' ? true : { $ne: ['$scope', 'all'] };
    const set = (field: string, value: unknown) => ({
      $cond: [isStronger, { $literal: value }, `$${field}`],
    });
    await updateByPipeline(
      addresses,
      { _id: emailKey },
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
        {
          $unset:
            scope === 'all'
              ? ['expiresAt', 'unasked', 'newsAt', 'newsId', 'loggedUntil', 'gone', 'restsUntil']
              : ['expiresAt'],
        },
      ],
      { upsert: true },
    );
  }

  /** What is said of an address: by its owner, which holds at once, or by its server, which may be mistaken. */
  async function heed(said: Suppress, now: Date): Promise<void> {
    if (said.reason === 'no-such-address') await noteGone(said.emailKey, now);
    else await suppress(said, now);
  }

  /** Why no mail of that scope may go there now: for good, or until its rest is over. */
  async function findHold(emailKey: string, scope: SuppressionScope, now: Date): Promise<Hold | undefined> {
    const found = await addresses
      .findOne({ _id: emailKey }, { scope: 1, restsUntil: 1 })
      .lean<AddressRecord>();
    if (found?.scope === 'all' || (scope === 'updates' && found?.scope === 'updates')) return 'suppressed';
    const { restsUntil } = found ?? {};
    return restsUntil && now < restsUntil && restsUntil <= latestRest(now) ? restsUntil : undefined;
  }

  /** Whether anything was ever said against it that is neither lifted nor forgotten, a rest that is over included. */
  async function isSuppressed(emailKey: string, scope: SuppressionScope): Promise<boolean> {
    const scopes: SuppressionScope[] = scope === 'all' ? ['all'] : ['updates', 'all'];
    const said: QueryFilter<AddressRecord> = {
      $or: [{ scope: { $in: scopes } }, { restsUntil: { $gt: new Date(0) } }],
    };
    return (await addresses.exists({ _id: emailKey, ...said })) !== null;
  }

  /** Of these, those to whom no news may go, for good or for now. */
  async function listSuppressed(emailKeys: readonly string[]): Promise<ReadonlySet<string>> {
    const held = { $or: [{ scope: { $in: ['updates', 'all'] } }, { restsUntil: { $gt: new Date(0) } }] };
    const found = await addresses
      .find({ _id: { $in: [...emailKeys] }, ...(held as QueryFilter<AddressRecord>) }, { _id: 1 })
      .lean<{ _id: string }[]>();
    return new Set(found.map(({ _id }) => _id));
  }

  /** Its owner's word, or an operator's for what a bounce or a mistake suppressed; false when there is nothing to lift. */
  async function liftAll(emailKey: string): Promise<boolean> {
    return (await lift({ _id: emailKey, ...isHeldBack })) === 1;
  }

  /** What is left is a mere log, which goes when its last mail is no more counted. */
  async function lift(filter: QueryFilter<AddressRecord>): Promise<number> {
    const { modifiedCount } = await updateManyByPipeline(addresses, filter, [
      { $set: { expiresAt: { $ifNull: ['$loggedUntil', new Date(0)] } } },
      { $unset: ['scope', 'reason', 'at', 'network', 'gone', 'restsUntil'] },
    ]);
    return modifiedCount;
  }

  /** A mistaken server's words since then are taken back: nobody rests or is gone by them. Answers of how many addresses. */
  async function liftGone(since: Date): Promise<number> {
    const final = await lift({ scope: 'all', reason: 'no-such-address', at: { $gte: since } });
    const { modifiedCount } = await updateManyByPipeline(
      addresses,
      { scope: { $ne: 'all' }, gone: { $gte: since } },
      [
        { $set: { gone: { $filter: { input: '$gone', cond: { $lt: ['$$this', since] } } } } },
        { $unset: ['restsUntil'] },
      ],
    );
    return final + modifiedCount;
  }

  /** "Not me" or a complaint, after which its owner has acted here: mail may come but for updates. */
  async function lowerToUpdates(emailKey: string, now: Date): Promise<void> {
    await addresses.updateOne(
      { _id: emailKey, scope: 'all' },
      { $set: { scope: 'updates', reason: 'unsubscribed', at: now }, $unset: { network: 1 } },
    );
  }

  async function findSuppression(emailKey: string): Promise<Suppression | null> {
    const found = await addresses.findOne({ _id: emailKey }).lean<AddressRecord>();
    const rest = found?.restsUntil && { restsUntil: found.restsUntil };
    if (found?.scope && found.reason && found.at)
      return { scope: found.scope, reason: found.reason, at: found.at, ...rest };
    const at = found?.gone?.at(-1);
    return rest && at ? { scope: 'all', reason: 'no-such-address', at, ...rest } : null;
  }

  /** How many "it was not me" answered what one network posted. */
  async function countNotMe(network: string, since: Date, now: Date): Promise<number> {
    return addresses.countDocuments({ network, at: { $gt: since, $lte: addMilliseconds(now, SKEW_MS) } });
  }

  /** Logs whose time is over, and the networks of what was disowned long ago. */
  async function deleteExpired(now: Date): Promise<number> {
    await addresses.updateMany(
      {
        network: { $gt: '' },
        $or: [
          { at: { $lte: addMilliseconds(now, -NETWORK_DAYS * DAY) } },
          { at: { $gt: addMilliseconds(now, SKEW_MS) } },
        ],
      },
      { $unset: { network: 1 } },
    );
    const latest = daysFrom(now, GONE_DAYS + 1);
    await addresses.updateMany({ expiresAt: { $gt: latest } }, { $set: { expiresAt: latest } });
    return (await addresses.deleteMany({ expiresAt: { $lte: now } })).deletedCount;
  }

  return {
    suppress,
    heed,
    isSuppressed,
    listSuppressed,
    findHold,
    findSuppression,
    liftAll,
    liftGone,
    lowerToUpdates,
    allowUnasked: createUnaskedLimit(addresses),
    allowNews: createNewsLimit(addresses),
    countNotMe,
    deleteExpired,
  };
}
export type SuppressionStore = ReturnType<typeof createSuppressionStore>;

export type Addresses = Model<AddressRecord>;

function openAddresses(connection: Connection): Addresses {
  return openModel<AddressRecord>(connection, 'suppressions', {
    _id: text,
    scope: maybeOneOf(SUPPRESSION_SCOPES),
    reason: maybeOneOf(SUPPRESSION_REASONS),
    at: Date,
    network: String,
    gone: [Date],
    restsUntil: Date,
    unasked: [part<Unasked>({ at: date, id: text, about: String })],
    newsAt: Date,
    newsId: String,
    loggedUntil: Date,
    expiresAt: Date,
  });
}
