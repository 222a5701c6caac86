import { findAddresses } from '../../lib/text/addresses-in-text.ts';

/** `(expanded from <office@…>)`, `(ultimately generated from office@…)`: what the failed address was made from. */
const MADE_FROM =
  /\((?:ultimately )?(?:generated|made|expanded|derived|stands|forwarded|redirected|reenviado|generad[oa]|expandid[oa])[\s:]{1,3}(?:from|for|by|de|desde|para)[\s:]{1,5}<?([^\s<>()]{1,320})>?\s{0,5}\)/gi;
const IN_BRACKETS = /<([^\s<>()"]{1,100}@[^\s<>()"]{1,255})>/g;
/** Whom a server names for help. */
const HELPERS = /^(postmaster|abuse|support|soporte|help|helpdesk|admin|mailer-daemon|hostmaster)@/;

export type Named = {
  /** Final-Recipient and Original-Recipient, lower case, empty when they are not there */
  final: string;
  original: string;
  /** the server's words about it */
  words: string;
  /** X-Failed-Recipients, which Exim sets */
  failed: string;
  /** the part for people */
  intro: string;
  mailDomain: string;
};

/**
 * Which addresses failed. Behind an alias or a forward it is another one than was written to: Postfix names that in
 * Final-Recipient and the alias in Original-Recipient, Exim the address before redirection in Final-Recipient and the
 * one that failed in X-Failed-Recipients and in the words. The others behind an alias may have the mail.
 */
export function failedAddresses({ final, original, words, failed, intro, mailDomain }: Named): string[] {
  const own = final || original;
  const isForeign = (address: string) => !HELPERS.test(address) && !address.endsWith(`@${mailDomain}`);
  const byField = addressesIn(failed).filter(isForeign);
  if (byField.length > 0) return hasMailbox(byField, own) ? [own] : byField;
  const inWords = [...words.matchAll(IN_BRACKETS)]
    .flatMap(([, one]) => (one ? [one.toLowerCase()] : []))
    .filter(isForeign);
  if (inWords.length > 0 && own !== '' && !hasMailbox(inWords, own)) return unique(inWords);
  const made = originsIn(intro);
  const others = addressesIn(intro).filter((address) => isForeign(address) && !made.has(address));
  if (made.has(own) && others.length > 0) return others;
  return own === '' ? [] : [own];
}

/** Of a report in words alone. */
export function failedInWords(failed: string, intro: string, isOurs: (address: string) => boolean): string[] {
  const made = originsIn(intro);
  const byField = addressesIn(failed).filter((address) => !isOurs(address));
  if (byField.length > 0) return byField;
  const named = addressesIn(intro).filter((address) => !isOurs(address) && !made.has(address));
  const failing = named.filter((address) => !HELPERS.test(address));
  return failing.length > 0 ? failing : named;
}

function originsIn(intro: string): Set<string> {
  return new Set(
    [...intro.matchAll(MADE_FROM)].flatMap(([, address]) => (address ? [address.toLowerCase()] : [])),
  );
}

/** The same mailbox, also where a server writes its own name into the domain. */
function hasMailbox(addresses: readonly string[], own: string): boolean {
  return addresses.some((address) => {
    const [local, domain = ''] = split(address);
    const [ownLocal, ownDomain = ''] = split(own);
    return (
      local === ownLocal &&
      (domain === ownDomain || domain.endsWith(`.${ownDomain}`) || ownDomain.endsWith(`.${domain}`))
    );
  });
}

function split(address: string): [string, string?] {
  const at = address.lastIndexOf('@');
  return [address.slice(0, at), address.slice(at + 1)];
}

function addressesIn(text: string): string[] {
  return unique(findAddresses(text).map(({ address }) => address.toLowerCase()));
}

function unique(addresses: readonly string[]): string[] {
  return [...new Set(addresses)];
}
