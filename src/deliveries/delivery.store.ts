import type { Connection, QueryFilter, UpdateQuery } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { addMilliseconds, SKEW_MS } from '../lib/clock.ts';
import { isDuplicateKey } from '../lib/duplicate-key.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { canMove, DELIVERY_KINDS, type Delivery, type DeliveryState, type IncomingNote } from './delivery.ts';
import { openDeliveries } from './delivery-schema.store.ts';

export const deliveryIndexes: IndexDeclaration[] = [
  { collection: 'deliveries', key: { state: 1, plannedAt: 1 }, options: { name: 'state_plannedAt' } },
  { collection: 'deliveries', key: { petitionId: 1, officeId: 1, n: 1 }, options: { name: 'pair' } },
  { collection: 'deliveries', key: { token: 1 }, options: { name: 'token' } },
  { collection: 'deliveries', key: { 'quotes.ref': 1 }, options: { name: 'quotes_ref' } },
  { collection: 'deliveries', key: { messageId: 1 }, options: { name: 'messageId', sparse: true } },
  {
    collection: 'deliveries',
    key: { officeId: 1, kind: 1, state: 1, petitionId: 1, approvedAt: 1 },
    options: { name: 'office_queue' },
    replaces: 'queue',
  },
  {
    collection: 'deliveries',
    key: { officeId: 1, petitionId: 1, releasedAt: 1 },
    options: { name: 'served' },
  },
  // One delivery in each slot, whoever releases it.
  { collection: 'deliveries', key: { slot: 1 }, options: { name: 'slot', unique: true, sparse: true } },
];

export type DeliveryScope = Partial<Pick<Delivery, '_id' | 'officeId' | 'petitionId' | 'kind'>>;
/** Where somebody's words have been. */
export type SentTo = { officeId: string; at?: Date };

const NOTES_KEPT = 50;
/** Lists leave the bytes where they are. */
const WITHOUT_BYTES = { sealed: 0, sealedQuotes: 0 } as const;

