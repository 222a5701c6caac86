import { SECOND } from '../lib/clock.ts';
import { isLoopback } from '../lib/loopback.ts';

/** Of the steps of a conversation: connecting (with name and greeting), and a silence in it. */
const TIMEOUTS = { connectionTimeout: 10 * SECOND, greetingTimeout: 10 * SECOND, socketTimeout: 30 * SECOND };
/** Of the whole conversation, however slowly a server answers each step: a lease exceeds twice this (law 7). */
export const SMTP_TIMEOUT_MS = 60 * SECOND;
export const POOL_CONNECTIONS = 5;

/** nodemailer's own names, the only ones that the query of SMTP_URL may carry. */
const SWITCHES = ['requireTLS', 'ignoreTLS', 'tls.rejectUnauthorized'];
const TEXTS = ['name', 'localAddress', 'authMethod', 'tls.servername'];

/** What is wrong with an `smtp:` or `smtps:` URL, in words, or undefined. */
export function smtpUrlFault(smtpUrl: string): string | undefined {
  if (!URL.canParse(smtpUrl)) return 'is no URL; write % and @ in a password as %25 and %40';
  const { protocol, hostname, username, password, searchParams } = new URL(smtpUrl);
  if (!hostname) return 'names no host';
  if (!isDecodable(username) || !isDecodable(password))
    return 'has a % in its user or password that stands for nothing; write %25';
  for (const name of searchParams.keys()) {
    // What is not known is not repeated: a ? inside a password makes a parameter of its end.
    if (![...SWITCHES, ...TEXTS].includes(name))
      return `has a parameter that means nothing here; it may have ${[...SWITCHES, ...TEXTS].join(', ')}`;
    if (searchParams.getAll(name).length > 1) return `has ${name} twice`;
    const value = searchParams.get(name) ?? '';
    if (SWITCHES.includes(name) && value !== 'true' && value !== 'false')
      return `has ${name} neither true nor false`;
  }
  const isSet = (name: string, value: string) => searchParams.get(name) === value;
  if (protocol === 'smtps:' && (isSet('ignoreTLS', 'true') || isSet('requireTLS', 'false')))
    return 'contradicts itself: smtps:// is TLS from the start, and its query says without';
  if (isSet('ignoreTLS', 'true') && isSet('requireTLS', 'true'))
    return 'contradicts itself: ignoreTLS=true never uses TLS, and requireTLS=true always does';
  return undefined;
}

/**
 * nodemailer's connection options of an `smtp:` or `smtps:` URL without faults. With credentials, and in public, nothing goes
 * out but through TLS, unless the query says `requireTLS=false` (TLS where it is offered) or `ignoreTLS=true` (never).
 * To this same machine without credentials TLS is not tried: what it protects does not leave the machine, and the
 * certificate that a mail server is installed with names nobody.
 */
export function readSmtpUrl(smtpUrl: string, { isPublic = false }: { isPublic?: boolean } = {}) {
  const url = new URL(smtpUrl);
  const isSecure = url.protocol === 'smtps:';
  const { host, ...query } = { host: url.hostname.replace(/^\[|\]$/g, ''), ...readQuery(url.searchParams) };
  const hasCredentials = url.username !== '';
  const isHere = isLoopback(url.hostname) && !hasCredentials;
  const saysNothing = query.requireTLS === undefined && query.ignoreTLS === undefined;
  return {
    ...query,
    host,
    port: Number(url.port) || (isSecure ? 465 : 587),
    secure: isSecure,
    ...(!isSecure && saysNothing && isHere && { ignoreTLS: true }),
    ...(!isSecure && saysNothing && !isHere && { requireTLS: hasCredentials || isPublic }),
    ...(hasCredentials && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    ...TIMEOUTS,
  };
}

type Query = {
  requireTLS?: boolean;
  ignoreTLS?: boolean;
  tls?: { rejectUnauthorized?: boolean; servername?: string };
};

function readQuery(searchParams: URLSearchParams): Query {
  const query: Record<string, unknown> = {};
  const tls: Record<string, unknown> = {};
  for (const [name, text] of searchParams) {
    const value = SWITCHES.includes(name) ? text === 'true' : text;
    if (name.startsWith('tls.')) tls[name.slice('tls.'.length)] = value;
    else query[name] = value;
  }
  return { ...query, ...(Object.keys(tls).length > 0 && { tls }) };
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
