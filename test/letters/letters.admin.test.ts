import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, signIn, type TestOrganiser, type Visitor } from '../support/console.ts';
import { seen } from '../support/views.ts';

const DHS = 'us-dhs-secretary';
const SLUG = 'no-more-unsafe-returns';
const DIGEST = `${SLUG}:${DHS}:digest:1`;
const HOME = '/organise/deliveries';
const PAGE = `${HOME}/${encodeURIComponent(DIGEST)}`;

let campaign: TestCampaign;
const people = {} as Record<'owner' | 'editor', TestOrganiser>;
let owner: Visitor;
let editor: Visitor;

beforeAll(async () => {
  campaign = await openCampaign();
  people.owner = await openOrganiser(campaign, {
    role: 'owner',
    email: 'o@team.example',
    name: 'Inés Vidal',
  });
  people.editor = await openOrganiser(campaign, {
    role: 'editor',
    email: 'e@team.example',
    name: 'Tomás Rojas',
  });
  await campaign.addSupporter('ana@home.example');
  await campaign.count();
  await campaign.services.offices.verifyEmailChannel(TESTER, DHS, {
    email: 'letters@dhs.example',
    source: 'https://example.org/contact',
    checked: '2026-11-23',
  });
});
afterAll(() => campaign.close());
beforeEach(async () => {
  for (const name of ['deliveries', 'pauses', 'outbox'])
    await campaign.connection.collection(name).deleteMany({});
  // Within ten minutes of this the second factor is not asked for again.
  owner = await signIn(campaign, people.owner);
  editor = await signIn(campaign, people.editor);
});

const plan = (visitor = editor) => visitor.post(`${HOME}/plan`, {});
const delivery = () => campaign.services.letters.getDelivery(DIGEST);
const text = async (path: string, visitor = editor) => seen((await visitor.get(path)).body);
const newestAct = async () => (await campaign.services.audit.listActs({}, 1))[0];

