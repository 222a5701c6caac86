import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createServices } from '../../src/composition.ts';
import { createDeliveryComposer } from '../../src/deliveries/delivery.composer.ts';
import type { DeliveryStore } from '../../src/deliveries/delivery.store.ts';
import { DAY, MINUTE } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { createSealer } from '../../src/lib/sealed.ts';
import { createCircuitBreaker } from '../../src/mail/circuit-breaker.ts';
import type { OutboxRow } from '../../src/mail/mail.ts';
import { createMailWorker, LEASE_MS } from '../../src/mail/mail.worker.ts';
import type { OutboxStore } from '../../src/mail/outbox.store.ts';
import { createTransport } from '../../src/mail/transport.ts';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { releaseAll } from '../support/letters.ts';
import { type SmtpSink, startSmtpServer } from '../support/smtp.ts';

let campaign: TestCampaign;
let sink: SmtpSink;
const closers: (() => void)[] = [];
const slug = 'no-more-unsafe-returns';
const first = `${slug}:us-dhs-secretary:digest:1`;

beforeEach(async () => {
  sink = await startSmtpServer();
  campaign = await openCampaign({ SMTP_URL: sink.url });
  await campaign.services.offices.verifyEmailChannel(TESTER, 'us-dhs-secretary', {
    email: 'letters@dhs.example',
    source: 'https://example.org/contact',
    checked: '2026-11-24',
  });
  await campaign.addSupporter('ana@home.example');
  await campaign.count();
});
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await campaign.close();
  await sink.stop();
});

const letters = () => campaign.services.letters;
const decisions = () => campaign.services.decisions;
const drain = () => campaign.services.mailWorker.drainOffices();
const toOffice = () => sink.mails.filter(({ to }) => to[0] === 'letters@dhs.example');
const stateOf = async (id = first) => (await letters().getDelivery(id)).state;
async function planAndRelease(): Promise<void> {
  await campaign.services.planner.planDigests();
  await releaseAll(campaign.services);
}

/** A sender beside the program's own, whose database fails it where the test says. */
function openOddSender(odd: { deliveries?: Partial<DeliveryStore>; outbox?: Partial<OutboxStore> }) {
  const { stores, offices, campaign: record, words, keys, mailbox } = campaign.services;
  const shared = { clock: campaign.clock, logger: silentLogger };
  const composer = createDeliveryComposer({
    ...shared,
    ...offices,
    ...campaign.services.petitions,
    ...campaign.services.facts,
    ...record,
    ...words,
    getLetterWriter: async () => null,
    waitsUntil: async () => undefined,
    weigh: async () => undefined,
    publicUrl: campaign.config.publicUrl,
    mailDomain: campaign.config.mailDomain,
    listPublished: async () => [],
    deliveries: { ...stores.deliveries, ...odd.deliveries },
    sealer: createSealer(keys.data),
  });
  const transport = createTransport({ ...campaign.config, mailbox });
  closers.push(transport.close);
  const worker = createMailWorker({
    ...shared,
    outbox: { ...stores.outbox, ...odd.outbox },
    transport,
    composers: { delivery: composer },
    suppress: async () => undefined,
    breaker: createCircuitBreaker(shared),
    random: () => 1,
  });
  return { worker, composer };
}
const away = async () => {
  throw new Error('the database is away');
};
async function currentRow(): Promise<OutboxRow> {
  const { releases } = await letters().getDelivery(first);
  const row = await campaign.services.stores.outbox.findRow(`delivery:${first}:${releases}`);
  if (!row) throw new Error('there is no row');
  return row;
}
/** The sender vanished after it had claimed the mail, and its lease ran out. */
async function vanish(): Promise<void> {
  const { _id } = await currentRow();
  const lease = { audience: 'office', claim: 'gone', now: campaign.clock.now(), leaseMs: MINUTE } as const;
  await campaign.services.stores.outbox.claimRows([_id], lease);
  campaign.clock.advance(2 * MINUTE);
  await drain();
}

