import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createRestoredDeliveries } from '../../src/deliveries/restored.store.ts';
import { createLedgerService } from '../../src/ledger/ledger.service.ts';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { createRestoredStore } from '../../src/signatures/restored.store.ts';
import { signatureId } from '../../src/signatures/signature.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';

const SLUG = 'no-more-unsafe-returns';
const EMAIL = 'ana@home.example';
const form = { name: 'Ana', email: EMAIL, country: 'US', over16: 'on' };

let campaign: TestCampaign;
beforeEach(async () => {
  await campaign?.close();
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

const sign = () => campaign.post(`/en/petitions/${SLUG}/signatures`, form);
const find = () =>
  campaign.services.stores.signatures.findSignature(signatureId(SLUG, campaign.emailKeyOf(EMAIL)));
const confirm = async (fields: Record<string, string> = {}) =>
  (await campaign.post(await campaign.linkTo('confirm', EMAIL), fields)).statusCode;
const withdraw = async () => campaign.post(`${await campaign.linkTo('manage', EMAIL)}/withdraw`);
const retention = () => campaign.services.retention.step();
const mails = async () => (await campaign.services.mailbox.list()).filter(({ to }) => to === EMAIL).length;
async function expectCount(count: number): Promise<void> {
  await campaign.count();
  const { petitions } = await campaign.services.ledger.verify();
  expect(petitions.flatMap(({ faults }) => faults)).toEqual([]);
  expect((await campaign.services.ledger.getCount(SLUG)).count).toBe(count);
}

describe('a worker that read who was due and slept a week', () => {
  /** Begins a turn that stops when it has read who is due; what it answers lets it go on. */
  async function sleeper(): Promise<() => Promise<unknown>> {
    const { stores } = campaign.services;
    const read = Promise.withResolvers<void>();
    const wake = Promise.withResolvers<void>();
    const service = createLedgerService({
      ...stores,
      counting: {
        ...stores.counting,
        async listDue(...args) {
          const due = await stores.counting.listDue(...args);
          read.resolve();
          await wake.promise;
          return due;
        },
      },
      restored: createRestoredStore(campaign.connection),
      tellings: createRestoredDeliveries(campaign.connection),
      getZone: async () => 'America/Mexico_City',
      clock: campaign.clock,
      logger: silentLogger,
    });
    const turn = service.step();
    await read.promise;
    return () => {
      wake.resolve();
      return turn;
    };
  }

  beforeEach(async () => {
    await campaign.addSupporter('eva@home.example');
    await campaign.count();
    await campaign.addSupporter(EMAIL);
  });

  test.each([
    ['nobody else counted meanwhile', 0],
    ['others counted meanwhile', 3],
  ])('counts nobody who left it, where %s', async (_, others) => {
    const wakeUp = await sleeper();
    await withdraw();
    for (let day = 0; day < 9; day += 1) {
      if (day < others) {
        await campaign.addSupporter(`other${day}@home.example`);
        await campaign.count();
      }
      campaign.clock.advance(DAY);
      await retention();
    }
    await wakeUp();
    await expectCount(1 + others);
    await retention();
    campaign.clock.advance(DAY);
    await retention();
    expect((await find())?.sealed).toBeUndefined();
  });

  test('nor, of who left and signed anew, one too many', async () => {
    const wakeUp = await sleeper();
    await withdraw();
    campaign.clock.advance(8 * DAY);
    await retention();
    await sign();
    await campaign.sendMail();
    expect(await confirm({ name: 'Ana', country: 'US' })).toBe(200);
    await wakeUp();
    await expectCount(2);
  });
});

test('posting again on day 30 mails a link that lives for 30 days from then', async () => {
  await sign();
  await campaign.sendMail();
  campaign.clock.advance(30 * DAY - HOUR);
  await sign();
  await campaign.sendMail();
  expect(await mails()).toBe(2);
  for (let day = 0; day < 29; day += 1) {
    campaign.clock.advance(DAY);
    await retention();
  }
  expect(await confirm()).toBe(200);
});

test('a sign request is not lost where retention deletes the stub before the mail about it is written', async () => {
  await campaign.addSupporter(EMAIL);
  await campaign.sendMail();
  await campaign.count();
  await withdraw();
  await campaign.count();
  campaign.clock.advance(HOUR);
  await sign();
  await retention();
  expect(await find()).toBeNull();
  await campaign.sendMail();
  expect((await find())?.state).toBe('pending');
  expect(await confirm({ name: 'Ana', country: 'MX' })).toBe(200);
  await expectCount(1);
});

test('who signed while the clock was a year ahead is not kept for a year', async () => {
  campaign.clock.advance(365 * DAY);
  await sign();
  campaign.clock.advance(-365 * DAY);
  await retention();
  campaign.clock.advance(29 * DAY);
  await retention();
  expect(await find()).not.toBeNull();
  campaign.clock.advance(3 * DAY);
  await retention();
  expect(await find()).toBeNull();
});
