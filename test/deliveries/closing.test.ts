import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { shellActor } from '../../src/lib/actor.ts';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { releaseAll } from '../support/letters.ts';
import { addWriters } from '../support/writers.ts';

const slug = 'no-more-unsafe-returns';
const officeId = 'us-dhs-secretary';
const digest = (n: number) => `${slug}:${officeId}:digest:${n}`;
let campaign: TestCampaign;

beforeEach(async () => {
  campaign = await openCampaign();
  const given = { email: 'a@dhs.example', source: 'https://example.org/contact', checked: '2026-11-24' };
  await campaign.services.offices.verifyEmailChannel(TESTER, officeId, given);
});
afterEach(() => campaign.close());

async function addPeople(...names: string[]): Promise<void> {
  for (const name of names) await campaign.addSupporter(`${name}@home.example`);
  await campaign.count();
}
async function plan(by: 'hand' | 'pace' = 'hand') {
  const results = await campaign.services.planner.planDigests(by);
  return results.find((one) => one.petitionId === slug && one.officeId === officeId)?.result;
}
async function send(): Promise<void> {
  await releaseAll(campaign.services);
  await campaign.services.mailWorker.drainOffices();
}
async function close(): Promise<void> {
  await campaign.services.petitions.closePetition(slug, shellActor('Ana'));
  campaign.clock.advance(MINUTE);
}
async function textOf(n: number): Promise<string> {
  const { text = '' } = await simpleParser(await campaign.services.letters.readBytes(digest(n)));
  return text.replace(/\s+/g, ' ');
}

test('who signed after the last report is told in a closing report, once, without waiting for a month', async () => {
  await addPeople('a', 'b');
  await plan();
  await send();
  await addPeople('c');
  expect(await plan('pace')).toBe('too-soon');
  await close();
  // The office takes one a month, and has had it.
  expect(await plan('pace')).toBe('too-soon');
  campaign.clock.advance(31 * DAY);
  expect(await plan('pace')).toBe('planned');
  await send();
  const text = await textOf(2);
  expect(text).toContain('1 more person has signed the petition');
  expect(text).toContain('The petition closed on November 2');
  expect(text).toContain('This is our closing report.');
  campaign.clock.advance(90 * DAY);
  expect([await plan('pace'), await plan()]).toEqual(['nothing-new', 'nothing-new']);
});

test('an office that was never written to gets its first and closing report at once', async () => {
  await addPeople('a');
  await close();
  expect(await plan('pace')).toBe('planned');
  await send();
  expect(await textOf(1)).toContain('This is the first of our reports to you.');
  expect(await textOf(1)).toContain('This is our closing report.');
});

test('a petition whose day of closing has passed is closed as one that an organiser closed', async () => {
  await addPeople('a');
  const closesAt = new Date(campaign.clock.now().getTime() + HOUR);
  await campaign.connection.collection('petitions').updateOne({ _id: slug as never }, { $set: { closesAt } });
  campaign.clock.advance(2 * HOUR);
  expect(await plan('pace')).toBe('planned');
});

test('words that are approved after the closing report are sent, and no report goes out for nothing', async () => {
  const words = 'They asked her nothing. They put her on a bus at night, alone.';
  await campaign.addSupporter('w@home.example', { words, shareWords: 'on' });
  await addPeople('a');
  await close();
  await plan();
  await send();
  expect(await textOf(1)).not.toContain(words);
  expect(await plan()).toBe('nothing-new');
  for (const { id } of await campaign.services.words.listWaiting())
    await campaign.services.words.decide(id, 'approved', { by: 'Rosa' });
  expect(await plan()).toBe('planned');
  await send();
  expect(await textOf(2)).toContain(words);
  expect(await textOf(2)).not.toContain('This is our closing report.');
  expect(await plan()).toBe('nothing-new');
});

test('a closing report that nobody has approved yet takes in who withdraws and who is confirmed late', async () => {
  await addPeople('a', 'b');
  await close();
  await plan();
  await campaign.post(`${await campaign.linkTo('manage', 'a@home.example')}/withdraw`);
  await campaign.count();
  expect(await plan()).toBe('grown');
  await send();
  expect(await textOf(1)).toContain('1 signature is no longer counted.');
});

test('single letters are planned for words that were approved after the end', async () => {
  await campaign.services.petitions.setWays(slug, officeId, ['letters'], shellActor('Ana'));
  await addWriters(campaign, slug, [1]);
  await close();
  expect([...(await campaign.services.letterPlanner.planLetters())]).toEqual([[officeId, 1]]);
});

test('a petition that nobody can sign yet is planned nothing for', async () => {
  const opensAt = new Date(campaign.clock.now().getTime() + DAY);
  await campaign.connection.collection('petitions').updateOne({ _id: slug as never }, { $set: { opensAt } });
  campaign.clock.advance(2_000);
  expect(await plan()).toBe('nothing-new');
});
