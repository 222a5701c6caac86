import { domainToASCII } from 'node:url';
import { invalidInput } from './errors.ts';

/** `mailTo` is where mail goes, as typed but for the domain's spelling; `canonical` names the mailbox. */
export type EmailAddress = { mailTo: string; canonical: string };

const MAX_LOCAL = 64;
const MAX_ADDRESS = 254;
/** RFC 5322 dot-atom, with the letters of RFC 6531. */
const DOT_ATOM = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

/**
 * How a mailbox may be spelt in more than one way, per domain. These rules decide who is one person
 * and are fixed for the life of an installation (law 2).
 * `drop`: characters that the host ignores. `same`: other names of the host.
 */
const HOSTS: Record<string, { drop?: string; same?: string }> = {
  'gmail.com': { drop: '.' },
  'googlemail.com': { drop: '.', same: 'gmail.com' },
  'proton.me': { drop: '._-' },
  'protonmail.com': { drop: '._-', same: 'proton.me' },
  'pm.me': { drop: '._-', same: 'proton.me' },
  'me.com': { same: 'icloud.com' },
  'mac.com': { same: 'icloud.com' },
  'yandex.com': { same: 'yandex.ru' },
  'ya.ru': { same: 'yandex.ru' },
};

/** Null when mail cannot go there. A quoted local part is unquoted where the quotes add nothing, else refused. */
export function parseEmailAddress(typed: string): EmailAddress | null {
  const text = typed.normalize('NFC').trim();
  const at = text.lastIndexOf('@');
  if (at < 1 || text.length > MAX_ADDRESS) return null;
  const local = text.slice(0, at).replace(/^"(.*)"$/s, '$1');
  const domain = domainToASCII(text.slice(at + 1)).toLowerCase();
  if (Buffer.byteLength(local) > MAX_LOCAL || !DOT_ATOM.test(local) || !DOMAIN.test(domain)) return null;
  return { mailTo: `${local}@${domain}`, canonical: canonicalAddress(local, domain) };
}

/** For a command. @throws INPUT_INVALID */
export function readEmailAddress(typed: string): EmailAddress {
  const address = parseEmailAddress(typed);
  if (!address) throw invalidInput('This is not an e-mail address.');
  return address;
}

function canonicalAddress(local: string, domain: string): string {
  const { drop = '', same = domain } = HOSTS[domain] ?? {};
  const [base = ''] = local.toLowerCase().split('+');
  const kept = [...base].filter((character) => !drop.includes(character)).join('');
  // When nothing stands before the extension it is kept; otherwise all such addresses would be one person.
  return `${kept || local.toLowerCase()}@${same}`;
}

/** `a•••@home.example`: enough for the owner to know it, too little for a passer-by. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return `${[...email.slice(0, at)][0] ?? ''}•••${email.slice(at)}`;
}

/**
 * Whether any mail program can write to it: few servers take accents before the @ (RFC 6531). Domains have an ASCII form.
 */
export function isPlainAddress(mailTo: string): boolean {
  return !/[^\p{ASCII}]/u.test(mailTo.slice(0, mailTo.lastIndexOf('@')));
}
