import type { Connection } from 'mongoose';
import { count, date, number, oneOf, openModel, part, text } from '../database/model.ts';
import {
  DELIVERY_KINDS,
  DELIVERY_STATES,
  type Delivery,
  type IncomingNote,
  type Interval,
  NOTE_KINDS,
  type Override,
  type Quote,
} from './delivery.ts';

/** The public record reads the same collection by a store of its own, which sees no words and no bytes. */
export function openDeliveries(connection: Connection) {
  return openModel<Delivery>(connection, 'deliveries', {
    _id: text,
    petitionId: text,
    officeId: text,
    kind: oneOf(DELIVERY_KINDS),
    n: count,
    from: count,
    to: count,
    missed: [part<Interval>({ from: count, to: count })],
    state: oneOf(DELIVERY_STATES),
    plannedAt: date,
    coversAt: Date,
    token: text,
    releases: count,
    withPdf: Boolean,
    approvedBy: String,
    approvedAt: Date,
    override: part<Override>({ by: text, because: text, at: date, checks: [text] }),
    releasedAt: Date,
    slot: String,
    releasedBy: String,
    fault: String,
    endedAt: Date,
    againAt: Date,
    quotes: [part<Quote>({ ref: text, number: text })],
    sealedQuotes: Buffer,
    isClosing: Boolean,
    places: { type: Map, of: number },
    address: String,
    subject: String,
    messageId: String,
    sealed: Buffer,
    envelopeFrom: String,
    reply: String,
    replyCode: Number,
    incoming: [
      part<IncomingNote>({
        id: text,
        at: date,
        kind: oneOf(NOTE_KINDS),
        code: String,
        isOther: Boolean,
        text,
      }),
    ],
  });
}
