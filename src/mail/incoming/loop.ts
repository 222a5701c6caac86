import { LOOP_HEADER } from '../loop-header.ts';
import type { IncomingMessage } from './message.ts';

/** A mail that passed so many servers goes round in circles; the longest honest ways have about half as many. */
const MAX_RECEIVED = 30;

export type Own = {
  mailDomain: string;
  /** of mail to people: an address, or `Name <address>` */
  mailFrom: string;
};
export type MailLoop = { kind: 'loop'; why: 'ours' | 'too-many-hops' };

/** Our own mail come back, or one that does not come to rest. It is dropped: nothing is ever answered automatically. */
export function readLoop(message: IncomingMessage, own: Own): MailLoop | undefined {
  const { headers, messageId, from } = message;
  if ((headers.get('received')?.length ?? 0) > MAX_RECEIVED) return { kind: 'loop', why: 'too-many-hops' };
  const domain = own.mailDomain.toLowerCase();
  const isMarked = headers.get(LOOP_HEADER.toLowerCase())?.some((value) => value.toLowerCase() === domain);
  const isAutomatic = !/^(no\b|$)/i.test(headers.get('auto-submitted')?.[0] ?? '');
  const isOurs = isMarked || isOwnId(messageId, domain) || (isAutomatic && isOwnAddress(from.address, own));
  return isOurs ? { kind: 'loop', why: 'ours' } : undefined;
}

/** As the transport makes them for people, and the letters for offices; a relay of the same domain makes others. */
function isOwnId(messageId: string, domain: string): boolean {
  const at = messageId.lastIndexOf('@');
  if (messageId.slice(at + 1).toLowerCase() !== domain) return false;
  return /^([\w-]{22}|[a-z]+(-\d+)?\.[0-9a-f]{24})$/.test(messageId.slice(0, at));
}

function isOwnAddress(address: string, { mailDomain, mailFrom }: Own): boolean {
  const ours = /<([^<>]+)>\s*$/.exec(mailFrom)?.[1] ?? mailFrom;
  if (address === ours.toLowerCase()) return true;
  const [local = '', domain] = address.split('@');
  return domain === mailDomain.toLowerCase() && /^(letters|replies|bounces)(\+|$)/.test(local);
}
