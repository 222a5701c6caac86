import { setImmediate as soon } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileOf } from '../../src/exports/export.file.ts';
import { DAY, MINUTE } from '../../src/lib/clock.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, signIn, type TestOrganiser, type Visitor } from '../support/console.ts';

const SLUG = 'no-more-unsafe-returns';
const WHY = 'The newspaper asked for it';

let campaign: TestCampaign;
let owner: TestOrganiser;
let editor: TestOrganiser;

beforeAll(async () => {
  campaign = await openCampaign();
  owner = await openOrganiser(campaign, { role: 'owner', email: 'ines@team.example', name: 'Inés' });
  const news = { updates: 'on' };
  await campaign.addSupporter('plain@home.example', { ...news, name: 'Ana "la Rosa" Núñez, hija' });
  await campaign.addSupporter('silent@home.example');
  await campaign.addSupporter('gone@home.example', news);
  const { suppressions } = campaign.services.stores;
  const emailKey = campaign.emailKeyOf('gone@home.example');
  await suppressions.suppress({ emailKey, scope: 'updates', reason: 'unsubscribed' }, campaign.clock.now());
  await campaign.count();
  await campaign.services.tracking.takeLedger();
});
afterAll(() => campaign.close());

const acts = async (act: string) => campaign.services.audit.listActs({ act }, 100);

/** Asks for it, and answers the ref of the newest. */
async function ask(visitor: Pick<Visitor, 'get' | 'post'>, fields: Record<string, string>): Promise<string> {
  campaign.clock.advance(1_000);
  await visitor.get('/organise/exports');
  const answer = await visitor.post('/organise/exports', { why: WHY, petition: '', ...fields });
  expect(answer.headers.location).toBe('/organise/exports?done=asked');
  const all = await campaign.services.exports.listExports();
  return all[0]?._id ?? '';
}

test('numbers are there at once, for their reason, and each download is one act', async () => {
  const ref = await ask(owner, { kind: 'numbers', petition: SLUG });
  const { body, headers } = await owner.get(`/organise/exports/${ref}/numbers.csv`);
  expect(headers['content-disposition']).toMatch(/^attachment; filename="numbers-2026-11-24\.csv"$/);
  const [head, hour] = body.split('\r\n');
  expect(head).toBe(
    '\ufeff"petition","hour","added","removed","confirmed","waiting","form_shown","mails_sent"',
  );
  expect(hour).toBe(`"${SLUG}","2026-11-24T12:00:00.000Z","3","0","0","0","0","0"`);
  await owner.get(`/organise/exports/${ref}/numbers.ndjson`);
  // The line that ends an act is written once the file has gone.
  await expect.poll(async () => (await acts('export download'))[0]?.outcome).toBe('done');
  const [second, first] = await acts('export download');
  expect(second).toMatchObject({ outcome: 'done', of: [ref, SLUG], why: WHY });
  expect([first, second].map((act) => act?.changes?.[0]?.to)).toEqual(['numbers.csv', 'numbers.ndjson']);
  expect(await acts('export ask')).toHaveLength(1);
});

test('people wait for a second person: who asked cannot agree, and another day helps only who works alone', async () => {
  const ref = await ask(owner, { kind: 'subscribers' });
  const file = `/organise/exports/${ref}/subscribers.csv`;
  expect((await owner.get(file)).statusCode).toBe(404);
  expect((await owner.get('/organise')).body).toContain('1 export waits for a second person');
  const alone = await owner.post(`/organise/exports/${ref}/grant`);
  expect([alone.statusCode, alone.body.includes('a day after you asked')]).toEqual([409, true]);
  editor = await openOrganiser(campaign, { role: 'editor', email: 'eva@team.example', name: 'Eva' });
  expect((await owner.get('/organise/exports')).body).toContain('because you asked for it');
  await editor.get('/organise/exports');
  await editor.post(`/organise/exports/${ref}/grant`);
  const { body } = await owner.get(file);
  const lines = body.split('\r\n').slice(1, -1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    /^"no-more-unsafe-returns","plain@home\.example","Ana ""la Rosa"" Núñez, hija","en","US","US-TX","/,
  );
  const again = await editor.post(`/organise/exports/${ref}/grant`);
  expect(again.statusCode).toBe(409);
  expect((await acts('export grant')).map(({ outcome }) => outcome)).toEqual(['refused', 'done', 'refused']);
  const json = await editor.get(`/organise/exports/${ref}/subscribers.ndjson`);
  expect(JSON.parse(json.body)).toMatchObject({ email: 'plain@home.example', language: 'en' });
});

