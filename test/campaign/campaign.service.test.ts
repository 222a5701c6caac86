import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCampaignService } from '../../src/campaign/campaign.service.ts';
import { createCampaignStore } from '../../src/campaign/campaign.store.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const whole = {
  legalName: 'Acme Rights',
  postalAddress: '1 Main St, Austin, TX 78701',
  contactEmail: 'us@acme.example',
  privacyEmail: 'privacy@acme.example',
};

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
beforeEach(async () => {
  await database.connection.collection('campaign').deleteMany({});
});
afterAll(() => database.drop());

function build() {
  return createCampaignService({ store: createCampaignStore(database.connection), clock: createTestClock() });
}

describe('the record', () => {
  test('is empty, and not missing, before anybody filled it', async () => {
    expect(await build().getCampaign()).toEqual({ _id: 'campaign' });
  });

  test('takes what is given, trimmed, and leaves the rest', async () => {
    const campaign = build();
    await campaign.setCampaign({ ...whole, legalName: '  Acme Rights ' });
    const after = await campaign.setCampaign({ legalName: 'Acme', contactEmail: undefined });
    expect(after).toEqual({ _id: 'campaign', ...whole, legalName: 'Acme' });
    expect(await build().getCampaign()).toEqual(after);
  });

  test('takes no field that it does not have', async () => {
    expect(await build().setCampaign({ legalName: 'Acme', isAdmin: true })).toEqual({
      _id: 'campaign',
      legalName: 'Acme',
    });
  });

  test('names the site in each language for itself', async () => {
    const campaign = build();
    await campaign.setCampaign({ 'siteName.en': 'Safe Roads' });
    const { siteName } = await campaign.setCampaign({ 'siteName.es': 'Caminos Seguros' });
    expect(siteName).toEqual({ en: 'Safe Roads', es: 'Caminos Seguros' });
  });

  test('may be set with nothing, which changes nothing', async () => {
    const campaign = build();
    await campaign.setCampaign(whole);
    expect(await campaign.setCampaign({})).toEqual({ _id: 'campaign', ...whole });
  });

  const faults: [string, Record<string, unknown>, string][] = [
    ['a name of two lines', { legalName: 'Acme\r\nBcc: a@b.example' }, 'legalName: must be one line'],
    ['a name of nothing', { legalName: '  ' }, 'legalName'],
    ['an address of a novel', { postalAddress: 'x'.repeat(301) }, 'postalAddress'],
    [
      'a contact that is no address',
      { contactEmail: 'acme.example' },
      'contactEmail: must be an e-mail address',
    ],
    ['a privacy contact of two', { privacyEmail: 'a@b.example, c@d.example' }, 'privacyEmail'],
  ];
  test.each(faults)('refuses %s and keeps what was there', async (_title, fields, said) => {
    const campaign = build();
    await campaign.setCampaign(whole);
    await expect(campaign.setCampaign({ ...whole, legalName: 'Other', ...fields })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(said),
    });
    expect(await campaign.getCampaign()).toEqual({ _id: 'campaign', ...whole });
  });
});

describe('who may be written to', () => {
  test.each(Object.keys(whole))('while %s is missing, addresses for trying alone', async (field) => {
    const campaign = build();
    await campaign.setCampaign({ ...whole, [field]: undefined });
    expect(await campaign.mayWriteTo('office@agency.example')).toBe(true);
    expect(await campaign.mayWriteTo('office@agency.test')).toBe(true);
    expect(await campaign.mayWriteTo('office@agency.invalid')).toBe(false);
  });

  test('everybody, from the moment at which the record is whole', async () => {
    const campaign = build();
    expect(await campaign.mayWriteTo('office@agency.invalid')).toBe(false);
    await campaign.setCampaign(whole);
    expect(await campaign.mayWriteTo('office@agency.invalid')).toBe(true);
  });
});
