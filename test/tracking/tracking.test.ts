import { afterAll, beforeAll, expect, test } from 'vitest';
import { addMilliseconds, DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, signIn, type TestOrganiser, type Visitor } from '../support/console.ts';

const SLUG = 'no-more-unsafe-returns';
const PAGE = `/organise/tracking/${SLUG}`;
const FORM = { name: 'Ana Rosa', country: 'MX', region: 'MX-CHP', over16: 'on' };

let campaign: TestCampaign;
let analyst: TestOrganiser;
/** the analyst, signed in anew after some days */
let reader: Visitor;
const hours = () => campaign.services.stores.hours;

async function withdraw(email: string) {
  await campaign.post(`${await campaign.linkTo('manage', email)}/withdraw`);
}

beforeAll(async () => {
  campaign = await openCampaign();
  analyst = await openOrganiser(campaign, { role: 'analyst', email: 'ana@team.example' });
  const { clock, addSupporter, count, services } = campaign;
  clock.set('2026-11-23T18:10:00Z');
  await addSupporter('one@home.example', { ...FORM, source: 'whatsapp' });
  await addSupporter('two@home.example', { country: 'US', region: 'US-TX' });
  await addSupporter('three@home.example', {
    updates: 'on',
    words: 'My cousin crossed at night, alone, and nobody asked her whether she could go back.',
    shareWords: 'on',
  });
  await count();
  await services.tracking.takeLedger();
  clock.set('2026-11-24T12:05:00Z');
  const slow = { ...FORM, email: 'slow@home.example', source: 'whatsapp' };
  await campaign.post(`/es/petitions/${SLUG}/signatures`, slow);
  await campaign.post(`/es/petitions/${SLUG}/signatures`, { ...FORM, email: 'waits@home.example' });
  await campaign.sendMail();
  clock.advance(30 * MINUTE);
  await campaign.post(await campaign.linkTo('confirm', 'slow@home.example'));
  await withdraw('two@home.example');
  await count();
  await services.tracking.takeLedger();
  await services.tracking.takeSignatures();
});
afterAll(() => campaign.close());

const read = (from: string, to: string) => hours().listHours(SLUG, new Date(from), new Date(to));

test('every entry of the ledger is in the hour in which it was written, once, however often the sums are brought up', async () => {
  for (let turn = 0; turn < 3; turn += 1) await campaign.services.tracking.takeLedger();
  const all = await read('2026-11-23T00:00:00Z', '2026-11-25T00:00:00Z');
  expect(all.map(({ at, added, removed }) => [at.toISOString(), added, removed])).toEqual([
    ['2026-11-23T18:00:00.000Z', 3, 0],
    ['2026-11-24T12:00:00.000Z', 1, 1],
  ]);
  expect(all[0]?.delta?.source).toEqual({ whatsapp: 1, direct: 2 });
  expect(all[1]?.delta).toMatchObject({ source: { whatsapp: 1, direct: -1 }, country: { MX: 1, US: -1 } });
});

test('who confirmed, how soon, with words or for news, and who still waits, stand in their hour', async () => {
  const [first, second] = await read('2026-11-23T00:00:00Z', '2026-11-25T00:00:00Z');
  // One of the three has withdrawn since.
  expect(first).toMatchObject({ confirmed: 2, delays: [2, 2, 2, 2], words: 1, updates: 1 });
  expect(second).toMatchObject({ confirmed: 1, delays: [0, 1, 1, 1], words: 0, updates: 0, waiting: 1 });
});

test('forms that were shown and mails that went are counted in memory, and added to their hour once', async () => {
  const { tracking } = campaign.services;
  await tracking.flush();
  for (const source of ['', '?source=whatsapp', '?source=whatsapp', '?source=made-up'])
    await campaign.get(`/en/petitions/${SLUG}${source}`);
  await campaign.get('/en/petitions/not-there');
  await campaign.app.inject({ method: 'HEAD', url: `/en/petitions/${SLUG}` });
  await tracking.flush();
  await tracking.flush();
  const [hour] = await read('2026-11-24T12:00:00Z', '2026-11-24T13:00:00Z');
  expect(hour?.seen).toEqual({ direct: 1, whatsapp: 2, other: 1 });
  // One to who confirmed later, one to who waits; the receipt and the mails of the day before ask for nothing.
  expect(hour?.mailed).toBe(2);
  const known = await campaign.connection.collection('hours').distinct('petitionId');
  expect(known).toEqual([SLUG]);
});

