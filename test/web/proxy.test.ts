import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerForwarded, withoutPorts } from '../../src/web/forwarded.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';

const SLUG = 'no-more-unsafe-returns';
const SITE = 'https://petitions.example.org';
const PUBLIC = {
  PUBLIC_URL: SITE,
  SMTP_URL: 'smtps://user:password@mail.example.org',
  MASTER_KEY: 'a1'.repeat(32),
  MONGODB_URI: 'mongodb://database.example.org/x',
  TRUSTED_PROXIES: '127.0.0.1',
};

let site: TestCampaign;
let trial: TestCampaign;

beforeAll(async () => {
  [site, trial] = await Promise.all([openCampaign(PUBLIC), openCampaign()]);
});
afterAll(async () => {
  await Promise.all([site.close(), trial.close()]);
});

let people = 0;
function sign(campaign: TestCampaign, headers: Record<string, string>) {
  people += 1;
  const email = `ana-${people}@home.example`;
  const form = { name: 'Ana', email, country: 'US', region: 'US-TX', over16: 'on' };
  return campaign.post(`/en/petitions/${SLUG}/signatures`, form, headers);
}

describe('where a form comes from', () => {
  test.each([
    ['the public address', { origin: SITE }, 303],
    ['a program that says nothing', {}, 303],
    ['another site', { origin: 'https://evil.example' }, 403],
    ['another site that is also the Host', { origin: 'https://evil.example', host: 'evil.example' }, 403],
    [
      'another site that a forged X-Forwarded-Host names',
      { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
      403,
    ],
    [
      'the address without its s',
      { origin: 'http://petitions.example.org', host: 'petitions.example.org' },
      403,
    ],
    ['another port of the address', { origin: `${SITE}:8443`, host: 'petitions.example.org:8443' }, 403],
    ['this machine, of a public site', { origin: 'http://localhost:3000', host: 'localhost:3000' }, 403],
    ['what is no address', { origin: 'x' }, 403],
  ] as [string, Record<string, string>, number][])('in public: %s', async (_who, headers, status) => {
    expect((await sign(site, headers)).statusCode).toBe(status);
  });

  test.each([
    ['http://localhost:3000', 303],
    ['http://127.0.0.1:3000', 303],
    ['http://[::1]:3000', 303],
    ['http://site.localhost:8080', 303],
    ['https://evil.example', 403],
    ['http://192.168.1.7:3000', 403],
    ['x', 403],
  ])('on a machine of one’s own: %s is answered %i', async (origin, status) => {
    expect((await sign(trial, { origin, host: new URL(SITE).host })).statusCode).toBe(status);
  });
});

describe('addresses that a proxy hands on', () => {
  async function networkOf(forwarded: string): Promise<string> {
    const before = people + 1;
    await sign(site, { 'x-forwarded-for': forwarded });
    const _id = `${SLUG}:${site.emailKeyOf(`ana-${before}@home.example`)}`;
    const found = await site.connection.collection('signatures').findOne({ _id: _id as never });
    return String(found?.network);
  }

  test.each([
    ['203.0.113.7', '203.0.113.7:51234'],
    ['203.0.113.7', 'x, 203.0.113.7:51234'],
    ['2001:db8::1', '[2001:db8::1]:51234'],
    ['2001:db8::1', '[2001:db8::1]'],
    ['2001:db8::1', '"[2001:db8::1]:4711"'],
    ['203.0.113.7', '203.0.113.7:1, 127.0.0.1:8080'],
  ])('%s is the same visitor as %s', async (bare, ported) => {
    expect(await networkOf(ported)).toBe(await networkOf(bare));
  });

  test('two visitors are two, with their ports too', async () => {
    expect(await networkOf('203.0.113.7:1')).not.toBe(await networkOf('203.0.113.8:1'));
    expect(await networkOf('[2001:db8::1]:1')).not.toBe(await networkOf('[2001:db8:0:1::1]:1'));
  });

  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8::7:443', '2001:db8::7:443'],
    ['unknown', 'unknown'],
    ['', ''],
    ['1.2.3.4:5,[::1]:6', '1.2.3.4, ::1'],
  ])('"%s" is read as "%s"', (given, read) => {
    expect(withoutPorts(given)).toBe(read);
  });

  test.each([
    ['an address that cannot be read', { 'x-forwarded-for': 'unknown' }, 1],
    ['no address at all', {}, 1],
    ['a good address', { 'x-forwarded-for': '203.0.113.7:5' }, 0],
  ] as [string, Record<string, string>, number][])(
    '%s: warned of as often as needed',
    async (_what, headers, times) => {
      const hints: unknown[] = [];
      const app = Fastify({ trustProxy: ['127.0.0.1'] });
      app.addHook('onRequest', (request, _reply, done) => {
        request.log.warn = (fields: unknown) => void hints.push(fields);
        done();
      });
      registerForwarded(app);
      app.get('/', (request) => request.ip);
      app.get('/healthz', () => 'ok');
      await app.inject({ url: '/healthz' });
      for (let n = 0; n < 3; n += 1) await app.inject({ url: '/', headers });
      expect(hints).toHaveLength(times);
      await app.close();
    },
  );
});
