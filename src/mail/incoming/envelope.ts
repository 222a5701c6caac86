/** Who handed a message over, and to whom. */
export type Envelope = { sender?: string; recipient?: string };

/** A larger message is refused, not cut: half a report says something else than the whole. */
export const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;
