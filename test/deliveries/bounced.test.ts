import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createOfficeIncoming } from '../../src/deliveries/returned.service.ts';
import { MINUTE, SECOND } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { emailChannel } from '../../src/offices/office.ts';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { releaseAll } from '../support/letters.ts';
import { type SmtpSink, startSmtpServer } from '../support/smtp.ts';
import { seen } from '../support/views.ts';

const slug = 'no-more-unsafe-returns';
const officeId = 'us-dhs-secretary';
const digest = (n: number) => `${slug}:${officeId}:digest:${n}`;

let campaign: TestCampaign;
let sink: SmtpSink;
let reports = 0;

beforeEach(async () => {
  sink = await startSmtpServer();
  campaign = await openCampaign({ SMTP_URL: sink.url });
  await verify();
});
afterEach(async () => {
  await campaign.close();
  await sink.stop();
});

const verify = (email = 'letters@dhs.example') =>
  campaign.services.offices.verifyEmailChannel(TESTER, officeId, {
    email,
    source: 'https://example.org/contact',
    checked: '2026-11-24',
  });
async function addPeople(...names: string[]): Promise<void> {
  for (const name of names) await campaign.addSupporter(`${name}@home.example`);
  await campaign.count();
}
const get = (n: number) => campaign.services.letters.getDelivery(digest(n));
async function planAndSend(): Promise<void> {
  await campaign.services.planner.planDigests();
  await releaseAll(campaign.services);
  await campaign.services.mailWorker.drainOffices();
}
async function textOf(n: number): Promise<string> {
  const { text = '' } = await simpleParser(await campaign.services.letters.readBytes(digest(n)));
  return text.replace(/\s+/g, ' ');
}
function incoming() {
  const { stores, offices, reports: found, answers } = campaign.services;
  return createOfficeIncoming({
    deliveries: stores.deliveries,
    failChannel: offices.failChannel,
    blockEmailChannel: offices.blockEmailChannel,
    recordReply: answers.recordReply,
    weigh: found.weigh,
    logger: silentLogger,
  });
}
function about(n: number) {
  reports += 1;
  return { id: `report-${reports}`, deliveryId: digest(n), at: campaign.clock.now() };
}
const bounce = (n: number, of: { severity?: 'hard' | 'soft' | 'delayed'; isOther?: boolean } = {}) =>
  incoming().onBounce({ ...about(n), severity: 'hard', text: '550 5.1.1 nobody', isOther: false, ...of });
const answer = (n: number) => incoming().onAutoReply({ ...about(n), text: 'I am away.' });
const channel = async () => {
  const { channels } = await campaign.services.offices.getOffice(officeId);
  return channels.find(({ kind }) => kind === 'email');
};
async function officePage(): Promise<string> {
  campaign.clock.advance(10 * SECOND);
  await campaign.services.offices.listKnownOffices();
  await campaign.get(`/en/offices/${officeId}`);
  campaign.clock.advance(5 * SECOND);
  return seen((await campaign.get(`/en/offices/${officeId}`)).body);
}

