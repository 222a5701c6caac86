import type { Check } from './preflight.ts';

export type ResolveTxt = (name: string) => Promise<string[][]>;
/** base64 of the DER public key, as DNS publishes it */
export type DkimIdentity = { keySelector: string; publicKey: string };

/** Names that never are in the DNS (RFC 2606, RFC 6761): mail under them stays on this machine. */
const RESERVED = /(^|\.)(example|test|localhost|invalid)$|(^|\.)example\.(com|net|org)$/i;

/**
 * What receivers find in the DNS about the domain that letters come from: SPF (RFC 7208), DKIM (RFC 6376) and DMARC
 * (RFC 7489). From where the relay sends we do not know; that SPF lets it is the relay's own check.
 */
export async function checkSenderDomain(options: {
  domain: string;
  dkim: DkimIdentity | undefined;
  resolveTxt: ResolveTxt;
}): Promise<Check[]> {
  const { domain, dkim, resolveTxt } = options;
  if (RESERVED.test(domain)) {
    return (['spf', 'dkim', 'dmarc'] as const).map((name) => ({
      name,
      level: 'ok',
      says: `${domain} is a name for tests: nothing to look up`,
    }));
  }
  return Promise.all([
    look('spf', domain, resolveTxt, readSpf),
    checkDkim(domain, dkim, resolveTxt),
    look('dmarc', `_dmarc.${domain}`, resolveTxt, readDmarc),
  ]);
}

type Found = Omit<Check, 'name'>;

async function look(
  name: Check['name'],
  at: string,
  resolveTxt: ResolveTxt,
  read: (records: string[]) => Found,
): Promise<Check> {
  try {
    return { name, ...read((await resolveTxt(at)).map((parts) => parts.join(''))) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOTFOUND' || code === 'ENODATA') return { name, ...read([]) };
    return { name, level: 'warn', says: `${at} could not be looked up (${code || 'no answer'})` };
  }
}

function readSpf(records: string[]): Found {
  const spf = records.filter((record) => /^v=spf1(\s|$)/i.test(record));
  const [record = ''] = spf;
  if (spf.length === 0) return { level: 'stop', says: 'there is no SPF record' };
  if (spf.length > 1) return { level: 'stop', says: 'there are several SPF records: none counts' };
  if (/(^|\s)\+?all(\s|$)/i.test(record)) return { level: 'stop', says: 'SPF lets everybody send (+all)' };
  if (!/[-~]all(\s|$)|redirect=/i.test(record))
    return { level: 'warn', says: 'SPF ends neither in -all nor ~all' };
  return { level: 'ok', says: record };
}

function readDmarc(records: string[]): Found {
  const dmarc = records.filter((record) => /^v=DMARC1(;|\s|$)/i.test(record));
  const policy = /(?:^|;)\s*p\s*=\s*(\w+)/i.exec(dmarc[0] ?? '')?.[1]?.toLowerCase();
  if (dmarc.length !== 1 || !policy)
    return { level: 'stop', says: 'there is no (single, whole) DMARC record' };
  if (policy === 'none') return { level: 'warn', says: 'DMARC asks for nothing (p=none)' };
  return { level: 'ok', says: `DMARC p=${policy}` };
}

async function checkDkim(
  domain: string,
  dkim: DkimIdentity | undefined,
  resolveTxt: ResolveTxt,
): Promise<Check> {
  if (!dkim) return { name: 'dkim', level: 'warn', says: 'no DKIM_KEY here: the relay must sign' };
  return look('dkim', `${dkim.keySelector}._domainkey.${domain}`, resolveTxt, (records) => {
    const published = /(?:^|;)\s*p\s*=\s*([A-Za-z0-9+/=\s]*)/.exec(records.join(''))?.[1]?.replace(/\s/g, '');
    if (published === undefined) return { level: 'stop', says: 'the DKIM key is not published' };
    return published === dkim.publicKey
      ? { level: 'ok', says: `the key ${dkim.keySelector} is published` }
      : { level: 'stop', says: 'the published DKIM key is another one than ours' };
  });
}
