import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newRef } from '../../src/lib/ref.ts';
import { openOrganiser, signIn, type TestOrganiser, type Visitor } from '../support/console.ts';
import { seen } from '../support/views.ts';
import { type Answered, DHS, openAnswered, SLUG } from './answer-room.ts';

const HOME = '/organise/answers';
const TEXT = 'We have read it, and will act.';
const PUBLISH = { text: TEXT, locale: 'en', 'status-D1': 'accepted' };

let campaign: Answered;
let organiser: TestOrganiser;
let editor: Visitor;
let id: string;

beforeAll(async () => {
  campaign = await openAnswered();
  organiser = await openOrganiser(campaign, { role: 'editor', email: 'e@team.example', name: 'Tomás Rojas' });
  await campaign.connection
    .collection('signatures')
    .updateMany({ petitionId: SLUG }, { $set: { 'consent.updates': true } });
});
afterAll(() => campaign.close());
beforeEach(async () => {
  await campaign.forgetAnswers();
  await campaign.connection.collection('outbox').deleteMany({});
  editor = await signIn(campaign, organiser);
  id = (await campaign.services.answers.recordReply({ ...campaign.reply, messageId: newRef() }))._id;
});

const text = async (path = `/${id}`) => seen((await editor.get(HOME + path)).body);
const answer = () => campaign.services.answers.getAnswer(id);
const mails = (kind: RegExp) =>
  campaign.connection.collection('outbox').countDocuments({ _id: kind as never });
const newestAct = async () => (await campaign.services.audit.listActs({}, 1))[0];

describe('an answer', () => {
  test('is read, and the audit says by whom; nothing of it is public yet', async () => {
    expect(await text('')).toMatch(/Waiting for you.*Secretary of Homeland Security/s);
    expect(await text()).toMatch(/From: Ana Rosa Núñez.*Re: your report.*We have read it/s);
    expect(await newestAct()).toMatchObject({ act: 'answers show', of: [id], outcome: 'done' });
    const eml = await editor.get(`${HOME}/${id}/mail.eml`);
    expect(eml.body).toBe(campaign.reply.raw.toString());
    expect(await campaign.page(`/en/offices/${DHS}`)).not.toContain('We have read it');
  });

  test('is previewed as page and mail, changed, published, and told to the signers', async () => {
    const form = (await editor.get(`${HOME}/${id}/publish`)).body;
    expect(form).toContain('We have read it.');
    const preview = await editor.post(`${HOME}/${id}/preview`, PUBLISH);
    expect(seen(preview.body)).toMatch(
      /On the public page.*We have read it, and will act.*The email to signers.*Accepted/s,
    );
    expect((await answer()).published).toBeUndefined();
    const back = await editor.post(`${HOME}/${id}/preview`, { ...PUBLISH, do: 'change' });
    expect(back.body).toContain(TEXT);
    const published = await editor.post(`${HOME}/${id}/publish`, PUBLISH);
    expect(published.headers.location).toBe(`${HOME}/${id}?done=published`);
    expect((await answer()).published).toMatchObject({
      by: `organiser:${organiser.ref}`,
      statements: [{ demandId: 'D1', status: 'accepted' }],
    });
    expect(await campaign.page(`/en/offices/${DHS}`)).toContain('and will act');
    await editor.post(`${HOME}/${id}/tell`);
    expect(await mails(/^update:/)).toBe(3);
    expect((await editor.get(`${HOME}/${id}/tell`)).statusCode).toBe(404);
    expect(await text()).toMatch(/3 signers were told.*Published by Tomás Rojas/s);
  });

  test('that holds a name, or a refusal without its reason, is sent back with what was typed', async () => {
    const named = await editor.post(`${HOME}/${id}/preview`, { ...PUBLISH, text: 'Núñez will see to it.' });
    expect(named.statusCode).toBe(422);
    expect(seen(named.body)).toContain('It seems to hold a name');
    expect(named.body).toContain('Núñez will see to it.');
    const refusal = await editor.post(`${HOME}/${id}/publish`, { ...PUBLISH, 'status-D1': 'refused' });
    expect([refusal.statusCode, seen(refusal.body)]).toEqual([422, expect.stringContaining('Fill this in')]);
    const none = await editor.post(`${HOME}/${id}/preview`, { text: TEXT });
    expect(none.statusCode).toBe(422);
    expect((await answer()).published).toBeUndefined();
  });

  test('is translated, and shown in both languages', async () => {
    await editor.post(`${HOME}/${id}/publish`, { ...PUBLISH, 'status-D1': 'refused', 'reason-D1': 'Funds.' });
    const incomplete = await editor.post(`${HOME}/${id}/translate`, {
      text: 'La hemos leído.',
      'reason-D1': '',
    });
    expect(incomplete.statusCode).toBe(422);
    await editor.post(`${HOME}/${id}/translate`, { text: 'La hemos leído.', 'reason-D1': 'Por fondos.' });
    expect(await campaign.page(`/es/offices/${DHS}`)).toMatch(/Por fondos\..*La hemos leído/s);
  });

  test('that changed after signers were told is corrected for those who were told, once', async () => {
    await editor.post(`${HOME}/${id}/publish`, PUBLISH);
    await editor.post(`${HOME}/${id}/tell`);
    await campaign.sendMail();
    expect((await editor.get(`${HOME}/${id}/correct`)).statusCode).toBe(404);
    campaign.clock.advance(60_000);
    await campaign.addSupporter('later@home.example', { updates: 'on' });
    await editor.post(`${HOME}/${id}/publish`, { ...PUBLISH, text: 'We have read a part of it.' });
    expect(await text()).toContain('They do not know it yet');
    const preview = await editor.post(`${HOME}/${id}/preview`, PUBLISH);
    expect(seen(preview.body)).toContain('This corrects what we told you before');
    await editor.post(`${HOME}/${id}/correct`);
    expect((await editor.post(`${HOME}/${id}/correct`)).statusCode).toBe(409);
    await campaign.sendMail();
    const rows = await campaign.connection
      .collection('outbox')
      .find({ _id: /^correction:/ as never })
      .toArray();
    const ends = rows.map(({ state, outcome = '' }) => (state === 'cancelled' ? outcome : state)).sort();
    expect(ends).toEqual(['sent', 'sent', 'sent', 'was not told']);
    expect(await text()).toContain('The correction was sent on its way');
  });

  test('is taken off the page, and set aside', async () => {
    await editor.post(`${HOME}/${id}/publish`, PUBLISH);
    expect((await editor.post(`${HOME}/${id}/set-aside`)).statusCode).toBe(409);
    await editor.post(`${HOME}/${id}/unpublish`);
    await editor.post(`${HOME}/${id}/set-aside`);
    expect((await answer()).setAside?.by).toBe(`organiser:${organiser.ref}`);
    expect(await text('')).toContain('No answer is waiting');
  });
});

