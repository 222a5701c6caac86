import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';

const SLUG = 'no-more-unsafe-returns';

let campaign: TestCampaign;
beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

describe.each([
  ['en', 'We wrote:', 'November 28, 2026', '9,543'],
  ['es', 'Escribimos:', '28 de noviembre de 2026', '9,543'],
])('the page of corrections in %s', (locale, wrong, since, instead) => {
  it('says what was wrong, since when it is gone, and what is said instead', async () => {
    const { statusCode, body } = await campaign.get(`/${locale}/corrections`);
    expect(statusCode).toBe(200);
    for (const text of [wrong, '17,750', since, instead, 'EFE', 'La Jornada']) expect(body).toContain(text);
  });

  it('is linked from every page, and no other page shows the withdrawn figure', async () => {
    for (const path of ['', `/petitions/${SLUG}`, `/petitions/${SLUG}/by-hand`, `/petitions/${SLUG}/packs`]) {
      const { body } = await campaign.get(`/${locale}${path}`);
      expect(body).toContain(`href="/${locale}/corrections"`);
      expect(body).not.toContain('17,750');
    }
  });
});
