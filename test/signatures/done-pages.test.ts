import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { seen } from '../support/views.ts';

let campaign: TestCampaign;

beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(async () => {
  await campaign.close();
});

const done = [
  ['manage', '/withdraw', 'Your signature is withdrawn'],
  ['notMe', '', 'Deleted'],
  ['unsubscribe', '', 'You are unsubscribed'],
] as const;

test.each(done)(
  'the language switch after %s%s neither asks again nor leads to an ended link',
  async (...row) => {
    const [purpose, tail, heading] = row;
    const email = `${purpose.toLowerCase()}@home.example`;
    await campaign.addSupporter(email, { updates: 'on' });
    const link = await campaign.linkTo(purpose, email);
    const told = await campaign.post(link + tail);
    expect(seen(told.body)).toContain(heading);
    expect(told.body).not.toContain(link.split('/').at(-1));
    const switchHref = /class="switch" href="([^"]+)"/.exec(told.body)?.[1] ?? '';
    const other = await campaign.get(switchHref);
    expect(other.statusCode).toBe(200);
    expect(other.body).toContain('<html lang="es-MX"');
    expect(other.body).not.toContain('<form');
  },
);
