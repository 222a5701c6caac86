/**
 * planned: due to an office. approved: an organiser lets it go, at the office's pace. released: rendered, its bytes kept,
 * queued to go out. sent, failed, cancelled: ended. unknown: nobody knows whether the office has it; only an organiser
 * decides (law 7).
 */
export type DeliveryState = 'planned' | 'approved' | 'released' | 'sent' | 'failed' | 'cancelled' | 'unknown';

/** The only state machine of what goes to an office (law 8); the outbox row points at it. */
const MOVES: Record<DeliveryState, readonly DeliveryState[]> = {
  // Planned again: what is not approved yet grows with the count. Released: sent by an organiser's own hand.
  planned: ['planned', 'approved', 'released', 'cancelled'],
  approved: ['planned', 'released', 'cancelled'],
  // Back to planned when somebody who is quoted withdrew, or the address is no more the office's.
  released: ['sent', 'failed', 'unknown', 'planned', 'cancelled'],
  // An organiser's word, or a server's that came after the lease was over.
  unknown: ['sent', 'failed', 'released'],
  sent: [],
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
  'address',
  'subject',
  'messageId',
  'sealed',
  'envelopeFrom',
  'releasedAt',
  'slot',
  'approvedBy',
  'approvedAt',
] as const;
/** A digest has many people in it, a letter one. */
export type DeliveryKind = 'digest' | 'letter';
/** An organiser's word that a batch goes although a check says no; kept with what it says. */
export type Override = { by: string; because: string; at: Date; checks: string[] };

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
  state: DeliveryState;
  plannedAt: Date;
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
  /** why it could not be composed, once that was tried */
  fault?: string;
  endedAt?: Date;
  quotes: Quote[];
  /** the quoted texts with their places, sealed: at sending they must still be what their writers say */
  sealedQuotes?: Buffer;
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

export type NextInterval =
  | { plan: true; from: number; n: number }
  | { plan: false; because: 'unknown' | 'in-flight' };

/**
 * Where the next digest of one office and petition starts: at the end of the last sent one. What failed or was
 * cancelled is thereby merged into it; one that is doubtful blocks it, one under way too.
 */
export function nextInterval(digests: readonly Pick<Delivery, 'state' | 'to' | 'n'>[]): NextInterval {
  if (digests.some(({ state }) => state === 'unknown')) return { plan: false, because: 'unknown' };
  if (digests.some(({ state }) => ['planned', 'approved', 'released'].includes(state)))
    return { plan: false, because: 'in-flight' };
  const sent = digests.filter(({ state }) => state === 'sent');
  return {
    plan: true,
    from: Math.max(0, ...sent.map(({ to }) => to)),
    n: Math.max(0, ...digests.map(({ n }) => n)) + 1,
  };
}
