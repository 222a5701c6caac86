import type { Connection } from 'mongoose';
import type { DeliveryKind, DeliveryRecord, DeliveryState } from './delivery.ts';
import { openDeliveries } from './delivery-schema.store.ts';

const FIELDS = {
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
} as const satisfies Partial<Record<keyof DeliveryRecord, 1>>;
/** What has left this house, or was refused on its way. */
const OUT = { $in: ['sent', 'failed', 'bounced', 'unknown'] satisfies DeliveryState[] };
const LEFT_SHOWN = 500;
/** As the index by office, petition and release wants to be asked. */
const SOMETIME = { $gt: new Date(0) };

/**
 * Deliveries as the public record shows them. Apart from the store of what sends them, and reads alone, so that no public
 * page can come to anybody's words or to the bytes of a mail (law 10).
 */
export function createDeliveryRecordStore(connection: Connection) {
  const deliveries = openDeliveries(connection);

  /** The newest of one office and petition. */
  const listOut = async (petitionId: string, officeId: string, kind: DeliveryKind, limit: number) =>
    deliveries
      .find({ petitionId, officeId, kind, state: OUT, releasedAt: SOMETIME }, FIELDS)
      .sort({ releasedAt: -1 })
      .limit(limit)
      .lean<DeliveryRecord[]>();

  const findFirstSent = async (petitionId: string, officeId: string) =>
    deliveries
      .findOne({ petitionId, officeId, state: 'sent', releasedAt: SOMETIME }, FIELDS)
      .sort({ releasedAt: 1 })
      .lean<DeliveryRecord>();

  const findByMessageId = async (messageId: string) =>
    deliveries.findOne({ messageId }, FIELDS).lean<DeliveryRecord>();

  /** The delivery that carries this token, among those of its petition. */
  const findByToken = async (petitionId: string, token: string) =>
    deliveries.findOne({ petitionId, token }, FIELDS).lean<DeliveryRecord>();

  /** What left for any office about these petitions between two moments, the oldest first. */
  const listLeft = async (petitionIds: readonly string[], from: Date, to: Date) =>
    deliveries
      .find(
        { petitionId: { $in: [...petitionIds] }, state: OUT, releasedAt: { $gte: from, $lt: to } },
        FIELDS,
      )
      .sort({ releasedAt: 1 })
      .limit(LEFT_SHOWN)
      .lean<DeliveryRecord[]>();

  return { listLeft, listOut, findFirstSent, findByMessageId, findByToken };
}
export type DeliveryRecordStore = ReturnType<typeof createDeliveryRecordStore>;