test('an answer on paper is entered with its day', async () => {
  const given = { petition: SLUG, office: DHS, on: '2026-11-20', text: 'We decline.' };
  const late = await editor.post(`${HOME}/new`, { ...given, on: '2027-12-01' });
  expect([late.statusCode, seen(late.body)]).toEqual([
    422,
    expect.stringContaining('This day is still to come'),
  ]);
  expect(late.body).toContain('We decline.');
  const foreign = await editor.post(`${HOME}/new`, { ...given, office: 'mx-comar' });
  expect(foreign.statusCode).toBe(422);
  const done = await editor.post(`${HOME}/new`, given);
  expect(done.headers.location).toMatch(/\?done=recorded$/);
  expect(await newestAct()).toMatchObject({ act: 'answers record', of: [SLUG, DHS] });
});

test('mail that was taken for something else becomes an answer, once', async () => {
  const raw = Buffer.from(
    'From: Desk <desk@dhs.example>\r\nTo: hello@safe-passage.example\r\nSubject: =1+1 <b>x</b>\r\nMessage-ID: <x1@dhs.example>\r\n\r\nWe answer elsewhere.\r\n',
  );
  await campaign.services.incoming.receive(raw, {
    from: 'desk@dhs.example',
    to: ['hello@safe-passage.example'],
  } as never);
  const list = (await editor.get('/organise/incoming')).body;
  const [, mail = ''] = /incoming\/([0-9a-f]{12})"/.exec(list) ?? [];
  const shown = await editor.get(`/organise/incoming/${mail}`);
  expect(shown.body).toContain('<bdi>&#x3D;1+1 &lt;b&gt;x&lt;/b&gt;</bdi>');
  const unnamed = await editor.post(`/organise/incoming/${mail}/answer`, { delivery: '' });
  expect(unnamed.statusCode).toBe(422);
  await editor.post(`/organise/incoming/${mail}/answer`, { delivery: campaign.delivery._id });
  expect((await campaign.listAll()).length).toBe(2);
  expect((await editor.get(`/organise/incoming/${mail}/answer`)).statusCode).toBe(404);
  expect((await editor.get('/organise/incoming/abcdef012345')).statusCode).toBe(404);
});

test('a paper is handed in and answered, and its clock is public', async () => {
  const { body } = await editor.get('/organise/packs');
  const [, path = ''] = /href="([^"]+)\/handed-in"/.exec(body) ?? [];
  expect((await editor.post(`${path}/answered`, { on: '2026-11-20', folio: 'F-1' })).statusCode).toBe(409);
  const bad = await editor.post(`${path}/handed-in`, { on: '2027-12-01', folio: 'F-1' });
  expect(seen(bad.body)).toContain('This day is still to come');
  await editor.post(`${path}/handed-in`, { on: '2026-11-18', folio: 'F-1' });
  expect(seen((await editor.get('/organise/packs')).body)).toMatch(
    /F-1 , November 18, 2026.*waits for an answer.*Tomás Rojas/s,
  );
  await editor.post(`${path}/answered`, { on: '2026-11-20', folio: 'F-1' });
  expect(seen((await editor.get('/organise/packs')).body)).toContain('answered November 20, 2026');
});
