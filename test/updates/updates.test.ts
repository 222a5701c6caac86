import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shellActor } from '../../src/lib/actor.ts';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, type TestOrganiser } from '../support/console.ts';
import { seen } from '../support/views.ts';

const SLUG = 'no-more-unsafe-returns';
const OTHER = 'safe-passage';
const NEWS = {
  newsTitleEn: 'The court has ruled',
  newsBodyEn: 'Judges stopped the returns.\n\nRead it at https://court.example/ruling. Thank you.',
  newsTitleEs: 'La corte resolvió',
  newsBodyEs: 'La corte detuvo las devoluciones.',
  sendFrom: '0',
  sendUntil: '24',
};

let campaign: TestCampaign;
let editor: TestOrganiser;
let second: TestOrganiser;
let analyst: TestOrganiser;
let moderator: TestOrganiser;
beforeAll(async () => {
  campaign = await openCampaign();
  editor = await openOrganiser(campaign, { role: 'editor', email: 'edit@team.example', name: 'Eva Editora' });
  second = await openOrganiser(campaign, { role: 'owner', email: 'own@team.example', name: 'Olga Dueña' });
  analyst = await openOrganiser(campaign, { role: 'analyst', email: 'look@team.example' });
  moderator = await openOrganiser(campaign, { role: 'moderator', email: 'mod@team.example' });
  await campaign.addSupporter('ana@home.example', { updates: 'on', name: 'Ana' });
  await campaign.addSupporter('ben@home.example', { updates: 'on', name: 'Ben' });
  await campaign.addSupporter('held@home.example', { updates: 'on' });
  await campaign.addSupporter('silent@home.example');
  await campaign.addSupporter('gone@home.example', { updates: 'on' });
  await campaign.addSupporter('elsewhere@home.example', { updates: 'on' }, OTHER);
  await campaign.addSupporter('ana@home.example', { updates: 'on' }, OTHER);
  await campaign.post(await campaign.linkTo('unsubscribe', 'gone@home.example'));
  await campaign.count();
  await campaign.sendMail();
  const { connection } = campaign;
  await connection
    .collection('signatures')
    .updateOne(
      { _id: `${SLUG}:${campaign.emailKeyOf('held@home.example')}` as never },
      { $set: { held: true } },
    );
});
afterAll(() => campaign.close());

const lastAct = async () => (await campaign.services.audit.listActs({}, 1))[0];
const updates = () => campaign.services.petitionUpdates;
/** One written and proposed by the editor; its page. */
async function propose(fields: Record<string, string> = {}, slug = SLUG): Promise<string> {
  await editor.get('/organise/updates/new');
  const written = await editor.post('/organise/updates/new', { newsPetition: slug, ...NEWS, ...fields });
  const page = String(written.headers.location).split('?')[0] ?? '';
  await editor.get(page);
  expect((await editor.post(`${page}/propose`)).statusCode).toBe(303);
  return page;
}
async function press(who: TestOrganiser, page: string, verb: string, fields: Record<string, string> = {}) {
  await who.get(page);
  return who.post(`${page}/${verb}`, fields);
}
async function approve(page: string): Promise<void> {
  const answer = await press(second, page, 'approve');
  expect(answer.headers.location).toBe(`${page}?done=approved`);
}
/** To whom mails with this subject have gone, in order. */
async function receivers(subject: string): Promise<string[]> {
  while (await campaign.services.updateWorker.step());
  await campaign.sendMail();
  const mails = await campaign.services.mailbox.list();
  return mails
    .filter((mail) => mail.subject === subject)
    .map(({ to }) => to)
    .sort();
}

