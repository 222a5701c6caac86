import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { seen } from '../support/views.ts';

const SLUG = 'no-more-unsafe-returns';
const PAGE = '/en/check-your-email';
const FORM = { name: 'Ana Rosa', country: 'MX', over16: 'on' };

let campaign: TestCampaign;

beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

const sign = (email: string) => campaign.post(`/en/petitions/${SLUG}/signatures`, { ...FORM, email });
const main = (body: string) => /<main[\s\S]*<\/main>/.exec(body)?.[0] ?? '';

describe('the page after the button', () => {
  test('names the provider, opens its mail, and leads back to correct', async () => {
    const { headers } = await sign('ana@hotmail.com');
    expect(headers.location).toBe(`${PAGE}?at=hotmail.com&petition=${SLUG}`);
    const { statusCode, body } = await campaign.get(String(headers.location));
    expect(statusCode).toBe(200);
    expect(seen(body)).toContain('your Outlook address');
    expect(body).toContain(
      '<a class="button" href="https://outlook.live.com/mail/" rel="noopener noreferrer">',
    );
    expect(main(body)).toContain(`href="/en/petitions/${SLUG}#sign"`);
    expect(body).toContain(`href="/es/check-your-email?at&#x3D;hotmail.com&amp;petition&#x3D;${SLUG}"`);
    expect(seen(body)).toContain('If nothing came after 10 minutes, sign again');
  });

  test('is the same for every address of a domain, whether it had signed or not', async () => {
    await campaign.addSupporter('known@home.example');
    const known = await sign('known@home.example');
    const fresh = await sign('fresh@home.example');
    expect(known.headers.location).toBe(fresh.headers.location);
    const [one, other] = [
      await campaign.get(String(known.headers.location)),
      await campaign.get(`${PAGE}?at=home.example&petition=${SLUG}`),
    ];
    expect(one.body).toBe(other.body);
    expect(seen(one.body)).toContain('your address at home.example');
    expect(one.body).not.toContain('known@');
  });

  test('writes to a domain of other letters by its ASCII name', async () => {
    const { headers } = await sign('ana@correo.ñandú.example');
    expect(seen((await campaign.get(String(headers.location))).body)).toContain(
      'at correo.xn--and-6ma2c.example',
    );
  });

  test.each([
    ['a site', 'https://evil.example/'],
    ['a way to a site', '//evil.example'],
    ['an address', 'ana@evil.example'],
    ['markup', '<script>alert(1)</script>.example'],
    ['quotes', '"onload="x.example'],
    ['300 characters', `${'a'.repeat(290)}.example`],
    ['lines', 'home.example\r\nSet-Cookie: a=b'],
    ['nothing', ''],
  ])('shows nothing of %s', async (_, at) => {
    const { statusCode, headers, body } = await campaign.get(`${PAGE}?${new URLSearchParams({ at })}`);
    expect(statusCode).toBe(200);
    expect(headers.location).toBeUndefined();
    expect(seen(body)).toContain('We have written to the address you gave.');
    expect(body).toBe((await campaign.get(PAGE)).body);
  });

  test('links to nobody but large providers, and to no petition that is not there', async () => {
    const { body } = await campaign.get(`${PAGE}?at=evil.example&petition=nothing`);
    expect(main(body)).not.toMatch(/href="(?!\/en")/);
    const twice = await campaign.get(`${PAGE}?at=gmail.com&at=evil.example&petition=../x`);
    expect([twice.statusCode, twice.body.includes('evil')]).toEqual([200, false]);
  });
});
