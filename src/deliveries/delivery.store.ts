import { type Connection, Schema } from 'mongoose';
import { insertOnce } from '../database/bulk-insert.ts';
import { isDuplicateKey } from '../lib/duplicate-key.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import {
  canMove,
  type Delivery,
  type DeliveryKind,
  type DeliveryState,
  type IncomingNote,
} from './delivery.ts';

export const deliveryIndexes: IndexDeclaration[] = [
  { collection: 'deliveries', key: { state: 1, plannedAt: 1 }, options: { name: 'state_plannedAt' } },
  { collection: 'deliveries', key: { petitionId: 1, officeId: 1, n: 1 }, options: { name: 'pair' } },
  { collection: 'deliveries', key: { token: 1 }, options: { name: 'token' } },
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

const NOTES_KEPT = 50;
const durable = { writeConcern: { w: 'majority', journal: true } } as const;
/** Lists leave the bytes where they are. */
const WITHOUT_BYTES = { projection: { sealed: 0, sealedQuotes: 0 } } as const;

export function createDeliveryStore(connection: Connection) {
  const { collection } = connection.model<Delivery>('Delivery', deliverySchema(), 'deliveries');
  const many = async (filter: Record<string, unknown>) =>
    (await collection
      .find(filter as never, WITHOUT_BYTES)
      .sort({ plannedAt: 1, _id: 1 })
      .toArray()) as unknown as Delivery[];

  /** False when somebody else planned the same one first. */
  const insertPlanned = (delivery: Delivery) => insertOnce(collection, delivery);

  async function findDelivery(id: string): Promise<Delivery | null> {
    return (await collection.findOne(
      { _id: id as never },
      { promoteBuffers: true },
    )) as unknown as Delivery | null;
  }

  /** By the opaque part of its sender's address; without its bytes. */
  async function findByToken(token: string): Promise<Delivery | null> {
    return (await collection.findOne({ token }, WITHOUT_BYTES)) as unknown as Delivery | null;
  }

  /** What came back about it, in any state; false when it stands there already. */
  async function addNote(id: string, note: IncomingNote): Promise<boolean> {
    const { modifiedCount } = await collection.updateOne(
      { _id: id as never, 'incoming.id': { $ne: note.id } },
      { $push: { incoming: { $each: [note], $slice: -NOTES_KEPT } } } as never,
      durable,
    );
    return modifiedCount === 1;
  }

  const listDigests = (petitionId: string, officeId: string) =>
    many({ petitionId, officeId, kind: 'digest' });
  /** Those in one of these states, of a scope or of all. */
  const listByState = (states: readonly DeliveryState[], scope: DeliveryScope = {}) =>
    many({ ...scope, state: { $in: [...states] } });
  const listAll = () => many({});
  /** A page of them, the last planned first, and how many there are. `page` begins with 1. */
  async function listPage(
    filter: Pick<DeliveryScope, 'officeId' | 'petitionId'> & { state?: DeliveryState },
    { page, size }: { page: number; size: number },
  ): Promise<{ deliveries: Delivery[]; count: number }> {
    const [deliveries, count] = await Promise.all([
      collection
        .find(filter as never, WITHOUT_BYTES)
        .sort({ plannedAt: -1, _id: -1 })
        .skip((page - 1) * size)
        .limit(size)
        .toArray(),
      collection.countDocuments(filter as never),
    ]);
    return { deliveries: deliveries as unknown as Delivery[], count };
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
    const change = {
      $set: { ...fields, state: to },
      ...(absent.length > 0 && { $unset: Object.fromEntries(absent.map((field) => [field, 1])) }),
    };
    return changeOne({ _id, state, releases }, change);
  }

  /** False when nothing matches, or the slot that it would take is another's. */
  async function changeOne(filter: object, change: object): Promise<boolean> {
    try {
      const { matchedCount } = await collection.updateOne(filter as never, change as never, durable);
      return matchedCount === 1;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** A released one that was kept waiting goes out in another slot than its own. */
  const changeSlot = ({ _id, slot }: Pick<Delivery, '_id' | 'slot'>, next: string) =>
    changeOne({ _id, state: 'released', slot }, { $set: { slot: next } });

  const isSlotTaken = async (slot: string) =>
    (await collection.findOne({ slot }, { projection: { _id: 1 } })) !== null;

  /** Whose turn it is among a petition's approved ones: digests first, then in the order of approval. */
  async function findNextApproved(officeId: string, petitionId: string): Promise<Delivery | null> {
    for (const kind of ['digest', 'letter'] satisfies DeliveryKind[]) {
      const [next] = await collection
        .find({ officeId, kind, state: 'approved', petitionId })
        .sort({ approvedAt: 1, _id: 1 })
        .limit(1)
        .toArray();
      if (next) return next as unknown as Delivery;
    }
    return null;
  }

  async function findLastReleased(officeId: string, petitionId: string): Promise<Date | undefined> {
    const [last] = (await collection
      .find({ officeId, petitionId, releasedAt: { $gt: new Date(0) } }, { projection: { releasedAt: 1 } })
      .sort({ releasedAt: -1 })
      .limit(1)
      .toArray()) as unknown as Pick<Delivery, 'releasedAt'>[];
    return last?.releasedAt;
  }

  /** Letters that went to an office, or may have. State by state, as a set of them makes the local database scan. */
  async function countLetters(officeId: string): Promise<number> {
    const counts = (['released', 'sent', 'unknown', 'failed', 'bounced'] as const).map((state) =>
      collection.countDocuments({ officeId, kind: 'letter', state }),
    );
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }

  /** Digests that went, or are about to go, to an office since then. */
  const countDigests = (officeId: string, since: Date) =>
    collection.countDocuments({
      officeId,
      kind: 'digest',
      $or: [
        { state: { $in: ['approved', 'released', 'unknown'] } },
        { state: 'sent', endedAt: { $gt: since } },
      ],
    });

  /** The first message that an office was sent on a petition: the root of the thread. */
  async function findRootMessageId(petitionId: string, officeId: string): Promise<string | undefined> {
    const [first] = (await collection
      .find({ petitionId, officeId, state: 'sent' }, { projection: { messageId: 1 } })
      .sort({ endedAt: 1 })
      .limit(1)
      .toArray()) as unknown as Pick<Delivery, 'messageId'>[];
    return first?.messageId;
  }

  /** Refs of everybody whose words are on their way to the office, or were sent there. */
  async function listQuotedRefs(officeId: string): Promise<Set<string>> {
    const found = (await collection
      .find(
        { officeId, state: { $in: ['planned', 'approved', 'released', 'sent', 'unknown'] } },
        { projection: { quotes: 1 } },
      )
      .toArray()) as unknown as Pick<Delivery, 'quotes'>[];
    return new Set(found.flatMap(({ quotes }) => quotes.map(({ ref }) => ref)));
  }

  return {
    insertPlanned,
    findDelivery,
    findByToken,
    addNote,
    listDigests,
    listByState,
    listAll,
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
  };
}
export type DeliveryStore = ReturnType<typeof createDeliveryStore>;

function deliverySchema(): Schema<Delivery> {
  return new Schema<Delivery>(
    {
      _id: String,
      petitionId: String,
      officeId: String,
      kind: String,
      n: Number,
      from: Number,
      to: Number,
      missed: [{ _id: false, from: Number, to: Number }],
      state: String,
      plannedAt: Date,
      token: String,
      releases: Number,
      withPdf: Boolean,
      approvedBy: String,
      approvedAt: Date,
      override: Object,
      releasedAt: Date,
      slot: String,
      releasedBy: String,
      fault: String,
      endedAt: Date,
      againAt: Date,
      quotes: [{ _id: false, ref: String, number: String }],
      sealedQuotes: Buffer,
      isClosing: Boolean,
      places: Object,
      address: String,
      subject: String,
      messageId: String,
      sealed: Buffer,
      envelopeFrom: String,
      reply: String,
      replyCode: Number,
      incoming: [
        { _id: false, id: String, at: Date, kind: String, code: String, isOther: Boolean, text: String },
      ],
    },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
}
