import type { Connection } from 'mongoose';
import type { Delivery, DeliveryKind, DeliveryRecord } from '../deliveries/delivery.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';

export const recordIndexes: IndexDeclaration[] = [
  {
    collection: 'deliveries',
    key: { messageId: 1 },
    options: { name: 'messageId', sparse: true },
  },
];

const FIELDS = {
  projection: {
    petitionId: 1,
    officeId: 1,
    kind: 1,
    n: 1,
    from: 1,
    to: 1,
    missed: 1,
    state: 1,
    endedAt: 1,
    releasedAt: 1,
  },
} as const;
/** What has left this house, or was refused on its way. */
const OUT = { $in: ['sent', 'failed', 'bounced', 'unknown'] };
/** As the index by office, petition and release wants to be asked. */
const SOMETIME = { $gt: new Date(0) };

/** Deliveries as the public record shows them: reads alone. */
export function createRecordStore(connection: Connection) {
  const collection = connection.collection<Delivery>('deliveries');

  /** The newest of one office and petition. */
  async function listOut(
    petitionId: string,
    officeId: string,
    kind: DeliveryKind,
    limit: number,
  ): Promise<DeliveryRecord[]> {
    const found = await collection
      .find({ petitionId, officeId, kind, state: OUT, releasedAt: SOMETIME } as never, FIELDS)
      .sort({ releasedAt: -1 })
      .limit(limit)
      .toArray();
    return found as unknown as DeliveryRecord[];
  }

  async function findFirstSent(petitionId: string, officeId: string): Promise<DeliveryRecord | null> {
    const [first] = await collection
      .find({ petitionId, officeId, state: 'sent', releasedAt: SOMETIME } as never, FIELDS)
      .sort({ releasedAt: 1 })
      .limit(1)
      .toArray();
    return (first ?? null) as unknown as DeliveryRecord | null;
  }

  async function findByMessageId(messageId: string): Promise<DeliveryRecord | null> {
    return (await collection.findOne({ messageId } as never, FIELDS)) as unknown as DeliveryRecord | null;
  }

  /** The delivery that carries this token, among those of its petition. */
  async function findByToken(petitionId: string, token: string): Promise<DeliveryRecord | null> {
    return (await collection.findOne(
      { petitionId, token } as never,
      FIELDS,
    )) as unknown as DeliveryRecord | null;
  }

  return { listOut, findFirstSent, findByMessageId, findByToken };
}
export type RecordStore = ReturnType<typeof createRecordStore>;
