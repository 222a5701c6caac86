import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLetterSender } from '../../src/letters/letter.sender.ts';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { approveAll } from '../support/letters.ts';
import { type SmtpSink, smtpReply, startSmtpServer } from '../support/smtp.ts';

let campaign: TestCampaign;
let sink: SmtpSink;
let answer: Error | null;
const slug = 'no-more-unsafe-returns';
const first = `${slug}:us-dhs-secretary:digest:1`;

beforeEach(async () => {
  answer = null;
  sink = await startSmtpServer({ onRcptTo: (_address, _session, callback) => callback(answer) });
  campaign = await openCampaign({ SMTP_URL: sink.url });
  await campaign.services.offices.verifyEmailChannel(TESTER, 'us-dhs-secretary', {
    email: 'letters@dhs.example',
    source: 'https://example.org/contact',
    checked: '2026-11-24',
  });
  await campaign.addSupporter('ana@home.example');
  await campaign.count();
  await campaign.services.planner.planDigests();
  await approveAll(campaign.services);
});
afterEach(async () => {
  await campaign.close();
  await sink.stop();
});

function openSender(drainOffices = campaign.services.mailWorker.drainOffices) {
  const { letters, stores } = campaign.services;
  let pauses = 0;
  const sender = createLetterSender({
    letters,
    drainOffices,
    findRow: stores.outbox.findRow,
    clock: campaign.clock,
    sleep: async (milliseconds) => {
      pauses += 1;
      campaign.clock.advance(milliseconds);
    },
  });
  return { ...sender, pauses: () => pauses };
}
const toOffice = () => sink.mails.filter(({ to }) => to[0] === 'letters@dhs.example');

describe('seeing digests sent', () => {
  test('tells the server’s own words of each, and of nothing when nothing is planned', async () => {
    const { sendDigests } = openSender();
    const [line, ...others] = await sendDigests(TESTER, {});
    expect(line).toMatchObject({ deliveryId: first, officeId: 'us-dhs-secretary', result: 'sent' });
    expect(line?.reply).toMatch(/^250 /);
    expect(others).toEqual([]);
    expect(await sendDigests(TESTER, {})).toEqual([]);
    expect(toOffice()).toHaveLength(1);
  });

  test('a refusal is told at once', async () => {
    answer = smtpReply(550, '5.3.0 we take no mail');
    const { sendDigests, pauses } = openSender();
    expect(await sendDigests(TESTER, {})).toMatchObject([
      { result: 'failed', reply: '550 5.3.0 we take no mail' },
    ]);
    expect(pauses()).toBe(0);
  });

  test('it does not wait for a server that said "later"', async () => {
    answer = smtpReply(451, '4.3.0 try later');
    const { sendDigests, pauses } = openSender();
    const [line] = await sendDigests(TESTER, {});
    expect(line).toMatchObject({ result: 'postponed', reply: '451 4.3.0 try later' });
    expect(line?.at?.getTime()).toBeGreaterThan(campaign.clock.now().getTime());
    expect(pauses()).toBe(0);
  });

  test('nothing goes that nobody approved, and of a scope nothing beside it', async () => {
    const planned = { $set: { state: 'planned' }, $unset: { approvedBy: 1, approvedAt: 1 } };
    await campaign.connection.collection('deliveries').updateOne({ _id: first as never }, planned);
    const { sendDigests } = openSender();
    expect(await sendDigests(TESTER, {})).toMatchObject([{ deliveryId: first, result: 'not-approved' }]);
    await approveAll(campaign.services);
    expect(await sendDigests(TESTER, { officeId: 'mx-inm' })).toEqual([]);
    expect(toOffice()).toHaveLength(0);
    expect(await sendDigests(TESTER, { id: first })).toMatchObject([{ result: 'sent' }]);
    expect(await campaign.services.letters.getDelivery(first)).toMatchObject({
      approvedBy: 'Rosa',
      releasedBy: 'Rosa Prueba',
    });
  });

  test('what was taken back waits to be approved again', async () => {
    await campaign.addSupporter('q@home.example', {
      words: 'It was in the bus station at night. I saw them.',
      shareWords: 'on',
    });
    const [waiting] = await campaign.services.words.listWaiting();
    await campaign.services.words.decide(waiting?.id ?? '', 'approved', { by: 'Rosa' });
    let isFirst = true;
    const { sendDigests } = openSender(async () => {
      if (isFirst) await campaign.post(`${await campaign.linkTo('manage', 'q@home.example')}/withdraw`);
      isFirst = false;
      await campaign.services.mailWorker.drainOffices();
    });
    expect(await sendDigests(TESTER, {})).toMatchObject([{ deliveryId: first, result: 'planned' }]);
    expect(await sendDigests(TESTER, {})).toMatchObject([{ deliveryId: first, result: 'not-approved' }]);
    await approveAll(campaign.services);
    expect(await sendDigests(TESTER, {})).toMatchObject([{ deliveryId: first, result: 'sent' }]);
    expect(toOffice()).toHaveLength(1);
    expect(toOffice()[0]?.raw).not.toContain('I saw them.');
  });

  test('an office whose address was blocked meanwhile is named', async () => {
    await campaign.services.offices.blockEmailChannel(TESTER, 'us-dhs-secretary');
    expect(await openSender().sendDigests(TESTER, {})).toMatchObject([
      { deliveryId: first, result: 'not-allowed' },
    ]);
    expect(toOffice()).toHaveLength(0);
  });

  test('its patience ends when nobody sends', async () => {
    const { sendDigests, pauses } = openSender(async () => undefined);
    expect(await sendDigests(TESTER, {})).toMatchObject([{ result: 'waiting' }]);
    expect(pauses()).toBeGreaterThan(10);
  });
});
