import type { Signals } from './signature.ts';

export type SignalsOf = (email: string, network: string | undefined) => Signals;

/** What tells a burst from a crowd. Written when an address is confirmed: what nobody confirmed says nothing. */
export function createSignalsOf({ mailDomainKeyOf }: { mailDomainKeyOf(domain: string): string }): SignalsOf {
  return (email, network) => ({
    domain: mailDomainKeyOf(email.slice(email.lastIndexOf('@') + 1)),
    ...(network && { network }),
  });
}