describe('a sender that stops', () => {
  test('after the office took it and before that was written: doubtful, and not sent again', async () => {
    await planAndRelease();
    await expect(openOddSender({ deliveries: { move: away } }).worker.drainOffices()).rejects.toThrow(/away/);
    expect(toOffice()).toHaveLength(1);
    expect(await stateOf()).toBe('released');
    campaign.clock.advance(LEASE_MS + MINUTE);
    await drain();
    expect(await stateOf()).toBe('unknown');
    campaign.clock.advance(3 * DAY);
    await releaseAll(campaign.services);
    await drain();
    expect(toOffice()).toHaveLength(1);
  });

  test('after that was written and before its row ended: sent, whatever the row says', async () => {
    await planAndRelease();
    await expect(openOddSender({ outbox: { finishRows: away } }).worker.drainOffices()).rejects.toThrow(
      /away/,
    );
    campaign.clock.advance(LEASE_MS + MINUTE);
    await drain();
    await releaseAll(campaign.services);
    await drain();
    expect(await stateOf()).toBe('sent');
    expect(toOffice()).toHaveLength(1);
  });

  test('before it claimed the mail: the next one sends it', async () => {
    await planAndRelease();
    await expect(openOddSender({ outbox: { claimRows: away } }).worker.drainOffices()).rejects.toThrow(
      /away/,
    );
    await drain();
    expect(toOffice()).toHaveLength(1);
  });
});

describe('a doubtful one', () => {
  beforeEach(async () => {
    await planAndRelease();
    await vanish();
    expect(await stateOf()).toBe('unknown');
  });

  test('counts as sent when an organiser says so, and the next starts after it', async () => {
    await decisions().resolve(TESTER, first, 'sent');
    await campaign.addSupporter('eva@home.example');
    await campaign.count();
    await planAndRelease();
    await drain();
    const next = await letters().getDelivery(`${slug}:us-dhs-secretary:digest:2`);
    expect(next).toMatchObject({ state: 'sent', from: (await letters().getDelivery(first)).to });
    expect(toOffice()).toHaveLength(1);
  });

  test('goes out once more, once, also when the command stops between its two writes', async () => {
    campaign.clock.advance(3 * MINUTE);
    await decisions().resolve(TESTER, first, 'again');
    await campaign.connection.collection('outbox').deleteOne({ _id: (await currentRow())._id as never });
    await releaseAll(campaign.services);
    await Promise.all([drain(), drain()]);
    expect(await stateOf()).toBe('sent');
    expect(toOffice()).toHaveLength(1);
    await expect(decisions().resolve(TESTER, first, 'again')).rejects.toThrow(/it is sent, not unknown/);
  });

  test('is sent when the server’s own word comes late, and then not once more', async () => {
    const late = await currentRow();
    const taken = { result: 'sent', code: 250, reply: '250 taken', messageId: 'x' } as const;
    campaign.clock.advance(3 * MINUTE);
    await decisions().resolve(TESTER, first, 'again');
    await openOddSender({}).composer.settle?.(late, taken);
    expect(await letters().getDelivery(first)).toMatchObject({ state: 'sent', reply: '250 taken' });
    await drain();
    expect(toOffice()).toHaveLength(0);
  });
});

describe('an organiser’s cancelling that stops half way', () => {
  test('is completed by the next release, and nothing goes out', async () => {
    await planAndRelease();
    const { _id } = await currentRow();
    await campaign.services.stores.outbox.cancelDue(_id, 'cancelled by an organiser', campaign.clock.now());
    await releaseAll(campaign.services);
    await drain();
    expect(await stateOf()).toBe('cancelled');
    expect(toOffice()).toHaveLength(0);
  });
});

