import { type Connection, Schema } from 'mongoose';
import { isDuplicateKey } from '../lib/duplicate-key.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { canMove, type Delivery, type DeliveryState, type IncomingNote } from './delivery.ts';

export const deliveryIndexes: IndexDeclaration[] = [
  { collection: 'deliveries', key: { state: 1, plannedAt: 1 }, options: { name: 'state_plannedAt' } },
  { collection: 'deliveries', key: { petitionId: 1, officeId: 1, n: 1 }, options: { name: 'pair' } },
  { collection: 'deliveries', key: { token: 1 }, options: { name: 'token' } },
];

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
  async function insertPlanned(delivery: Delivery): Promise<boolean> {
    try {
      await collection.insertOne(delivery as never, durable);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

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

  const listByPair = (petitionId: string, officeId: string) => many({ petitionId, officeId });
  const listByState = (state: DeliveryState) => many({ state });
  const listAll = () => many({});

  /** Compare and set; false when it is no more in that state, or in that release. @throws on a move that is not allowed */
  async function move(
    delivery: Pick<Delivery, '_id' | 'state' | 'releases'>,
    to: DeliveryState,
    fields: Partial<Omit<Delivery, '_id' | 'state'>> = {},
    absent: readonly (keyof Delivery)[] = [],
  ): Promise<boolean> {
    const { _id, state, releases } = delivery;
    if (!canMove(state, to)) throw new Error(`a delivery does not go from ${state} to ${to}`);
    const { modifiedCount } = await collection.updateOne(
      { _id: _id as never, state, releases },
      {
        $set: { ...fields, state: to },
        ...(absent.length > 0 && { $unset: Object.fromEntries(absent.map((field) => [field, 1])) }),
      } as never,
      durable,
    );
    return modifiedCount === 1;
  }

  /** Refs of everybody whose words are on their way to the office, or were sent there. */
  async function listQuotedRefs(officeId: string): Promise<Set<string>> {
    const found = await many({ officeId, state: { $in: ['planned', 'released', 'sent', 'unknown'] } });
    return new Set(found.flatMap(({ quotes }) => quotes.map(({ ref }) => ref)));
  }

  return {
    insertPlanned,
    findDelivery,
    findByToken,
    addNote,
    listByPair,
    listByState,
    listAll,
    move,
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
      state: String,
      plannedAt: Date,
      token: String,
      releases: Number,
      releasedAt: Date,
      endedAt: Date,
      quotes: [{ _id: false, ref: String, number: String }],
      sealedQuotes: Buffer,
      places: Object,
      address: String,
      subject: String,
      messageId: String,
      sealed: Buffer,
      envelopeFrom: String,
      reply: String,
      replyCode: Number,
      incoming: [{ _id: false, id: String, at: Date, kind: String, code: String, text: String }],
    },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
}
