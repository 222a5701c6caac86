import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { shellActor } from '../../src/lib/actor.ts';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { seen } from '../support/views.ts';

const SLUG = 'no-more-unsafe-returns';
const LINKS = `/en/petitions/${SLUG}/links`;
const email = 'ana@home.example';
const form = { name: 'Ana', email, country: 'US', over16: 'on' };
let campaign: TestCampaign;

beforeEach(async () => {
  await campaign?.close();
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

async function close(): Promise<void> {
  await campaign.sendMail();
  await campaign.services.petitions.closePetition(SLUG, shellActor('Ana'));
  campaign.clock.advance(HOUR);
}
const ask = (address = email, locale = 'en') =>
  campaign.post(LINKS.replace('/en/', `/${locale}/`), { email: address });
async function mails(): Promise<string[]> {
  await campaign.sendMail();
  return (await campaign.services.mailbox.list())
    .map(({ subject }) => subject)
    .filter((one) => /link|enlace/.test(one));
}
const rows = () => campaign.connection.collection('outbox').find({ kind: 'answer' }).toArray();

describe('after the end, who signed and lost the private link', () => {
  test('finds a form on the page of the petition, and is sent a link that opens', async () => {
    await campaign.addSupporter(email);
    await close();
    for (const [locale, label] of [
      ['en', 'Send me my link'],
      ['es', 'Enviarme mi enlace'],
    ]) {
      const { body } = await campaign.get(`/${locale}/petitions/${SLUG}`);
      expect(body).toContain(`action="/${locale}/petitions/${SLUG}/links#summary"`);
      expect(seen(body)).toContain(label);
    }
    const asked = await ask();
    expect([asked.statusCode, asked.headers.location]).toEqual([303, `${LINKS}?asked`]);
    expect(seen((await campaign.get(`${LINKS}?asked`)).body)).toContain(
      'If someone signed “No more unsafe returns',
    );
    expect(await mails()).toEqual(['Your private link: No more unsafe returns of children']);
    const [mail] = await campaign.services.mailbox.list();
    const { text = '' } = (await campaign.services.mailbox.read(mail?.id ?? '')) ?? {};
    const [link = ''] = /\/en\/my-signature\/\S+/.exec(text) ?? [];
    expect(seen((await campaign.get(link)).body)).toContain(email);
  });

  test('is answered in the language that was asked in', async () => {
    await campaign.addSupporter(email);
    await close();
    await ask(email, 'es');
    expect(await mails()).toEqual([expect.stringContaining('Su enlace privado: ')]);
  });

  test('is sent one mail in ten minutes', async () => {
    await campaign.addSupporter(email);
    await close();
    for (let times = 0; times < 3; times += 1) await ask();
    expect(await mails()).toHaveLength(1);
    campaign.clock.advance(9 * MINUTE);
    await ask();
    expect(await mails()).toHaveLength(1);
    campaign.clock.advance(2 * MINUTE);
    await ask();
    expect(await mails()).toHaveLength(2);
  });

  test('and has not confirmed yet, is sent the link to confirm while that is possible', async () => {
    await campaign.post(`/en/petitions/${SLUG}/signatures`, form);
    await campaign.sendMail();
    await close();
    await ask();
    await campaign.sendMail();
    const subjects = (await campaign.services.mailbox.list()).map(({ subject }) => subject);
    expect(subjects.filter((one) => one.startsWith('Please confirm'))).toHaveLength(2);
  });
});

test('every address gets the same answer, and only one that signed gets a mail', async () => {
  await campaign.addSupporter(email);
  await campaign.addSupporter('left@home.example');
  await campaign.sendMail();
  campaign.clock.advance(MINUTE);
  await campaign.post(`${await campaign.linkTo('manage', 'left@home.example')}/withdraw`);
  await campaign.count();
  await close();
  const answers = [];
  for (const address of [email, 'left@home.example', 'nobody@home.example']) answers.push(await ask(address));
  expect(
    new Set(
      answers.map(({ statusCode, headers, body }) => JSON.stringify([statusCode, headers.location, body])),
    ).size,
  ).toBe(1);
  expect(await rows()).toHaveLength(1 + 3);
  expect(await mails()).toHaveLength(1);
  // Nobody is made a signer by asking, and what is not sent leaves no row.
  expect(await campaign.connection.collection('signatures').countDocuments({ state: 'pending' })).toBe(0);
});

test('asking in the first seconds after the end signs nothing either', async () => {
  await campaign.services.petitions.closePetition(SLUG, shellActor('Ana'));
  campaign.clock.advance(2_000);
  await campaign.get(`/en/petitions/${SLUG}`);
  campaign.clock.advance(1_000);
  expect((await ask()).headers.location).toBe(`${LINKS}?asked`);
  await campaign.sendMail();
  expect(await campaign.connection.collection('signatures').countDocuments()).toBe(0);
  expect(await campaign.services.mailbox.list()).toEqual([]);
});

test('a faulty address comes back with what is wrong with it', async () => {
  await close();
  const answer = await ask('ana@home');
  expect(answer.statusCode).toBe(422);
  expect(answer.body).toContain('value="ana@home"');
  expect(seen(answer.body)).toContain('This is not an email address');
  expect(await rows()).toHaveLength(0);
});

test('while a petition is open, the way to the link is to sign again', async () => {
  for (const answer of [await ask(), await campaign.get(LINKS)])
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `/en/petitions/${SLUG}#sign`]);
  expect((await campaign.get(`/en/petitions/${SLUG}`)).body).not.toContain('/links');
  expect(await rows()).toHaveLength(0);
});