describe('what is quoted', () => {
  async function releaseQuoting(words: string): Promise<void> {
    await campaign.addSupporter('q@home.example', { words, shareWords: 'on' });
    await campaign.count();
    await approve();
    await planAndRelease();
  }
  async function approve(): Promise<void> {
    for (const { id } of await campaign.services.words.listWaiting())
      await campaign.services.words.decide(id, 'approved', { by: 'Rosa' });
  }
  async function change(fields: Record<string, string>): Promise<void> {
    const whole = { name: 'Ana Rosa', country: 'US', region: 'US-TX', shareWords: 'on', ...fields };
    await campaign.post(await campaign.linkTo('manage', 'q@home.example'), whole);
  }

  test('is what its writer says at sending, also when a changed text was approved meanwhile', async () => {
    await releaseQuoting('It was in the bus station at night. I saw one of them.');
    await change({ words: 'It was in the bus station at night. I saw two of them.' });
    await approve();
    await drain();
    expect(toOffice()).toHaveLength(0);
    expect(await stateOf()).toBe('planned');
    await releaseAll(campaign.services);
    await drain();
    expect(toOffice()).toHaveLength(1);
    expect(toOffice()[0]?.raw).toContain('I saw two of them.');
    expect(toOffice()[0]?.raw).not.toContain('I saw one of them.');
  });

  test('names the place that its writer has corrected', async () => {
    await releaseQuoting('It was in the bus station at night. I saw them.');
    await change({ words: 'It was in the bus station at night. I saw them.', region: 'US-CA' });
    await drain();
    await releaseAll(campaign.services);
    await drain();
    expect(toOffice()).toHaveLength(1);
    expect(toOffice()[0]?.raw).toContain('A person in California');
  });

  test('goes out as it was released when nothing has changed', async () => {
    await releaseQuoting('It was in the bus station at night. I saw them.');
    await drain();
    expect(toOffice()[0]?.raw).toContain('I saw them.');
    expect((await letters().getDelivery(first)).quotes).toMatchObject([{ number: '1.1' }]);
    const stored = JSON.stringify(await campaign.connection.collection('deliveries').find().toArray());
    expect(stored).not.toContain('I saw them');
  });
});

describe('several at once', () => {
  test('two programs plan, release and send for a while: each digest arrives once', async () => {
    const { config, connection, clock } = campaign;
    const other = await createServices({ config, connection, clock, logger: silentLogger });
    closers.push(other.close);
    const work = async (services: typeof other) => {
      await services.planner.planDigests();
      await releaseAll(services);
      await services.mailWorker.drainOffices();
    };
    for (let round = 1; round <= 4; round += 1) {
      await Promise.all([work(other), work(campaign.services), work(other), work(campaign.services)]);
      await Promise.all([work(other), work(campaign.services)]);
      expect(toOffice()).toHaveLength(round);
      await campaign.addSupporter(`p${round}@home.example`);
      await campaign.count();
    }
    const sent = (await letters().listDeliveries()).filter(({ state }) => state === 'sent');
    const joins = sent.sort((a, b) => a.n - b.n).map(({ from, to }) => [from, to]);
    expect(joins).toEqual(joins.map(([, to], index) => [joins[index - 1]?.[1] ?? 0, to]));
  });

  test('one that cannot be composed holds up no other', async () => {
    await campaign.addSupporter('ana@home.example', {}, 'safe-passage');
    await campaign.count();
    await campaign.services.planner.planDigests();
    await campaign.connection.collection('ledger').deleteMany({ petitionId: slug });
    const results = await releaseAll(campaign.services);
    expect(results.map(({ result }) => result)).toEqual(['not-composed', 'released']);
    await drain();
    expect(toOffice()).toHaveLength(1);
  });
});

describe('a fact that was corrected after a mail was rendered', () => {
  test('takes the mail back, and what goes out instead shows the new fact', async () => {
    await planAndRelease();
    campaign.clock.advance(MINUTE);
    await campaign.connection
      .collection<{ _id: string }>('petitions')
      .updateOne({ _id: slug }, { $set: { correctedAt: campaign.clock.now() } });
    await drain();
    expect(toOffice()).toHaveLength(0);
    expect(await letters().getDelivery(first)).toMatchObject({
      state: 'planned',
      fault: 'a fact in it was corrected',
    });
    campaign.clock.advance(MINUTE);
    await releaseAll(campaign.services);
    await drain();
    expect(toOffice()).toHaveLength(1);
  });
});