describe('a report', () => {
  test('is planned, read with its checks, approved, and the calendar says when it goes', async () => {
    const planned = await plan();
    expect(seen(planned.body)).toMatch(/Secretary of Homeland Security.*look and approve/s);
    expect(seen(planned.body)).toContain('no verified email address');
    const shown = await text(PAGE);
    expect(shown).toContain('No check says stop');
    expect(shown).toContain('The email as it would go now');
    expect(shown).toContain('entries 1 to 1 of the count');
    expect(shown).toMatch(/Subject: .*no more unsafe returns/i);
    expect(await text(HOME)).toMatch(/Approved now, it would go Nov 2\d, 2026, [^.]*E[SD]T/);
    const approved = await editor.post(`${PAGE}/approve`);
    expect(approved.headers.location).toBe(`${PAGE}?done=approve`);
    const by = `organiser:${people.editor.ref}`;
    expect(await delivery()).toMatchObject({ state: 'approved', approvedBy: by });
    expect(await newestAct()).toMatchObject({
      act: 'letters approve',
      by,
      of: [DIGEST],
      outcome: 'done',
      changes: [{ field: 'state', from: 'planned', to: 'approved' }],
    });
    expect(await text(HOME)).toMatch(/Report 1 approved .*EST.*approved by Tomás Rojas/s);
  });

  test('on which a colleague was faster is decided once, and who comes second is told by whom', async () => {
    await plan();
    await editor.get(`${PAGE}/approve`);
    await owner.get(`${PAGE}/approve`);
    await editor.post(`${PAGE}/approve`);
    const late = await owner.post(`${PAGE}/approve`);
    expect([late.statusCode, seen(late.body)]).toEqual([
      409,
      expect.stringContaining('Tomás Rojas has already approved it'),
    ]);
    expect((await delivery()).approvedBy).toBe(`organiser:${people.editor.ref}`);
    await owner.post(`${PAGE}/cancel`);
    const gone = await editor.post(`${PAGE}/cancel`);
    expect(seen(gone.body)).toContain('Inés Vidal has already cancelled it');
    expect(await text(PAGE)).toContain('cancelled by Inés Vidal');
  });

  test('that two approve in the same moment is approved by one', async () => {
    await plan();
    const answers = await Promise.all([editor.post(`${PAGE}/approve`), owner.post(`${PAGE}/approve`)]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([303, 409]);
    const [loser = ''] = answers.filter(({ statusCode }) => statusCode === 409).map(({ body }) => seen(body));
    expect(loser).toMatch(/(Inés Vidal|Tomás Rojas) has already approved it/);
  });

  test('that nobody approved does not go; approved, it goes by hand, and its exact bytes are there', async () => {
    await plan();
    const early = await editor.post(`${PAGE}/send`);
    expect(early.statusCode).toBe(409);
    expect((await delivery()).state).toBe('planned');
    await editor.post(`${PAGE}/approve`);
    expect((await editor.post(`${PAGE}/send`)).statusCode).toBe(303);
    await campaign.services.mailWorker.drainOffices();
    expect((await delivery()).state).toBe('sent');
    const eml = await editor.get(`${PAGE}/mail.eml`);
    expect(eml.headers).toMatchObject({ 'content-type': 'message/rfc822', 'cache-control': 'no-store' });
    const { to, messageId } = await simpleParser(eml.body);
    expect([[to].flat()[0]?.text, messageId]).toEqual([
      'letters@dhs.example',
      `<${(await delivery()).messageId}>`,
    ]);
    expect(await text(PAGE)).toContain('The email as it went out');
  });

  test('that is in doubt is decided once', async () => {
    await plan();
    await campaign.connection
      .collection('deliveries')
      .updateOne(
        { _id: DIGEST as never },
        { $set: { state: 'unknown', releases: 1, endedAt: campaign.clock.now() } },
      );
    expect(await text(HOME)).toContain('Needs your decision');
    const soon = await editor.post(`${PAGE}/again`);
    expect(seen(soon.body)).toContain('Wait two minutes');
    await editor.post(`${PAGE}/sent`);
    expect(await delivery()).toMatchObject({ state: 'sent' });
    expect(seen((await owner.post(`${PAGE}/sent`)).body)).toContain('Tomás Rojas decided that');
  });
});

describe('all for an office', () => {
  const OFFICE = `${HOME}/offices/${DHS}`;

  test('is approved by how many were seen, and cancelled by its typed name', async () => {
    await plan();
    expect(await text(OFFICE)).toMatch(/No check says stop.*1 waits for approval/s);
    const other = await editor.post(`${OFFICE}/approve`, { through: '2' });
    expect([other.statusCode, seen(other.body)]).toEqual([
      422,
      expect.stringContaining('Another number waits now'),
    ]);
    await editor.post(`${OFFICE}/approve`, { through: '1' });
    expect((await delivery()).state).toBe('approved');
    expect((await editor.post(`${OFFICE}/cancel`, { word: '' })).statusCode).toBe(422);
    expect((await editor.post(`${OFFICE}/cancel`, { word: 'us-dhs' })).statusCode).toBe(422);
    expect((await delivery()).state).toBe('approved');
    await editor.post(`${OFFICE}/cancel`, { word: DHS });
    expect((await delivery()).state).toBe('cancelled');
  });
});

test('what stands still says why and since when, and nothing goes by hand meanwhile', async () => {
  await plan();
  await editor.post(`${PAGE}/approve`);
  expect((await editor.post(`${HOME}/pauses/all/pause`, { reason: ' ' })).statusCode).toBe(422);
  await editor.post(`${HOME}/pauses/all/pause`, { reason: 'an error in the text' });
  expect(await text(HOME)).toMatch(/Everything to every office paused an error in the text Tomás Rojas/);
  expect(seen((await editor.post(`${PAGE}/send`)).body)).toContain('It is paused');
  await owner.post(`${HOME}/pauses/all/resume`);
  expect(await campaign.services.decisions.listPauses()).toEqual([]);
  expect((await editor.get(`${HOME}/pauses/nothing/pause`)).statusCode).toBe(404);
});

test('to send wants the second factor again after ten minutes, and keeps what was typed', async () => {
  await plan();
  campaign.clock.advance(11 * 60_000);
  await editor.get(PAGE);
  const asked = await editor.get(`${PAGE}/approve`);
  const next = new URL(asked.headers.location ?? '', 'http://x.example').searchParams.get('next');
  expect(next).toBe(`${PAGE}/approve`);
  const answer = await editor.post(`${PAGE}/approve`, { override: 'it is right' });
  expect(answer.statusCode).toBe(403);
  expect((await delivery()).state).toBe('planned');
});
