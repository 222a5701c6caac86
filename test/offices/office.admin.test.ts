import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, signIn, type TestOrganiser, type Visitor } from '../support/console.ts';
import { seen } from '../support/views.ts';

const DHS = 'us-dhs-secretary';
const OFFICE = `/organise/offices/${DHS}`;
const ADDRESS = {
  email: 'letters@dhs.example',
  source: 'https://example.org/contact',
  checked: '2026-11-23',
};

let campaign: TestCampaign;
let organiser: TestOrganiser;
let editor: Visitor;

beforeAll(async () => {
  campaign = await openCampaign();
  organiser = await openOrganiser(campaign, {
    role: 'editor',
    email: 'editor@team.example',
    name: 'Inés Vidal',
  });
});
afterAll(() => campaign.close());
beforeEach(async () => {
  editor = await signIn(campaign, organiser);
});

const page = async (path = '') => seen((await editor.get(OFFICE + path)).body);
const office = () => campaign.services.offices.getOffice(DHS);
const newestAct = async () => (await campaign.services.audit.listActs({}, 1))[0];

describe('an address', () => {
  test('is entered with the page and the day, and the audit and the office say by whom', async () => {
    await editor.get(`${OFFICE}/address`);
    const saved = await editor.post(`${OFFICE}/address`, ADDRESS);
    expect(saved.headers.location).toBe(`${OFFICE}?done=address`);
    expect(seen((await editor.get(`${OFFICE}?done=address`)).body)).toContain('The address has been saved');
    const by = `organiser:${organiser.ref}`;
    expect((await office()).changes?.at(-1)).toMatchObject({ change: 'verified', by });
    expect(await newestAct()).toMatchObject({ act: 'office verify', of: [DHS], by, outcome: 'done' });
    expect(JSON.stringify(await newestAct())).not.toContain('letters@');
    expect(await page()).toMatch(
      /letters@dhs\.example .*verified.*seen published November 23, 2026.*Inés Vidal/s,
    );
  });

  test('without its source is refused, and what was typed is still there', async () => {
    const answer = await editor.post(`${OFFICE}/address`, { ...ADDRESS, source: '', checked: '2027-01-01' });
    expect(answer.statusCode).toBe(422);
    expect(seen(answer.body)).toContain('Say on which page it is published');
    expect(answer.body).toContain('value="letters@dhs.example"');
    const early = await editor.post(`${OFFICE}/address`, { ...ADDRESS, checked: '2027-01-01' });
    expect(seen(early.body)).toContain('This day is still to come');
  });

  test('of a helpline is refused, in Spanish too', async () => {
    await editor.get(OFFICE);
    await editor.post('/organise/language', { locale: 'es', next: OFFICE });
    const answer = await editor.post(`${OFFICE}/address`, { ...ADDRESS, email: 'helpline@dhs.example' });
    expect([answer.statusCode, seen(answer.body)]).toEqual([
      422,
      expect.stringContaining('Es una línea de ayuda'),
    ]);
    await editor.post('/organise/language', { locale: 'en', next: OFFICE });
  });

  test('that was seen published more than 180 days ago is marked as old', async () => {
    await editor.post(`${OFFICE}/address`, ADDRESS);
    campaign.clock.advance(182 * DAY);
    editor = await signIn(campaign, organiser);
    expect(seen((await editor.get('/organise/offices')).body)).toContain('Look again');
  });
});

test('an office is paused with a reason, shown as paused, and resumed', async () => {
  await editor.get(OFFICE);
  expect((await editor.post(`${OFFICE}/pause`, { reason: '' })).statusCode).toBe(422);
  await editor.post(`${OFFICE}/pause`, { reason: 'they asked for time' });
  expect(await newestAct()).toMatchObject({ act: 'letters pause', why: 'they asked for time' });
  expect(seen((await editor.get('/organise/offices')).body)).toMatch(/paused/);
  expect((await editor.get(`${OFFICE}/pause`)).statusCode).toBe(404);
  await editor.post(`${OFFICE}/resume`);
  expect(await campaign.services.decisions.listPauses()).toEqual([]);
});

test('hours and pace are changed, and what they were stands in the audit', async () => {
  await editor.get(OFFICE);
  await editor.post(`${OFFICE}/hours`, { day1: 'on', day3: 'on', fromTime: '08:30', toTime: '15:00' });
  expect((await office()).hours).toEqual({ days: [1, 3], from: '08:30', to: '15:00' });
  expect((await newestAct())?.changes).toEqual([
    { field: 'hours', from: '12345 09:00–17:00', to: '13 08:30–15:00' },
  ]);
  const none = await editor.post(`${OFFICE}/hours`, { fromTime: '15:00', toTime: '8' });
  expect(seen(none.body)).toMatch(/Choose at least one day.*Write it as 17:00/s);
  const fast = { digestsPerMonth: '9', lettersPerHour: '', lettersInAll: '10' };
  const flood = await editor.post(`${OFFICE}/pace`, fast);
  expect(seen(flood.body)).toMatch(/from 0 to 2.*Fill this in/s);
  await editor.post(`${OFFICE}/pace`, { ...fast, digestsPerMonth: '2', lettersPerHour: '5' });
  expect((await office()).pace).toEqual({ digestsPerMonth: 2, lettersPerHour: 5, lettersInAll: 10 });
});

