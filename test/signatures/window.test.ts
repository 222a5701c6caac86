import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createServices } from '../../src/composition.ts';
import { MINUTE, SECOND } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { type SmtpSink, startSmtpServer } from '../support/smtp.ts';

const SLUG = 'no-more-unsafe-returns';
const EMAIL = 'ana@home.example';
const FORM = { name: 'Ana Rosa', email: EMAIL, country: 'US', region: 'US-TX', over16: 'on' };

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
  sink.mails.length = 0;
  // The first moment of a slot of ten minutes.
  campaign.clock.set('2026-11-28T12:00:00Z');
});

const sign = () => campaign.post(`/en/petitions/${SLUG}/signatures`, FORM);
const press = async (purpose: 'confirm' | 'notMe') => campaign.post(await campaign.linkTo(purpose, EMAIL));
const withdraw = async () => campaign.post(`${await campaign.linkTo('manage', EMAIL)}/withdraw`);
const subjects = () => sink.mails.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw)?.[1] ?? '');
const rows = () => campaign.connection.collection('outbox').countDocuments({ kind: 'answer' });

test('two presses half a second apart, on either side of a slot’s end, give one mail', async () => {
  campaign.clock.advance(10 * MINUTE - SECOND / 4);
  await sign();
  campaign.clock.advance(SECOND / 2);
  await sign();
  await campaign.sendMail();
  expect(sink.mails).toHaveLength(1);
  expect(await rows()).toBe(1);
});

test('so do they with two workers that each hold one of them', async () => {
  const second = await createServices({
    config: campaign.config,
    connection: campaign.connection,
    logger: silentLogger,
    clock: campaign.clock,
  });
  for (let round = 1; round <= 10; round += 1) {
    campaign.clock.set(`2026-11-28T${String(12 + round).padStart(2, '0')}:09:59.9Z`);
    await campaign.connection.collection('suppressions').deleteMany({});
    await sign();
    campaign.clock.advance(SECOND / 2);
    await sign();
    await Promise.all([campaign.services.mailWorker.step(), second.mailWorker.step()]);
    expect(sink.mails).toHaveLength(round);
  }
  second.close();
});

test('a post that says nothing new leaves its key free for the time when it does', async () => {
  campaign.clock.advance(9 * MINUTE);
  await sign();
  await campaign.sendMail();
  campaign.clock.advance(2 * MINUTE);
  await sign();
  await campaign.sendMail();
  expect(sink.mails).toHaveLength(1);
  campaign.clock.advance(8.5 * MINUTE);
  await sign();
  await campaign.sendMail();
  expect(sink.mails).toHaveLength(2);
});

test('withdrawing and signing again within the ten minutes gives a new link to confirm, which works', async () => {
  await sign();
  await campaign.sendMail();
  await press('confirm');
  await campaign.sendMail();
  campaign.clock.advance(MINUTE);
  await withdraw();
  campaign.clock.advance(SECOND);
  await sign();
  await campaign.sendMail();
  const ids = sink.mails.map(({ raw }) => /^Message-ID: (.*)\r$/im.exec(raw)?.[1]);
  expect(subjects()).toHaveLength(3);
  expect(subjects()[2]).toBe(subjects()[0]);
  expect(new Set(ids).size).toBe(3);
  const renewed = { name: 'Ana R.', country: 'MX', region: 'MX-CHP' };
  expect((await campaign.post(await campaign.linkTo('confirm', EMAIL), renewed)).statusCode).toBe(200);
});

test('so does signing again after "not me" and its taking back', async () => {
  await sign();
  await campaign.sendMail();
  const notMe = await campaign.linkTo('notMe', EMAIL);
  await campaign.post(notMe);
  await sign();
  await campaign.sendMail();
  expect(sink.mails).toHaveLength(1);
  await campaign.post(`${notMe}/undo`);
  await sign();
  await campaign.sendMail();
  expect(sink.mails).toHaveLength(2);
});

test('a mail that waits for its relay, and a later post about the same, are one mail when it is back', async () => {
  await sign();
  const [row] = await campaign.services.stores.outbox.listDue(campaign.clock.now(), 1);
  await campaign.connection
    .collection('outbox')
    .updateOne({ _id: row?._id as never }, { $set: { dueAt: new Date('2026-11-28T12:30:00Z') } });
  campaign.clock.advance(29 * MINUTE);
  await sign();
  campaign.clock.advance(2 * MINUTE);
  await campaign.sendMail();
  expect(sink.mails).toHaveLength(1);
  expect(await rows()).toBe(1);
});

test('during the rest of an address a post waits, and is mailed when the rest is over', async () => {
  const { suppressions } = campaign.services.stores;
  const gone = { emailKey: campaign.emailKeyOf(EMAIL), scope: 'all', reason: 'no-such-address' } as const;
  await suppressions.heed(gone, campaign.clock.now());
  const { statusCode, headers } = await sign();
  expect([statusCode, headers.location]).toEqual([303, expect.stringMatching(/^\/en\/check-your-email\?/)]);
  await campaign.sendMail();
  expect(sink.mails).toHaveLength(0);
  campaign.clock.advance(24 * 60 * MINUTE);
  await campaign.sendMail();
  expect(sink.mails).toHaveLength(1);
});
