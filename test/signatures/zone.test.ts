import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { seen } from '../support/views.ts';

let campaign: TestCampaign;
beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

test('who confirms late in the evening reads that day, and not the next one of UTC', async () => {
  // 23:20 in Tijuana on 27 November is 07:20 of the 28th in UTC.
  campaign.clock.set('2026-11-28T07:20:00Z');
  await campaign.addSupporter('ana@home.example');
  await campaign.services.campaign.setCampaign({ zone: 'America/Tijuana' });
  const link = (await campaign.linkTo('manage', 'ana@home.example')).replace('/en/', '/es/');
  expect(seen((await campaign.get(link)).body)).toContain('27 de noviembre de 2026');
  await campaign.services.campaign.setCampaign({ zone: 'Asia/Tokyo' });
  expect(seen((await campaign.get(link)).body)).toContain('28 de noviembre de 2026');
});

test.each(['America/Indiana/Indianapolis', 'America/Argentina/Buenos_Aires', 'America/Mexico_City'])(
  'the campaign’s zone may be %s',
  async (zone) => {
    expect((await campaign.services.campaign.setCampaign({ zone })).zone).toBe(zone);
  },
);

test.each(['America/Nowhere', '+06:00', 'CDMX', ''])('"%s" is no zone, and nothing changes', async (zone) => {
  const before = await campaign.services.campaign.getCampaign();
  await campaign.services.campaign.setCampaign({ zone }).catch((error) => {
    expect(error).toMatchObject({ code: 'INPUT_INVALID' });
  });
  expect(await campaign.services.campaign.getCampaign()).toEqual(before);
});