describe('writing an update', () => {
  test('gives back what was typed, with the fault at its field', async () => {
    await editor.get('/organise/updates/new');
    const answer = await editor.post('/organise/updates/new', {
      newsPetition: SLUG,
      ...NEWS,
      newsTitleEs: ' ',
      sendUntil: '25',
    });
    expect(answer.statusCode).toBe(422);
    expect(seen(answer.body)).toContain('Fill this in');
    expect(seen(answer.body)).toContain('Write a whole hour from 0 to 24, other than the first one');
    expect(answer.body).toContain('value="The court has ruled"');
    expect(answer.body).toContain('Judges stopped the returns.');
  });

  test('shows it as page and as mail in both languages, with how many asked, and sends nothing', async () => {
    const page = await propose();
    const shown = seen((await analyst.get(page)).body);
    expect(shown).toContain('2 people asked for updates');
    expect(shown).toContain('La corte resolvió');
    expect(shown).toContain('Subject: The court has ruled');
    expect(shown).not.toContain('Approve and send');
    expect(await receivers(NEWS.newsTitleEn)).toEqual([]);
    expect((await campaign.get(`/en/petitions/${SLUG}/updates`)).body).not.toContain(NEWS.newsTitleEn);
    expect((await press(editor, page, 'discard')).headers.location).toBe('/organise/updates?done=discarded');
    expect((await editor.get(page)).statusCode).toBe(404);
  });

  test('is for owners and editors; a moderator does not see that there is anything', async () => {
    expect((await moderator.get('/organise/updates')).statusCode).toBe(404);
    expect((await press(analyst, '/organise/updates', 'new', NEWS)).statusCode).toBe(404);
    const guessed = await editor.get('/organise/updates/AAAAAAAAAAAAAAAAAAAAAA');
    expect([guessed.statusCode, guessed.body]).toEqual([404, (await editor.get('/organise/updates/x')).body]);
  });

  test('a test goes to the organiser alone, in both languages, with a way out that works', async () => {
    const page = await propose({ newsTitleEn: 'Only a test', newsTitleEs: 'Solo una prueba' });
    expect((await press(editor, page, 'test')).statusCode).toBe(303);
    expect(await receivers('Only a test')).toEqual(['edit@team.example']);
    expect(await receivers('Solo una prueba')).toEqual(['edit@team.example']);
    await press(editor, page, 'discard');
  });

  test('saved second, it is not lost: the writer sees what changed and still has their text', async () => {
    const page = await propose({ newsTitleEn: 'First words' });
    const read = /name="revision" value="(\d+)"/.exec((await editor.get(page)).body)?.[1] ?? '';
    await press(second, page, 'save', { ...NEWS, newsTitleEn: 'Words of another', revision: read });
    const late = await press(editor, page, 'save', { ...NEWS, newsTitleEn: 'My words', revision: read });
    expect(late.statusCode).toBe(409);
    expect(seen(late.body)).toContain('Someone changed this update after you opened it');
    expect(late.body).toContain('value="My words"');
    expect(seen(late.body)).toContain('Words of another');
    await press(editor, page, 'discard');
  });
});

describe('an approval', () => {
  let page: string;
  test('needs a second person: nobody approves what they wrote or proposed', async () => {
    page = await propose();
    const own = await press(editor, page, 'approve');
    expect(own.statusCode).toBe(409);
    expect(seen(own.body)).toContain('A second person has to approve it');
    expect(await lastAct()).toMatchObject({ act: 'updates approve', outcome: 'refused' });
    await expect(
      updates().approve(page.split('/').at(-1) ?? '', shellActor('Lena'), 1),
    ).rejects.toMatchObject({
      code: 'UPDATE_CHANGED',
    });
  });

  test('asks for the second factor again once the last one is a while ago', async () => {
    campaign.clock.advance(11 * 60_000);
    const answer = await press(second, page, 'approve');
    expect(seen(answer.body)).toContain('Is it still you?');
    expect(await receivers(NEWS.newsTitleEn)).toEqual([]);
    await second.get('/organise/again');
    expect((await second.post('/organise/again', { code: second.code() })).statusCode).toBe(303);
  });

  test('puts it on the page in both languages and mails those who asked, each once', async () => {
    await approve(page);
    expect(await lastAct()).toMatchObject({
      act: 'updates approve',
      of: [page.split('/').at(-1), SLUG],
      changes: [{ field: 'state', from: 'proposed', to: 'sending' }],
      outcome: 'done',
    });
    campaign.clock.advance(5_000);
    const shown = (await campaign.get(`/es/petitions/${SLUG}`)).body;
    expect(seen(shown)).toContain('La corte resolvió');
    const english = (await campaign.get(`/en/petitions/${SLUG}/updates`)).body;
    expect(english).toContain(
      '<a href="https://court.example/ruling" rel="nofollow">https://court.example/ruling</a>. Thank',
    );
    expect((await campaign.get(`/en/petitions/${OTHER}`)).body).not.toContain(NEWS.newsTitleEn);
    const both = ['ana@home.example', 'ben@home.example'];
    expect(await receivers(NEWS.newsTitleEn)).toEqual(both);
    expect(await receivers(NEWS.newsTitleEn)).toEqual(both);
    expect(seen((await analyst.get(page)).body)).toContain('2 emails handed to the mail, of 2');
  });

  test('the mail leads with the news and has both parts and a way out in one click', async () => {
    const mails = await campaign.services.mailbox.list();
    const mail = mails.find(({ to, subject }) => to === 'ben@home.example' && subject === NEWS.newsTitleEn);
    const whole = await campaign.services.mailbox.read(mail?.id ?? '');
    const { text = '', html } = whole ?? {};
    expect(text.trimStart().startsWith('The court has ruled\n\nJudges stopped the returns.')).toBe(true);
    expect(html).toContain('Judges stopped the returns.');
    const url = /\nhttps?:\/\/\S+(\/en\/unsubscribe\/\S+)\n/.exec(text)?.[1] ?? '';
    const out = await campaign.post(url, { 'List-Unsubscribe': 'One-Click' });
    expect(out.statusCode).toBeLessThan(400);
    const id = `${SLUG}:${campaign.emailKeyOf('ben@home.example')}`;
    expect((await campaign.services.stores.signatures.findSignature(id))?.consent.updates).toBe(false);
  });

  test('a second update within a week waits until the week of each is over', async () => {
    const title = { newsTitleEn: 'A second thing', newsTitleEs: 'Otra cosa' };
    const other = await propose(title, OTHER);
    await approve(other);
    expect(await receivers('A second thing')).toEqual(['elsewhere@home.example']);
    for (let day = 0; day < 8; day += 1) {
      campaign.clock.advance(DAY);
      await campaign.sendMail();
    }
    expect(await receivers('A second thing')).toEqual(['ana@home.example', 'elsewhere@home.example']);
  });
});

