import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCli } from '../support/cli.ts';
import { type Answered, DHS, openAnswered, SLUG } from './answer-room.ts';

let campaign: Answered;
let cli: ReturnType<typeof createCli>;
let folder: string;
beforeAll(async () => {
  campaign = await openAnswered();
  cli = createCli(campaign.services);
  folder = await mkdtemp(join(tmpdir(), 'answers-'));
  await campaign.addSupporter('u@home.example', { updates: 'on' });
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await campaign.close();
});
const idIn = (out: string) => /[\w-]{22}/.exec(out)?.[0] ?? '';

test('an organiser reads a reply, publishes what may be public, tells the signers, and takes it back', async () => {
  expect((await cli('answers', 'list')).out).toBe('No office has answered.\n');
  await campaign.services.answers.recordReply({ ...campaign.reply, text: 'We have read it.\u001b[2J' });
  const list = (await cli('answers', 'list')).out;
  expect(list).toContain('us-dhs-secretary');
  expect(list).toContain('to be read');
  expect(list).not.toContain('ana.rosa');
  const id = idIn(list);
  const shown = (await cli('answers', 'show', id)).out;
  expect(shown).toContain('From: Ana Rosa Núñez <ana.rosa@dhs.example>');
  expect(shown).toContain('We have read it.');
  expect(shown).not.toContain('\u001b');

  const states = ['--states', 'D1=refused:The law bars it; and so do we'];
  expect((await cli('answers', 'publish', id, '--by', 'Lucía', '--states', 'D1=maybe')).error).toContain(
    'D1=maybe',
  );
  expect((await cli('answers', 'publish', id, '--by', 'Lucía', '--locale', 'fr')).error).toContain(
    'en or es',
  );
  const published = await cli(
    'answers',
    'publish',
    id,
    '--by',
    'Lucía',
    '--text',
    'It refuses.',
    ...states,
    '--tell',
  );
  expect(published.out).toContain('1 mails wait to be sent.');
  expect((await cli('answers', 'tell', id)).out).toContain('They have been told already.');
  expect((await cli('answers', 'list', '--office', DHS)).out).toContain('published by Lucía, 1 told');
  expect((await cli('answers', 'list', '--office', 'mx-inm')).out).toContain('No office');
  expect(await campaign.page(`/en/offices/${DHS}`)).toContain('The law bars it; and so do we');
  expect((await cli('answers', 'unpublish', id, '--by', 'Pablo')).out).toContain('Nothing of');
  expect(await campaign.page(`/en/offices/${DHS}`)).not.toContain('The law bars it');
  expect((await cli('answers', 'show', id)).out).toContain('unpublished by Pablo');
});

test('the whole mail of an answer is written to a file, once, for its owner alone', async () => {
  const given = { ...campaign.reply, messageId: 'r3@dhs.example', unread: [], attachments: ['oficio.pdf'] };
  const { _id } = await campaign.services.answers.recordReply(given);
  expect((await cli('answers', 'show', _id)).out).toContain(`Files: oficio.pdf (answers save ${_id} --to`);
  const to = join(folder, 'answer.eml');
  expect((await cli('answers', 'save', _id, '--to', to)).out).toContain('as it came');
  expect(await readFile(to)).toEqual(given.raw);
  expect((await stat(to)).mode & 0o077).toBe(0);
  expect((await cli('answers', 'save', _id, '--to', to)).error).toContain('exists');
  const stored = await campaign.connection.collection('answerMessages').find().toArray();
  expect(JSON.stringify(stored)).not.toContain(given.raw.toString('base64').slice(0, 20));
});

test('an answer on paper is entered with its day, from a file, and published in its language', async () => {
  const file = join(folder, 'letter.txt');
  await writeFile(file, 'Lo estudiamos.\n');
  const where = ['--petition', SLUG, '--office', 'mx-inm', '--on', '2026-11-20'];
  expect((await cli('answers', 'record', ...where, '--text', ' ')).error).toContain('empty');
  expect(
    (await cli('answers', 'record', ...where.slice(0, -1), '2026-99-99', '--text', 'x')).error,
  ).toContain('--on');
  expect(
    (await cli('answers', 'record', ...where.slice(0, -1), '2027-01-01', '--text', 'x')).error,
  ).toContain('future');
  expect(
    (
      await cli(
        'answers',
        'record',
        '--petition',
        SLUG,
        '--office',
        'mx-dif',
        '--on',
        '2026-11-20',
        '--text',
        'x',
      )
    ).error,
  ).toContain('does not write');
  expect((await cli('answers', 'record', ...where, '--file', join(folder, 'none'))).error).toContain(
    'cannot be read',
  );
  const id = idIn((await cli('answers', 'record', ...where, '--file', file)).out);
  expect(await campaign.page('/es/offices/mx-inm')).not.toContain('Lo estudiamos');
  const states = 'D1=under-review; D3=received';
  expect(await cli('answers', 'publish', id, '--by', 'Lucía', '--states', states)).toEqual({
    out: `${id} is public.\n`,
    error: '',
  });
  const page = await campaign.page('/en/offices/mx-inm');
  expect(page).toContain('By post, on November 20, 2026');
  expect(page).toContain('lang="es"><p>Lo estudiamos.');
  const to = join(folder, 'paper.eml');
  expect((await cli('answers', 'save', id, '--to', to)).error).toContain('came by post: there is no mail');
  expect((await cli('answers', 'set-aside', id, '--by', 'Lucía')).error).toContain('is public');
  await cli('answers', 'unpublish', id, '--by', 'Lucía');
  expect((await cli('answers', 'set-aside', id, '--by', 'Lucía')).out).toContain('no answer');
  expect(await campaign.page('/en/offices/mx-inm')).not.toContain('Lo estudiamos');
});

test('the links of an office are ended, and what there is not is said not to be there', async () => {
  expect((await cli('answers', 'end-links', DHS)).out).toContain('have ended');
  expect((await campaign.get(campaign.answerPath)).statusCode).toBe(410);
  for (const args of [
    ['end-links', 'nobody'],
    ['show', 'x'],
    ['unpublish', 'x', '--by', 'L'],
    ['set-aside', 'x', '--by', 'L'],
    ['tell', 'x'],
  ])
    expect((await cli('answers', ...args)).error).toContain('There is no');
});