test('closing days of one office, and by an order those of every office of the country', async () => {
  await editor.get(OFFICE);
  const order = {
    from: '2027-12-24',
    to: '',
    because: 'Executive order',
    source: 'https://example.org/order',
  };
  await editor.post(`${OFFICE}/closing`, { ...order, everyOffice: 'on' });
  const closed = (await campaign.services.offices.listOffices()).filter(
    ({ closings = [] }) => closings.length > 0,
  );
  expect(new Set(closed.map(({ country }) => country))).toEqual(new Set(['US']));
  expect(closed.length).toBeGreaterThan(1);
  expect(seen((await editor.post(`${OFFICE}/closing`, order)).body)).toContain(
    'closed on some of these days',
  );
  await editor.post(`${OFFICE}/closing-forget`, { closing: '2027-12-24' });
  expect((await office()).closings).toEqual([]);
});

test('who holds it: names are shown as they are, whatever stands in them', async () => {
  const holderName = '=HYPERLINK("x") <b>\u202eJane</b>';
  await editor.get(OFFICE);
  const held = {
    holderName: 'Jane <b>Roe</b> =1+1',
    titleEn: 'Secretary',
    titleEs: 'Secretaria',
    from: '2027-01-01',
  };
  expect((await editor.post(`${OFFICE}/holder`, { ...held, holderName })).statusCode).toBe(422);
  await editor.post(`${OFFICE}/holder-end`, {
    holder: (await office()).holders.at(-1)?.name ?? '',
    on: '2027-01-01',
  });
  await editor.post(`${OFFICE}/holder`, held);
  const { body } = await editor.get(OFFICE);
  expect(body).toContain('<bdi>Jane &lt;b&gt;Roe&lt;/b&gt; &#x3D;1+1</bdi>');
  await editor.post(`${OFFICE}/holder-forget`, { holder: held.holderName });
  expect((await office()).holders.map(({ name }) => name)).not.toContain(held.holderName);
});

test('nobody writes to it until the mark is taken off; by post only is for good', async () => {
  await editor.get(OFFICE);
  await editor.post(`${OFFICE}/do-not-contact`, { reason: 'it shelters people' });
  expect(seen((await editor.post(`${OFFICE}/address`, ADDRESS)).body)).toContain('Take that mark off first');
  await editor.post(`${OFFICE}/contact`);
  await editor.post(`${OFFICE}/post-only`);
  expect(await office()).toMatchObject({ isPostOnly: true, pace: { lettersInAll: 0 } });
  expect((await editor.get(`${OFFICE}/address`)).statusCode).toBe(404);
});

test('a further office is added, and one of the same name is not', async () => {
  const given = {
    ref: 'mx-procuraduria',
    country: 'MX',
    nameEn: 'Attorney',
    nameEs: 'Procuraduría',
    zone: 'America/Mexico_City',
    language: 'es',
    enforces: 'no',
  };
  await editor.get('/organise/offices/new');
  expect((await editor.post('/organise/offices/new', { ...given, zone: 'Nowhere' })).statusCode).toBe(422);
  expect((await editor.post('/organise/offices/new', given)).headers.location).toBe(
    '/organise/offices/mx-procuraduria',
  );
  const again = await editor.post('/organise/offices/new', given);
  expect(seen(again.body)).toContain('This is taken');
  await editor.post('/organise/offices/mx-procuraduria/set', { ...given, nameEs: 'Procuraduría Federal' });
  expect((await campaign.services.offices.getOffice('mx-procuraduria')).name.es).toBe('Procuraduría Federal');
  expect(await newestAct()).toMatchObject({ act: 'office set', outcome: 'done' });
});

test('what was typed while the database is away comes back, and nothing is changed', async () => {
  await editor.get(OFFICE);
  const client = campaign.connection.getClient();
  await client.close();
  const answer = await editor.post(`${OFFICE}/pause`, {
    reason: 'they asked for time, in writing, and for quiet',
  });
  await client.connect();
  expect(answer.statusCode).toBe(503);
  expect(answer.body).toContain('they asked for time, in writing');
  expect(await campaign.services.decisions.listPauses()).toEqual([]);
});
