import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, type TestOrganiser } from '../support/console.ts';

const PUBLIC = join(import.meta.dirname, '../../public');
const KB = 1024;
const PAGES = [
  '',
  '/facts',
  '/facts/F4',
  '/petitions',
  '/petitions/safe-passage',
  '/deliveries',
  '/deliveries/offices/us-dhs-secretary',
  '/answers',
  '/answers/new',
  '/incoming',
  '/packs',
  '/offices',
  '/offices/us-dhs-secretary',
  '/offices/us-dhs-secretary/address',
  '/offices/new',
  '/signatures',
  '/signatures?standing=held',
  '/signatures/rules',
  '/signatures/rule?country=MX',
  '/tracking',
  '/tracking/no-more-unsafe-returns',
  '/updates',
  '/updates/new',
  '/exports',
  '/campaign',
  '/people',
  '/audit',
  '/roles',
  '/account',
  '/account/second-factor',
  '/account/codes',
];
const weigh = (content: string | Buffer) => brotliCompressSync(content).length;

let campaign: TestCampaign;
let owner: TestOrganiser;
beforeAll(async () => {
  campaign = await openCampaign();
  owner = await openOrganiser(campaign, { role: 'owner', email: 'ines@team.example' });
});
afterAll(() => campaign.close());

test('a page weighs 60 KB at most with its styles and script, and the script 10 KB', async () => {
  const script = readFileSync(join(PUBLIC, 'console.js'));
  expect(weigh(script)).toBeLessThanOrEqual(10 * KB);
  const shared =
    weigh(script) +
    ['site.css', 'console.css'].reduce((sum, name) => sum + weigh(readFileSync(join(PUBLIC, name))), 0);
  for (const path of PAGES) {
    const { body } = await owner.get(`/organise${path}`);
    expect([path, shared + weigh(body) <= 60 * KB]).toEqual([path, true]);
  }
});

test('every page has one main heading, shows nothing that was not filled in, and is kept nowhere', async () => {
  for (const locale of ['en', 'es']) {
    await owner.get('/organise');
    await owner.post('/organise/language', { locale, next: '/organise' });
    for (const path of PAGES) {
      const { body, headers, statusCode } = await owner.get(`/organise${path}`);
      expect([path, statusCode, headers['cache-control']]).toEqual([path, 200, 'no-store']);
      expect(body.match(/<h1/g)).toHaveLength(1);
      expect(body).toContain(locale === 'es' ? '<html lang="es-MX"' : '<html lang="en"');
      expect(body).not.toMatch(/\{\{|undefined|\[object|>\s*NaN|Invalid Date| style=|<script(?! src=)/);
      const ids = [...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      expect([path, ids.length]).toEqual([path, new Set(ids).size]);
    }
  }
});

test('nothing of it reaches a public page: no cookie, no parser, no header, and the page is the same bytes', async () => {
  const cookie = [...owner.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  for (const url of ['/en', '/es/petitions/safe-passage', '/en/offices', '/api/petitions', '/healthz']) {
    const [plain, carried] = [await campaign.get(url), await campaign.get(url, { cookie })];
    expect([url, carried.statusCode, carried.body === plain.body]).toEqual([url, 200, true]);
    expect(carried.headers).not.toHaveProperty('set-cookie');
    expect(carried.headers['referrer-policy']).not.toBe('same-origin');
  }
  const json = { 'content-type': 'application/json', origin: campaign.config.publicUrl };
  const answer = await campaign.app.inject({
    method: 'POST',
    url: '/organise/sign-in',
    headers: json,
    payload: '{}',
  });
  expect(answer.statusCode).toBe(415);
});
