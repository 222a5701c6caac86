import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { signatureId } from '../../src/signatures/signature.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { type SmtpSink, startSmtpServer } from '../support/smtp.ts';

const SLUG = 'no-more-unsafe-returns';
const OTHER = 'safe-passage';
const EMAIL = 'ana@home.example';

let campaign: TestCampaign;
let sink: SmtpSink;

beforeAll(async () => {
  sink = await startSmtpServer();
  campaign = await openCampaign({ SMTP_URL: sink.url });
});
afterAll(async () => {
  await campaign.close();
  await sink.stop();
});
beforeEach(async () => {
  for (const name of ['signatures', 'outbox', 'suppressions'])
    await campaign.connection.collection(name).deleteMany({});
  campaign.clock.set('2026-11-28T12:00:00Z');
  await sign();
  await campaign.sendMail();
  sink.mails.length = 0;
});

const sign = (locale = 'en', slug = SLUG, email = EMAIL) =>
  campaign.post(`/${locale}/petitions/${slug}/signatures`, {
    name: 'Ana Rosa',
    email,
    country: 'US',
    over16: 'on',
  });
const subjects = () => sink.mails.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw)?.[1] ?? '');
const after = async (milliseconds: number) => {
  campaign.clock.advance(milliseconds);
  await campaign.sendMail();
};
const reminders = () => campaign.connection.collection('outbox').find({ kind: 'reminder' }).toArray();
const change = (fields: object) =>
  campaign.connection
    .collection('signatures')
    .updateOne({ _id: signatureId(SLUG, campaign.emailKeyOf(EMAIL)) as never }, { $set: fields });

test('comes once, 48 hours after the confirm mail was taken, with the link and the not-me link', async () => {
  await after(48 * HOUR - MINUTE);
  expect(sink.mails).toEqual([]);
  await after(MINUTE);
  expect(subjects()).toEqual(['Your signature does not count yet: No more unsafe returns of']);
  const text = sink.mails[0]?.raw.replaceAll('=\r\n', '') ?? '';
  expect(text).toMatch(/\/en\/not-me\/[\w-]+/);
  const link = /\/en\/confirm\/[\w-]+/.exec(text)?.[0] ?? '';
  expect((await campaign.post(link)).statusCode).toBe(200);
  for (let day = 0; day < 40; day += 1) await after(DAY);
  expect(subjects()).toHaveLength(2);
});

test('counts from the moment when the server took it, not from when it was posted', async () => {
  await campaign.connection.collection('outbox').deleteMany({});
  campaign.clock.advance(DAY);
  await sign();
  await campaign.sendMail();
  sink.mails.length = 0;
  await after(47 * HOUR);
  expect(sink.mails).toEqual([]);
  await after(HOUR);
  expect(sink.mails).toHaveLength(1);
});

test('comes once however often the form is sent again', async () => {
  await after(20 * MINUTE);
  await sign();
  await campaign.sendMail();
  await after(DAY);
  await sign();
  await campaign.sendMail();
  sink.mails.length = 0;
  for (let hour = 0; hour < 100; hour += 10) await after(10 * HOUR);
  expect(subjects()).toHaveLength(1);
});

test.each([
  ['confirmed meanwhile', async () => campaign.post(await campaign.linkTo('confirm', EMAIL))],
  ['held', async () => change({ held: true })],
  ['found false', async () => change({ state: 'invalidated' })],
  ['disowned', async () => campaign.post(await campaign.linkTo('notMe', EMAIL))],
  ['erased', async () => campaign.services.optOut.eraseAddress(campaign.emailKeyOf(EMAIL))],
  [
    'suppressed',
    async () =>
      campaign.services.stores.suppressions.suppress(
        { emailKey: campaign.emailKeyOf(EMAIL), scope: 'all', reason: 'complaint' },
        campaign.clock.now(),
      ),
  ],
])('does not come where it is %s', async (_, happen) => {
  campaign.clock.advance(HOUR);
  await happen();
  await campaign.sendMail();
  sink.mails.length = 0;
  await after(47 * HOUR);
  await after(DAY);
  expect(sink.mails).toEqual([]);
  expect((await reminders()).every(({ state }) => state === 'cancelled')).toBe(true);
});

test('nothing of it is left of whoever erases, not even a row that waits', async () => {
  await campaign.services.optOut.eraseAddress(campaign.emailKeyOf(EMAIL));
  expect(await reminders()).toEqual([]);
});

test('is not planned for who was held by the time the mail was taken, nor where nothing was taken', async () => {
  await campaign.connection.collection('outbox').deleteMany({});
  await change({ held: true });
  campaign.clock.advance(HOUR);
  await sign();
  await campaign.sendMail();
  expect(await reminders()).toEqual([]);
});

test('counts among the unasked mails of its address: after three in a day it does not come', async () => {
  campaign.clock.advance(47 * HOUR);
  for (const slug of [OTHER, 'protection-and-asylum']) await sign('en', slug);
  await campaign.sendMail();
  campaign.clock.advance(20 * MINUTE);
  await sign('en', OTHER);
  await campaign.sendMail();
  expect(sink.mails).toHaveLength(3);
  await after(2 * HOUR);
  expect(subjects().filter((subject) => subject.startsWith('Your signature does not'))).toEqual([]);
});

test('waits for the rest of an address, and a closed petition reminds nobody', async () => {
  const gone = { emailKey: campaign.emailKeyOf(EMAIL), scope: 'all', reason: 'no-such-address' } as const;
  campaign.clock.advance(47 * HOUR);
  await campaign.services.stores.suppressions.heed(gone, campaign.clock.now());
  await after(2 * HOUR);
  expect(sink.mails).toEqual([]);
  await after(DAY);
  expect(sink.mails).toHaveLength(1);
});

test('speaks the language of the form', async () => {
  await sign('es', SLUG, 'beto@home.example');
  await campaign.sendMail();
  sink.mails.length = 0;
  await after(49 * HOUR);
  const beto = sink.mails.find(({ to }) => to.includes('beto@home.example'));
  expect(beto?.raw).toContain('Content-Language: es-MX');
  expect(beto?.raw).toContain('/es/confirm/');
});