test('the sums that a hand has spoiled, or that a restored ledger does not have, are made again by a command', async () => {
  const before = await read('2026-11-23T00:00:00Z', '2026-11-25T00:00:00Z');
  const rows = campaign.connection.collection('hours');
  await rows.updateOne({ petitionId: SLUG }, { $set: { added: 99, confirmed: 99 } });
  await rows.insertOne({
    _id: `${SLUG}:2026-11-24T15` as never,
    petitionId: SLUG,
    at: new Date('2026-11-24T15:00:00Z'),
    seq: 99,
    added: 5,
    removed: 0,
    delta: { country: {}, region: {}, source: {}, locale: {} },
  });
  // By itself, as the sums are ahead of the ledger.
  await campaign.services.tracking.takeLedger();
  const [, , third] = await read('2026-11-23T00:00:00Z', '2026-11-25T00:00:00Z');
  expect(third).not.toHaveProperty('added');
  await rows.deleteOne({ _id: `${SLUG}:2026-11-24T15` as never });
  await rows.updateOne({ petitionId: SLUG }, { $set: { added: 99, waiting: 4 } });
  await campaign.services.tracking.rebuild([SLUG]);
  const drop = ({ waiting, ...hour }: (typeof before)[number]) => ({
    ...hour,
    waiting: waiting || undefined,
  });
  const after = await read('2026-11-23T00:00:00Z', '2026-11-25T00:00:00Z');
  expect(after.map(drop)).toEqual(before.map(drop));
});

test('two who sum at once, and one who rebuilds meanwhile, count nobody twice', async () => {
  const { tracking } = campaign.services;
  campaign.clock.advance(HOUR);
  for (let person = 0; person < 3; person += 1) {
    await campaign.addSupporter(`more-${person}@home.example`);
    await campaign.count();
  }
  await Promise.all([
    tracking.takeLedger(),
    tracking.takeLedger(),
    tracking.rebuild([SLUG]),
    tracking.takeLedger(),
  ]);
  await tracking.takeLedger();
  const sums = await hours().listSums(SLUG, new Date(0), new Date('2027-01-01T00:00:00Z'));
  const net = sums.reduce((sum, { added = 0, removed = 0 }) => sum + added - removed, 0);
  expect(net).toBe((await campaign.services.ledger.getCount(SLUG)).count);
});

test('an hour is counted again a day after its end, as people change their minds', async () => {
  const { tracking } = campaign.services;
  await withdraw('one@home.example');
  campaign.clock.advance(2 * DAY);
  await tracking.takeSignatures();
  const [first] = await read('2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z');
  expect(first).toMatchObject({ confirmed: 1 });
  expect(first?.recountAt).toEqual(addMilliseconds(new Date('2026-11-23T19:00:00Z'), 7 * DAY));
});

test('the page says the exact count, what was gained and compared, and what waits; each table has a file', async () => {
  reader = await signIn(campaign, analyst);
  await campaign.count();
  await campaign.services.tracking.takeLedger();
  const { count } = await campaign.services.ledger.getCount(SLUG);
  const { body } = await reader.get(`${PAGE}?against=before&span=30d`);
  expect(body).toContain(`<dt>Signatures</dt><dd><strong>${count}</strong>`);
  expect(body).toContain('0 in the comparison');
  expect(body).toContain('<svg role="img"');
  const places = await reader.get(`${PAGE}/places.csv?span=30d`);
  expect(places.headers['content-disposition']).toBe(`attachment; filename="${SLUG}-places.csv"`);
  expect(places.body).toContain('"Place","In this period","Since the start"\r\n');
  expect(places.body).toMatch(/"United States","\d+","\d+"/);
  for (const file of ['curve', 'funnel', 'delays', 'sources', 'languages'])
    expect((await reader.get(`${PAGE}/${file}.csv`)).statusCode).toBe(200);
  for (const gone of [
    `${PAGE}/people.csv`,
    '/organise/tracking/not-there',
    '/organise/tracking/not-there/curve.csv',
  ])
    expect((await reader.get(gone)).statusCode).toBe(404);
});

test('another petition, another period and another zone can be looked at, and nonsense changes nothing', async () => {
  const other = await reader.get(`${PAGE}?against=safe-passage&zone=America/New_York`);
  expect(other.body).toContain('Signatures added: Safe');
  expect(other.body).toMatch(/As of [^<]+ E[SD]T/);
  const period = await reader.get(`${PAGE}?against=period&otherTo=2026-11-23&span=7d`);
  expect(period.body).toContain('the other period');
  const odd = await reader.get(
    `${PAGE}?span=9y&to=2026-02-30&zone=Nowhere&against=${'x'.repeat(300)}&otherTo=%00`,
  );
  expect(odd.statusCode).toBe(200);
  expect((await reader.get(`${PAGE}?to=2020-02-01`)).body).toContain(
    '<dt>In this period</dt><dd><strong>0</strong>',
  );
});

test('a page that looks again by itself does not keep its session', async () => {
  for (let turn = 0; turn < 4; turn += 1) {
    campaign.clock.advance(8 * MINUTE);
    await reader.get(PAGE, { 'x-refresh': '1' });
  }
  expect((await reader.get(PAGE)).statusCode).toBe(303);
});
