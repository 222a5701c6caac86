import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CampaignService, createCampaignService } from '../../src/campaign/campaign.service.ts';
import { createCampaignStore } from '../../src/campaign/campaign.store.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let campaign: CampaignService;
beforeAll(async () => {
  database = await openTestDatabase();
  campaign = createCampaignService({
    store: createCampaignStore(database.connection),
    clock: createTestClock(),
  });
});
afterAll(() => database.drop());

const real = ['office@agency.gov', 'a@example.com.mx', 'a@notexample', 'a@sub.test.org'];

describe('who we are', () => {
  test.each(real)('a trial installation does not write to %s', async (address) => {
    expect(await campaign.mayWriteTo(address)).toBe(false);
  });

  test.each(['letters@dhs.example', 'a@b.test', 'a@sub.dhs.EXAMPLE'])(
    'it may write to %s',
    async (address) => {
      expect(await campaign.mayWriteTo(address)).toBe(true);
    },
  );

  test('faults are named, and nothing is set', async () => {
    const bad = { legalName: 'X\nBcc: y', contactEmail: 'none' };
    await expect(campaign.setCampaign(bad)).rejects.toThrow(/legalName[\s\S]*contactEmail/);
    expect(await campaign.getCampaign()).toEqual({ _id: 'campaign' });
  });

  test('only the whole record ends the trial', async () => {
    await campaign.setCampaign({ legalName: 'Acme Rights', postalAddress: '1 Main St' });
    expect(await campaign.mayWriteTo('office@agency.gov')).toBe(false);
    await campaign.setCampaign({ contactEmail: 'us@acme.example', privacyEmail: 'privacy@acme.example' });
    expect(await campaign.mayWriteTo('office@agency.gov')).toBe(true);
  });
});