describe('while it goes out', () => {
  test('a pause holds what was written too, and resuming lets it go', async () => {
    campaign.clock.advance(8 * DAY);
    const { _id, title } = await byShell({ from: 0, until: 24 });
    while (await campaign.services.updateWorker.step());
    const id = `news:${_id}:${SLUG}:${campaign.emailKeyOf('ana@home.example')}`;
    expect((await campaign.services.stores.outbox.findRow(id))?.state).toBe('due');
    await campaign.connection
      .collection('updates')
      .updateOne({ _id: _id as never }, { $set: { state: 'sending' } });
    await updates().pause(_id, shellActor('Lena'));
    expect(await receivers(title)).toEqual([]);
    await expect(updates().pause(_id, shellActor('Lena'))).rejects.toMatchObject({
      code: 'UPDATE_STATE_CONFLICT',
    });
    await updates().resume(_id, shellActor('Lena'));
    campaign.clock.advance(HOUR);
    expect(await receivers(title)).toEqual(['ana@home.example']);
  });

  test('outside of its hours nothing goes, and once they come it does', async () => {
    campaign.clock.advance(8 * DAY);
    const { title } = await byShell({ from: 9, until: 10 });
    const zone = await campaign.services.campaign.getZone();
    const hour = () =>
      Number(
        new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: zone }).format(
          campaign.clock.now(),
        ),
      );
    while (hour() !== 11) campaign.clock.advance(HOUR);
    expect(await receivers(title)).toEqual([]);
    while (hour() !== 9) campaign.clock.advance(HOUR);
    expect(await receivers(title)).toEqual(['ana@home.example']);
  });

  test('stopped, nothing more goes, and taken off the page, it is gone from it', async () => {
    campaign.clock.advance(8 * DAY);
    const { _id, title } = await byShell({ from: 0, until: 24 });
    while (await campaign.services.updateWorker.step());
    await updates().withdraw(_id, shellActor('Lena'));
    expect(await receivers(title)).toEqual([]);
    campaign.clock.advance(5_000);
    expect((await campaign.get(`/en/petitions/${SLUG}`)).body).not.toContain(title);
    await expect(updates().resume(_id, shellActor('Lena'))).rejects.toMatchObject({
      code: 'UPDATE_STATE_CONFLICT',
    });
  });
});

let times = 0;
async function byShell(hours: { from: number; until: number }): Promise<{ _id: string; title: string }> {
  times += 1;
  const text = { title: `News by command ${times}`, body: 'It happened.' };
  const { _id } = await updates().write(SLUG, { texts: { en: text, es: text }, hours }, shellActor('Lena'));
  await updates().propose(_id, shellActor('Lena'));
  await updates().approve(_id, shellActor('Omar'));
  return { _id, title: text.title };
}
