import { describe, expect, test } from 'vitest';
import { checkSenderDomain } from '../../src/deliveries/sender-domain.ts';

const domain = 'letters.aid.org';
const dkim = { keySelector: 'safe-passage', publicKey: 'MIIBIjANBg' };
const sound: Record<string, string[]> = {
  [domain]: ['v=spf1 include:relay.example -all', 'some-site-verification=1'],
  [`safe-passage._domainkey.${domain}`]: ['v=DKIM1; k=rsa; p=MIIBIjANBg'],
  [`_dmarc.${domain}`]: ['v=DMARC1; p=quarantine'],
};

/** A resolver that knows these records alone; what is longer than 255 characters comes in parts, as in the DNS. */
function resolverOf(records: Record<string, string[]>) {
  return async (name: string) => {
    const found = records[name];
    if (!found) throw Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' });
    return found.map((record) => record.match(/.{1,255}/g) ?? []);
  };
}
async function levels(records: Record<string, string[]>, given: typeof dkim | undefined = dkim) {
  const checks = await checkSenderDomain({ domain, dkim: given, resolveTxt: resolverOf(records) });
  return Object.fromEntries(checks.map(({ name, level }) => [name, level]));
}

describe('the domain that letters come from', () => {
  test('whole records are sound', async () => {
    expect(await levels(sound)).toEqual({ spf: 'ok', dkim: 'ok', dmarc: 'ok' });
  });

  test.each([
    ['no SPF', { [domain]: ['other'] }, { spf: 'stop' }],
    ['two SPF records', { [domain]: ['v=spf1 -all', 'v=spf1 mx -all'] }, { spf: 'stop' }],
    ['SPF for everybody', { [domain]: ['v=spf1 +all'] }, { spf: 'stop' }],
    ['SPF for everybody, unsigned', { [domain]: ['v=spf1 mx all'] }, { spf: 'stop' }],
    ['SPF without an end', { [domain]: ['v=spf1 mx'] }, { spf: 'warn' }],
    ['another DKIM key', { [`safe-passage._domainkey.${domain}`]: ['v=DKIM1; p=AAAA'] }, { dkim: 'stop' }],
    ['a withdrawn DKIM key', { [`safe-passage._domainkey.${domain}`]: ['v=DKIM1; p='] }, { dkim: 'stop' }],
    ['no DKIM record', { [`safe-passage._domainkey.${domain}`]: [] }, { dkim: 'stop' }],
    ['DMARC that asks for nothing', { [`_dmarc.${domain}`]: ['v=DMARC1; p=none'] }, { dmarc: 'warn' }],
    ['no DMARC', { [`_dmarc.${domain}`]: [] }, { dmarc: 'stop' }],
    [
      'DMARC without a policy',
      { [`_dmarc.${domain}`]: ['v=DMARC1; rua=mailto:a@aid.example'] },
      { dmarc: 'stop' },
    ],
  ])('%s is told', async (_, change, expected) => {
    expect(await levels({ ...sound, ...change })).toMatchObject(expected);
  });

  test('without a key of ours the relay has to sign, which is a warning', async () => {
    const checks = await checkSenderDomain({ domain, dkim: undefined, resolveTxt: resolverOf(sound) });
    expect(checks.find(({ name }) => name === 'dkim')).toMatchObject({ level: 'warn' });
  });

  test('a DNS that does not answer is a warning, and no verdict', async () => {
    const resolveTxt = async () => {
      throw Object.assign(new Error('timeout'), { code: 'ETIMEOUT' });
    };
    const checks = await checkSenderDomain({ domain, dkim, resolveTxt });
    expect(checks.map(({ level }) => level)).toEqual(['warn', 'warn', 'warn']);
  });

  test('names that are for tests are not looked up', async () => {
    const resolveTxt = async () => {
      throw new Error('it was looked up');
    };
    for (const reserved of ['safe-passage.example', 'localhost', 'aid.test', 'mail.example.org']) {
      const checks = await checkSenderDomain({ domain: reserved, dkim, resolveTxt });
      expect(checks.map(({ level }) => level)).toEqual(['ok', 'ok', 'ok']);
    }
  });
});