test('what cannot be asked for comes back as it was typed', async () => {
  await editor.get('/organise/exports');
  const short = await editor.post('/organise/exports', { kind: 'words', petition: '', why: 'because' });
  expect(short.statusCode).toBe(422);
  expect(short.body).toMatch(/because<\/textarea>/);
  const audit = await editor.post('/organise/exports', { kind: 'audit', petition: '', why: WHY });
  expect([audit.statusCode, audit.body.includes('Only owners')]).toEqual([422, true]);
  const nowhere = await editor.post('/organise/exports', { kind: 'words', petition: 'nowhere', why: WHY });
  expect(nowhere.statusCode).toBe(422);
});

test('who did what is for owners, and has every line with its hash', async () => {
  const ref = await ask(owner, { kind: 'audit' });
  expect((await editor.get(`/organise/exports/${ref}/audit.csv`)).statusCode).toBe(404);
  const { body } = await owner.get(`/organise/exports/${ref}/audit.csv`);
  // The line that ends this download is written after it.
  await expect.poll(async () => (await acts('export download'))[0]?.outcome).toBe('done');
  const { entries, head } = await campaign.services.audit.verify();
  expect(body.split('\r\n')).toHaveLength(entries - 1 + 2);
  expect(head).toMatch(/^[0-9a-f]{64}$/);
  expect(body).toMatch(/"1","[^"]+","[^"]*","[^"]+".*"[0-9a-f]{64}"/);
});

test('words have no name, and only those that were approved', async () => {
  const words = '=My cousin crossed at night, alone, and nobody asked her whether she could go back.';
  const { ref } = await campaign.addSupporter('writer@home.example', {
    words,
    shareWords: 'on',
    name: 'Berta',
  });
  const exported = await ask(editor, { kind: 'words' });
  const file = `/organise/exports/${exported}/words.csv`;
  expect((await editor.get(file)).body.split('\r\n')).toHaveLength(2);
  const rows = campaign.connection.collection('signatures');
  const wordsDecision = { by: 'Rosa', at: campaign.clock.now() };
  await rows.updateOne({ ref }, { $set: { wordsState: 'approved', wordsDecision } });
  const { body } = await editor.get(file);
  expect(body).toContain(`"'=My cousin crossed`);
  expect(body).not.toMatch(/Berta|writer@/);
});

test('it is over when it was ended, or after seven days; what is not there looks the same', async () => {
  const ref = await ask(owner, { kind: 'numbers' });
  const file = `/organise/exports/${ref}/numbers.csv`;
  await owner.post(`/organise/exports/${ref}/end`);
  const ended = await owner.get(file);
  const other = await ask(owner, { kind: 'numbers' });
  campaign.clock.advance(8 * DAY);
  const later = await signIn(campaign, owner);
  const over = await later.get(`/organise/exports/${other}/numbers.csv`);
  const made = await later.get('/organise/exports/made-up/numbers.csv');
  expect([ended.statusCode, over.statusCode, made.statusCode]).toEqual([404, 404, 404]);
  expect(over.body).toBe(made.body);
  expect((await later.post('/organise/exports/made-up/end')).statusCode).toBe(404);
  campaign.clock.advance(MINUTE);
});

test('rows are read as the file is taken, and no further when nobody takes it any more', async () => {
  for (const format of ['csv', 'ndjson'] as const) {
    let [read, hasEnded] = [0, false];
    async function* rows() {
      try {
        for (; read < 100_000; read += 1) yield { words: 'x'.repeat(100) };
      } finally {
        hasEnded = true;
      }
    }
    const file = fileOf(rows(), ['words'], format);
    file.on('error', () => undefined);
    file.read(1);
    for (let turn = 0; turn < 1_000; turn += 1) await soon();
    expect(read).toBeLessThan(3_000);
    file.destroy();
    for (let turn = 0; turn < 100; turn += 1) await soon();
    expect([format, hasEnded]).toEqual([format, true]);
  }
});