export function createDeliveryStore(connection: Connection) {
  const deliveries = openDeliveries(connection);
  const many = async (filter: QueryFilter<Delivery>) =>
    deliveries.find(filter, WITHOUT_BYTES).sort({ plannedAt: 1, _id: 1 }).lean<Delivery[]>();

  /** False when somebody else planned the same one first. */
  const insertPlanned = (delivery: Delivery) => insertOnce(deliveries, delivery);

  const findDelivery = async (id: string) => deliveries.findOne({ _id: id }).lean<Delivery>();

  /** By the opaque part of its sender's address; without its bytes. */
  const findByToken = async (token: string) => deliveries.findOne({ token }, WITHOUT_BYTES).lean<Delivery>();

  /** What came back about it, in any state; false when it stands there already. */
  async function addNote(id: string, note: IncomingNote): Promise<boolean> {
    // Sent once more while the clock was ahead: what comes from now on is about that copy.
    const ahead = { _id: id, againAt: { $gt: addMilliseconds(note.at, SKEW_MS) } };
    await deliveries.updateOne(ahead, { $set: { againAt: note.at } });
    const { modifiedCount } = await deliveries.updateOne(
      { _id: id, 'incoming.id': { $ne: note.id } },
      { $push: { incoming: { $each: [note], $slice: -NOTES_KEPT } } },
    );
    return modifiedCount === 1;
  }

  const listDigests = (petitionId: string, officeId: string) =>
    many({ petitionId, officeId, kind: 'digest' });
  /** Those in one of these states, of a scope or of all. */
  const listByState = (states: readonly DeliveryState[], scope: DeliveryScope = {}) =>
    many({ ...scope, state: { $in: [...states] } });
  /** How many are in this state, and since when the oldest is planned. */
  async function findOldestIn(state: DeliveryState): Promise<{ count: number; since?: Date }> {
    const [count, oldest] = await Promise.all([
      deliveries.countDocuments({ state }),
      deliveries.findOne({ state }, { plannedAt: 1 }).sort({ plannedAt: 1 }).lean<Delivery>(),
    ]);
    return { count, ...(oldest && { since: oldest.plannedAt }) };
  }
  const listAll = () => many({});
  /** A page of them, the last planned first, and how many there are. `page` begins with 1. */
  async function listPage(
    filter: Pick<DeliveryScope, 'officeId' | 'petitionId'> & { state?: DeliveryState },
    { page, size }: { page: number; size: number },
  ): Promise<{ deliveries: Delivery[]; count: number }> {
    const [found, all] = await Promise.all([
      deliveries
        .find(filter, WITHOUT_BYTES)
        .sort({ plannedAt: -1, _id: -1 })
        .skip((page - 1) * size)
        .limit(size)
        .lean<Delivery[]>(),
      deliveries.countDocuments(filter),
    ]);
    return { deliveries: found, count: all };
  }

  /**
   * Compare and set; false when it is no more in that state, or in that release, or when another has its slot.
   * @throws on a move that is not allowed
   */
  async function move(
    delivery: Pick<Delivery, '_id' | 'state' | 'releases'>,
    to: DeliveryState,
    fields: Partial<Omit<Delivery, '_id' | 'state'>> = {},
    absent: readonly (keyof Delivery)[] = [],
  ): Promise<boolean> {
    const { _id, state, releases } = delivery;
    if (!canMove(state, to)) throw new Error(`a delivery does not go from ${state} to ${to}`);
    const $unset = Object.fromEntries(absent.map((field) => [field, 1]));
    return changeOne({ _id, state, releases }, { $set: { ...fields, state: to }, $unset });
  }

  /** False when nothing matches, or the slot that it would take is another's. */
  async function changeOne(filter: QueryFilter<Delivery>, change: UpdateQuery<Delivery>): Promise<boolean> {
    try {
      return (await deliveries.updateOne(filter, change)).matchedCount === 1;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** A released one that was kept waiting goes out in another slot than its own. */
  const changeSlot = ({ _id, slot }: Pick<Delivery, '_id' | 'slot'>, next: string) =>
    changeOne({ _id, state: 'released', slot: slot ?? null }, { $set: { slot: next } });

  const isSlotTaken = async (slot: string) => (await deliveries.exists({ slot })) !== null;

  /** Whose turn it is among a petition's approved ones: digests first, then in the order of approval. */
  async function findNextApproved(officeId: string, petitionId: string): Promise<Delivery | null> {
    for (const kind of DELIVERY_KINDS) {
      const next = await deliveries
        .findOne({ officeId, kind, state: 'approved', petitionId })
        .sort({ approvedAt: 1, _id: 1 })
        .lean<Delivery>();
      if (next) return next;
    }
    return null;
  }

  async function findLastReleased(
    officeId: string,
    petitionId: string,
    now: Date,
  ): Promise<Date | undefined> {
    const last = await deliveries
      .findOne(
        { officeId, petitionId, releasedAt: { $gt: new Date(0), $lte: addMilliseconds(now, SKEW_MS) } },
        { releasedAt: 1 },
      )
      .sort({ releasedAt: -1 })
      .lean<Delivery>();
    return last?.releasedAt;
  }

  /** Letters that went to an office, or may have. State by state, as a set of them makes the local database scan. */
  async function countLetters(officeId: string): Promise<number> {
    const counts = (['released', 'sent', 'unknown', 'failed', 'bounced'] as const).map((state) =>
      deliveries.countDocuments({ officeId, kind: 'letter', state }),
    );
    return (await Promise.all(counts)).reduce((sum, one) => sum + one, 0);
  }

  /** Digests that went, or are about to go, to an office since then. */
  const countDigests = async (officeId: string, since: Date, now: Date): Promise<number> =>
    deliveries.countDocuments({
      officeId,
      kind: 'digest',
      $or: [
        { state: { $in: ['approved', 'released', 'unknown'] } },
        { state: 'sent', endedAt: { $gt: since, $lte: addMilliseconds(now, SKEW_MS) } },
      ],
    });

  /** The first message that an office was sent on a petition: the root of the thread. */
  async function findRootMessageId(petitionId: string, officeId: string): Promise<string | undefined> {
    const first = await deliveries
      .findOne({ petitionId, officeId, state: 'sent' }, { messageId: 1 })
      .sort({ endedAt: 1 })
      .lean<Delivery>();
    return first?.messageId;
  }

  /** Refs of everybody whose words are on their way to the office, or were sent there. */
  async function listQuotedRefs(officeId: string): Promise<Set<string>> {
    const found = await deliveries
      .find(
        { officeId, state: { $in: ['planned', 'approved', 'released', 'sent', 'unknown'] } },
        { quotes: 1 },
      )
      .lean<Delivery[]>();
    return new Set(found.flatMap(({ quotes }) => quotes.map(({ ref }) => ref)));
  }

  /** Offices that have somebody's words, or may have: what is in doubt counts as sent. */
  async function listSentTo(ref: string): Promise<SentTo[]> {
    const found = await deliveries
      .find({ 'quotes.ref': ref, state: { $in: ['sent', 'unknown'] } }, { officeId: 1, endedAt: 1 })
      .lean<Delivery[]>();
    return found.map(({ officeId, endedAt }) => ({ officeId, ...(endedAt && { at: endedAt }) }));
  }

  /** Letters of these writers, whatever became of them. */
  async function listLettersOf(refs: readonly string[]): Promise<string[]> {
    const found = await deliveries
      .find({ 'quotes.ref': { $in: [...refs] }, kind: 'letter' }, { _id: 1 })
      .lean<Pick<Delivery, '_id'>[]>();
    return found.map(({ _id }) => _id);
  }

  return {
    insertPlanned,
    findDelivery,
    findByToken,
    addNote,
    listDigests,
    listByState,
    listAll,
    findOldestIn,
    listPage,
    move,
    changeSlot,
    isSlotTaken,
    findNextApproved,
    findLastReleased,
    findRootMessageId,
    countLetters,
    countDigests,
    listQuotedRefs,
    listSentTo,
    listLettersOf,
  };
}
export type DeliveryStore = ReturnType<typeof createDeliveryStore>;
