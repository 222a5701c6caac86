import type { IncomingMessage } from './message.ts';

/** `letters` and `replies` carry a delivery's token, `bounces` a sealed key of a person's address. */
export type Token = { purpose: 'letters' | 'replies' | 'bounces'; opaque: string };

/** Where servers write for whom a message came, the surest first. */
const RECIPIENT_HEADERS = [
  'x-original-to',
  'delivered-to',
  'envelope-to',
  'x-envelope-to',
  'x-delivered-to',
  'x-rcpt-to',
  'to',
  'cc',
];

/** The token that a message came to: of the envelope's recipient, or, where nobody knows it, of the headers. */
export function tokenOf({ envelope, headers }: IncomingMessage, mailDomain: string): Token | undefined {
  if (envelope.recipient !== undefined) return tokenIn(envelope.recipient, mailDomain);
  const values = RECIPIENT_HEADERS.flatMap((name) => headers.get(name) ?? []);
  return tokenIn(values.join('\n'), mailDomain);
}

/** Relays may fold case. */
export function tokenIn(text: string, mailDomain: string): Token | undefined {
  const domain = mailDomain.replaceAll('.', '\\.');
  const found = new RegExp(
    `\\b(letters|replies|bounces)\\+([a-z0-9]{16,56})@${domain}(?![\\w.-]*\\w)`,
    'i',
  ).exec(text);
  const [, purpose, opaque] = found ?? [];
  if (!purpose || !opaque) return undefined;
  return { purpose: purpose.toLowerCase() as Token['purpose'], opaque: opaque.toLowerCase() };
}
