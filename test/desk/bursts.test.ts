import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { burstsIn, type SignalHour } from '../../src/desk/burst.ts';
import { HOUR } from '../../src/lib/clock.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, signIn, type TestOrganiser, type Visitor } from '../support/console.ts';
import { buildSignatures } from '../support/signatures.ts';
import { seen } from '../support/views.ts';

const SLUG = 'no-more-unsafe-returns';
let campaign: TestCampaign;
let organiser: TestOrganiser;
let moderator: Visitor;

beforeAll(async () => {
  campaign = await openCampaign();
  organiser = await openOrganiser(campaign, { role: 'moderator', email: 'moderator@team.example' });
});
afterAll(() => campaign.close());
beforeEach(async () => {
  for (const name of ['signatures', 'signalHours']) await campaign.connection.collection(name).deleteMany({});
  campaign.clock.advance(2 * HOUR);
  moderator = await signIn(campaign, organiser);
});

const NOW = new Date('2026-11-28T12:00:00Z');
const hourOf = (hoursAgo: number, total: number, fields: Partial<SignalHour> = {}): SignalHour => ({
  _id: `p:${hoursAgo}`,
  petitionId: 'p',
  hour: new Date(NOW.getTime() - hoursAgo * HOUR),
  total,
  networks: [],
  domains: [],
  ...fields,
});
const of = (count: number) => [{ key: 'k', count }];
const usual = (count: number) =>
  Array.from({ length: 10 }, (_, at) => hourOf(at + 60, 100, { domains: of(count) }));

test.each<[string, SignalHour[], number]>([
  ['20 of 40 from one network', [hourOf(1, 40, { networks: of(20) })], 1],
  ['19 from one network', [hourOf(1, 40, { networks: of(19) })], 0],
  ['20 of 1,000 from one network', [hourOf(1, 1_000, { networks: of(20) })], 0],
  ['a network three days ago', [hourOf(72, 40, { networks: of(40) })], 0],
  ['a network that was looked at', [hourOf(1, 40, { networks: of(20), looked: ['network.k'] })], 0],
  ['a provider that half of all have, as usual', [hourOf(1, 100, { domains: of(60) }), ...usual(50)], 0],
  ['a domain that one in a hundred has', [hourOf(1, 100, { domains: of(40) }), ...usual(1)], 1],
  ['a domain that nobody had', [hourOf(1, 100, { domains: of(40) }), ...usual(0)], 1],
  ['most of the first hour from one provider', [hourOf(1, 100, { domains: of(70) })], 0],
  ['nearly all of the first hour from one domain', [hourOf(1, 100, { domains: of(95) })], 1],
])('%s', (_name, hours, bursts) => {
  expect(burstsIn(hours, NOW)).toHaveLength(bursts);
});

test('a burst stands on Today, leads to its signatures, and is gone once looked at; nothing is held by itself', async () => {
  const network = campaign.services.keys.networkKeyOf('203.0.113.9');
  const createdAt = new Date(campaign.clock.now().getTime() - HOUR / 2);
  const sealedOf = (_id: string) =>
    campaign.services.sealer.seal({ name: 'Ana', email: 'ana@home.example' }, `signature:${_id}`);
  await buildSignatures(campaign.connection, 5, { petitionId: SLUG, createdAt, signals: { domain: 'd' } });
  const many = await buildSignatures(campaign.connection, 25, {
    petitionId: SLUG,
    createdAt,
    signals: { domain: 'other', network },
  });
  for (const { _id } of await campaign.connection.collection('signatures').find().toArray())
    await campaign.connection
      .collection('signatures')
      .updateOne({ _id }, { $set: { sealed: sealedOf(String(_id)) } });
  await campaign.services.bursts.step();
  expect(seen((await moderator.get('/organise')).body)).toContain('1 unusual burst of signatures');
  const page = await moderator.get('/organise/signatures');
  expect(seen(page.body)).toMatch(/25 of the 30 signatures in the hour from .* came from one network/);
  const [, href = ''] = /<a href="([^"]+network[^"]+)">/.exec(page.body) ?? [];
  const found = await moderator.get(href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
  expect(found.body.match(/<h3>/g)).toHaveLength(25);
  expect(await campaign.connection.collection('signatures').countDocuments({ held: true })).toBe(0);
  const dump = JSON.stringify(await campaign.connection.collection('signalHours').find().toArray());
  expect(dump).not.toContain('203.0.113');
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page.body)?.[1] ?? '';
  await moderator.get('/organise/signatures');
  const looked = { hour: field('hour'), kind: field('kind'), key: field('key') };
  expect((await moderator.post('/organise/signatures/looked', looked)).statusCode).toBe(303);
  expect(seen((await moderator.get('/organise/signatures')).body)).not.toContain('Unusual bursts');
  await campaign.services.bursts.step();
  expect(seen((await moderator.get('/organise')).body)).not.toContain('unusual burst');
  expect((await campaign.services.audit.listActs({}, 1))[0]).toMatchObject({ act: 'burst looked at' });
  expect(many).toHaveLength(25);
});

test('what is held meanwhile is no burst any more', async () => {
  const createdAt = new Date(campaign.clock.now().getTime() - 1_000);
  await buildSignatures(campaign.connection, 25, {
    petitionId: SLUG,
    createdAt,
    signals: { domain: 'd', network: 'n'.repeat(16) },
  });
  await campaign.services.bursts.step();
  expect(await campaign.services.bursts.listBursts()).toHaveLength(1);
  await campaign.connection.collection('signatures').updateMany({}, { $set: { held: true } });
  await campaign.services.bursts.step();
  campaign.clock.advance(2 * 60_000);
  expect(await campaign.services.bursts.listBursts()).toEqual([]);
});
