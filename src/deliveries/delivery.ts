/**
 * planned: due to an office. approved: an organiser lets it go, at the office's pace. released: rendered, its bytes kept,
 * queued to go out. sent: its server took it. failed: its server refused it. bounced: its server took it, and a report
 * says that it did not arrive. cancelled: taken back. unknown: nobody knows whether the office has it; only an organiser
 * or a report decides (law 7).
 */
export const DELIVERY_STATES = [
  'planned',
  'approved',
  'released',
  'sent',
  'failed',
  'bounced',
  'cancelled',
  'unknown',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** The only state machine of what goes to an office (law 8); the outbox row points at it. */
const MOVES: Record<DeliveryState, readonly DeliveryState[]> = {
  // Planned again: what is not approved yet grows with the count. Nothing is released that nobody approved.
  planned: ['planned', 'approved', 'cancelled'],
  approved: ['planned', 'released', 'cancelled'],
  // Back to planned when somebody who is quoted withdrew, or the address is no more the office's.
  released: ['sent', 'failed', 'bounced', 'unknown', 'planned', 'cancelled'],
  // Decided by an organiser, by a report, or by a server that replied after the lease had ended.
  unknown: ['sent', 'failed', 'bounced', 'released'],
  sent: ['bounced'],
  // A better report, or an organiser's word.
  bounced: ['sent', 'released'],
  failed: [],
  cancelled: [],
};

export function canMove(from: DeliveryState, to: DeliveryState): boolean {
  return MOVES[from].includes(to);
}

/** A quoted person's words: `ref` names the signature, `number` is what an office can quote back. */
export type Quote = { ref: string; number: string };
/** What was quoted, kept sealed; a name and an address only in a letter, by consent for that office (law 11). */
export type QuotedText = {
  ref: string;
  words: string;
  country: string;
  region?: string;
  name?: string;
  replyTo?: string;
};

/** What a release makes, and going back to planned takes away. */
export const RELEASED_FIELDS = [
  'sealedQuotes',
  'places',
  'isClosing',
  'address',
  'subject',
  'messageId',
  'sealed',
  'envelopeFrom',
  'releasedAt',
  'slot',
  'releasedBy',
  'approvedBy',
  'approvedAt',
] as const;
/** A digest has many people in it, a letter one. */
export const DELIVERY_KINDS = ['digest', 'letter'] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];
/** An organiser's word that a batch goes although a check says no; kept with what it says. */
export type Override = { by: string; because: string; at: Date; checks: string[] };

export const NOTE_KINDS = ['bounce', 'delayed', 'complaint', 'auto-reply', 'reply'] as const;

/** What came back about it; `id` is the same however often it comes. `text` holds no address. */
export type IncomingNote = {
  id: string;
  at: Date;
  kind: (typeof NOTE_KINDS)[number];
  /** RFC 3463 */
  code?: string;
  /** it names another address than the one that was written to */
  isOther?: true;
  text: string;
};

/** Of a petition's ledger: the entries after `from` up to `to`. */
export type Interval = { from: number; to: number };

export type Delivery = {
  /** petitionId:officeId:digest:n, or petitionId:officeId:letter:ref */
  _id: string;
  petitionId: string;
  officeId: string;
  kind: DeliveryKind;
  /** counts the digests of a pair; 0 on a letter */
  n: number;
  /** the ledger interval (from, to] that it covers; both 0 on a letter */
  from: number;
  to: number;
  /** earlier intervals that no digest which arrived has told of: their digest came back after a later one was sent */
  missed?: Interval[];
  state: DeliveryState;
  plannedAt: Date;
  /** of a digest: when it was read how far the ledger is */
  coversAt?: Date;
  /** random; opaque part of its sender's address and of its Message-ID */
  token: string;
  /** the same as a PDF is attached */
  withPdf?: boolean;
  /** how often it was released; names the outbox row */
  releases: number;
  approvedBy?: string;
  approvedAt?: Date;
  override?: Override;
  releasedAt?: Date;
  /** the part of an hour that it goes out in, one delivery in each (dispatch.ts); absent when sent by hand */
  slot?: string;
  /** who sent it by hand, outside the slots */
  releasedBy?: string;
  /** why it could not be composed, once that was tried */
  fault?: string;
  endedAt?: Date;
  /** when an organiser had it sent once more: reports from before are about the copy that was lost */
  againAt?: Date;
  quotes: Quote[];
  /** the quoted texts with their places, sealed: at sending they must still be what their writers say */
  sealedQuotes?: Buffer;
  /** the first report after the petition's end that tells of everybody */
  isClosing?: true;
  /** the cells that it shows, each of ten people or more */
  places?: Record<string, number>;
  address?: string;
  subject?: string;
  messageId?: string;
  /** the bytes as sent, sealed */
  sealed?: Buffer;
  envelopeFrom?: string;
  /** the server's words */
  reply?: string;
  replyCode?: number;
  incoming?: IncomingNote[];
};

export function deliveryId(petitionId: string, officeId: string, n: number): string {
  return `${petitionId}:${officeId}:digest:${n}`;
}

export function letterId(petitionId: string, officeId: string, ref: string): string {
  return `${petitionId}:${officeId}:letter:${ref}`;
}

export function deliveryContext(id: string): string {
  return `delivery:${id}`;
}

export function quotesContext(id: string): string {
  return `delivery-quotes:${id}`;
}

export function outboxReason(delivery: Pick<Delivery, '_id' | 'releases'>): string {
  return `delivery:${delivery._id}:${delivery.releases}`;
}

/** What the public may know of a delivery; none of its words, its bytes or its address. */
export type DeliveryRecord = Pick<
  Delivery,
  | '_id'
  | 'petitionId'
  | 'officeId'
  | 'kind'
  | 'n'
  | 'from'
  | 'to'
  | 'missed'
  | 'state'
  | 'endedAt'
  | 'releasedAt'
>;