describe('a digest that comes back', () => {
  test('is said to have come back on the public page, and its people go into the next', async () => {
    await addPeople('a', 'b');
    await planAndSend();
    expect(await officePage()).toContain('Sent: its server accepted it');
    await bounce(1);
    expect((await get(1)).state).toBe('bounced');
    const page = await officePage();
    expect(page).toContain('Came back undelivered; those signatures go into the next report');
    expect(page).not.toContain('Sent: its server accepted it');
    expect((await channel())?.state).toBe('failing');
    await verify('reports@dhs.example');
    await planAndSend();
    expect(await get(2)).toMatchObject({ from: 0, state: 'sent' });
    expect(await textOf(2)).toContain('2 people have signed the petition');
  });

  test('after a later one was sent is merged into the one after that, which says so; its words too', async () => {
    const words = 'My brother was sent back to the men he fled, at night.';
    await campaign.addSupporter('z@home.example', { words, shareWords: 'on' });
    await campaign.count();
    for (const { id } of await campaign.services.words.listWaiting())
      await campaign.services.words.decide(id, 'approved', { by: 'Rosa' });
    await planAndSend();
    expect(await textOf(1)).toContain(words);
    await addPeople('b', 'c');
    await planAndSend();
    await bounce(1);
    await verify('reports@dhs.example');
    await planAndSend();
    const [second, third] = [await get(2), await get(3)];
    expect(third).toMatchObject({ state: 'sent', from: second.to, missed: [{ from: 0, to: second.from }] });
    const text = await textOf(3);
    expect(text).toContain('1 more person has signed the petition');
    expect(text).toContain('1 of them was in an earlier report that did not reach you.');
    expect(text).toContain('3 people have now signed it');
    expect(text).toContain(words);
    await campaign.services.planner.planDigests();
    await expect(get(4)).rejects.toThrow(/no delivery/);
  });

  test('goes into one that is planned already, and out of it when a better report comes', async () => {
    await addPeople('a');
    await planAndSend();
    await addPeople('b');
    await campaign.services.planner.planDigests();
    expect((await get(2)).from).toBe((await get(1)).to);
    await bounce(1);
    await verify('reports@dhs.example');
    await campaign.services.planner.planDigests();
    expect((await get(2)).from).toBe(0);
    await answer(1);
    expect((await get(1)).state).toBe('sent');
    await campaign.services.planner.planDigests();
    await releaseAll(campaign.services);
    await campaign.services.mailWorker.drainOffices();
    expect(await get(2)).toMatchObject({ state: 'sent', from: (await get(1)).to });
    expect(await textOf(2)).toContain('1 more person has signed');
  });

  test('stays so when a better report comes after its people were told by another', async () => {
    await addPeople('a');
    await planAndSend();
    await bounce(1);
    await verify('reports@dhs.example');
    await planAndSend();
    await answer(1);
    expect([(await get(1)).state, (await get(2)).state]).toEqual(['bounced', 'sent']);
    await expect(campaign.services.decisions.resolve(TESTER, digest(1), 'sent')).rejects.toThrow(
      /in another/,
    );
    await expect(campaign.services.decisions.resolve(TESTER, digest(1), 'again')).rejects.toThrow();
  });

  test('can be resolved by an organiser: it arrived, or the same goes out once more', async () => {
    await addPeople('a');
    await planAndSend();
    await bounce(1);
    campaign.clock.advance(3 * MINUTE);
    await campaign.services.decisions.resolve(TESTER, digest(1), 'sent');
    expect((await get(1)).state).toBe('sent');
    await bounce(1);
    await campaign.services.offices.unblockChannel(TESTER, officeId, 'email');
    campaign.clock.advance(3 * MINUTE);
    await campaign.services.decisions.resolve(TESTER, digest(1), 'again');
    await campaign.services.mailWorker.drainOffices();
    expect((await get(1)).state).toBe('sent');
    expect(sink.mails).toHaveLength(2);
    await campaign.services.planner.planDigests();
    await expect(get(2)).rejects.toThrow(/no delivery/);
  });

  test('although an organiser is not sure that it was sent is no longer doubtful', async () => {
    await addPeople('a');
    await campaign.services.planner.planDigests();
    await releaseAll(campaign.services);
    await campaign.services.stores.deliveries.move(await get(1), 'unknown', {
      endedAt: campaign.clock.now(),
    });
    await bounce(1);
    expect((await get(1)).state).toBe('bounced');
  });

  test('before its server’s own word was recorded is bounced once that is', async () => {
    await addPeople('a');
    await campaign.services.planner.planDigests();
    await releaseAll(campaign.services);
    await bounce(1, { severity: 'soft' });
    expect((await get(1)).state).toBe('released');
    await campaign.services.mailWorker.drainOffices();
    expect((await get(1)).state).toBe('bounced');
  });
});

describe('several reports about one mail', () => {
  test.each([
    ['the report first', [bounce, answer]],
    ['the answer first', [answer, bounce]],
  ])(
    'an address that one member has left keeps its mail, and the office its address: %s',
    async (_, order) => {
      await addPeople('a');
      await planAndSend();
      for (const report of order) await report(1);
      expect((await get(1)).state).toBe('sent');
      const office = await campaign.services.offices.getOffice(officeId);
      expect(emailChannel(office)?.value).toBe('letters@dhs.example');
      expect((await channel())?.failures).toBeUndefined();
    },
  );

  test('a report about another address, or of a delay, decides nothing', async () => {
    await addPeople('a');
    await planAndSend();
    await bounce(1, { isOther: true });
    await bounce(1, { severity: 'delayed' });
    expect((await get(1)).state).toBe('sent');
    expect(await channel()).toMatchObject({ state: 'verified' });
  });

  test('what another mail’s report said of the address stays when one arrived after all', async () => {
    await addPeople('a');
    await planAndSend();
    await addPeople('b');
    await planAndSend();
    await bounce(1, { severity: 'soft' });
    await bounce(2, { severity: 'soft' });
    await answer(1);
    expect(await channel()).toMatchObject({ state: 'verified', failures: 1 });
  });

  test('one about a mail from before the address was verified anew, or to another address, changes nothing', async () => {
    await addPeople('a');
    await planAndSend();
    campaign.clock.advance(MINUTE);
    await verify('reports@dhs.example');
    await bounce(1);
    expect(await channel()).toMatchObject({ value: 'reports@dhs.example', state: 'verified' });
    await verify('letters@dhs.example');
    await addPeople('b');
    await bounce(1);
    expect(await channel()).toMatchObject({ value: 'letters@dhs.example', state: 'verified' });
  });
});
