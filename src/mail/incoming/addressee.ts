import type { Own } from './loop.ts';

/**
 * Whom an address of an envelope means. `program`: it can carry a token of ours. `organisers`: people read it.
 * `nobody`: it is of our domain, and nobody's. `foreign`: it is of another domain.
 */
export type Addressee = 'program' | 'organisers' | 'nobody' | 'foreign';

/** Where people write who left out the token; where servers and providers write (RFC 2142); the pipe's own account. */
const ORGANISERS = ['letters', 'replies', 'bounces', 'postmaster', 'abuse', 'safe-passage'];

export function addresseeOf(recipient: string, own: Own): Addressee {
  const address = recipient.trim().replace(/^<|>$/g, '').toLowerCase();
  const from = addressOf(own.mailFrom);
  if (address === 'postmaster' || address === from) return 'organisers';
  const at = address.lastIndexOf('@');
  if (at < 1 || address.slice(at + 1) !== own.mailDomain.toLowerCase()) return 'foreign';
  const [name = '', tag] = address.slice(0, at).split(/\+(.*)/s);
  if (tag && /^(letters|replies|bounces)$/.test(name)) return 'program';
  const isOurSender = from === `${name}@${address.slice(at + 1)}`;
  return isOurSender || ORGANISERS.includes(name) ? 'organisers' : 'nobody';
}

/** `Safe Passage <hello@campaign.example>` → `hello@campaign.example` */
function addressOf(mailFrom: string): string {
  return (/<([^<>]+)>\s*$/.exec(mailFrom)?.[1] ?? mailFrom).trim().toLowerCase();
}
