import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createCampaignService } from '../../src/campaign/campaign.service.ts';
import { type CampaignStore, createCampaignStore } from '../../src/campaign/campaign.store.ts';
import { isCampaignComplete, isTrialAddress } from '../../src/campaign/campaign.ts';
import { SECOND } from '../../src/lib/clock.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const whole = {
  legalName: 'Acme Rights',
  postalAddress: '1 Main St, Austin, TX 78701',
  contactEmail: 'us@acme.example',
  privacyEmail: 'privacy@acme.example',
};

let database: TestDatabase;
let store: CampaignStore;
beforeAll(async () => {
  database = await openTestDatabase();
  store = createCampaignStore(database.connection);
});
beforeEach(async () => {
  await database.connection.collection('campaign').deleteMany({});
});
afterAll(() => database.drop());

test('the record is there before anybody wrote one, and writing one needs none', async () => {
  expect(await store.findCampaign()).toEqual({ _id: 'campaign' });
  await store.setCampaign({ legalName: 'Acme Rights' });
  expect(await store.findCampaign()).toEqual({ _id: 'campaign', legalName: 'Acme Rights' });
});

test('seeding by several at once makes one record and keeps what stands in it', async () => {
  await Promise.all([store.insertMissing(), store.insertMissing(), store.insertMissing()]);
  await store.setCampaign(whole);
  await store.insertMissing();
  expect(await database.connection.collection('campaign').find().toArray()).toEqual([
    { _id: 'campaign', ...whole },
  ]);
});

test('what one process sets, another one sees after a second', async () => {
  const clock = createTestClock();
  const here = createCampaignService({ store, clock });
  const there = createCampaignService({ store, clock });
  expect(await there.mayWriteTo('office@agency.gov')).toBe(false);
  await here.setCampaign(whole);
  expect(await here.mayWriteTo('office@agency.gov')).toBe(true);
  clock.advance(SECOND);
  expect(await there.mayWriteTo('office@agency.gov')).toBe(true);
});

test.each(Object.keys(whole))('without %s the record is not whole', (field) => {
  expect(isCampaignComplete({ _id: 'campaign', ...whole })).toBe(true);
  expect(isCampaignComplete({ _id: 'campaign', ...whole, [field]: '' })).toBe(false);
});

const addresses: [string, boolean][] = [
  ['a@dhs.example', true],
  ['a@dhs.test', true],
  ['a@DHS.Example', true],
  ['a@dhs.example.gov', false],
  ['a@example.com', false],
  ['a@myexample', false],
  ['a@dhs.example.', false],
  ['a.example@dhs.gov', false],
];
test.each(addresses)('%s is an address for trying: %s', (address, isExpected) => {
  expect(isTrialAddress(address)).toBe(isExpected);
});
