import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { signatureId } from '../../src/signatures/signature.ts';
import { faultsByAxe, openVisit, overflow } from '../support/browser.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openSite } from '../support/site.ts';

const SLUG = 'no-more-unsafe-returns';
const GOOD = {
  en: 'My cousin crossed alone at fourteen, and nobody asked her anything at all.',
  es: 'Mi prima cruzó sola a los catorce años, y nadie le preguntó nada en absoluto.',
};

let site: Awaited<ReturnType<typeof openSite>>;
let browser: Browser;
let campaign: TestCampaign;

beforeAll(async () => {
  const opened = await openSite(openCampaign);
  site = opened;
  ({ browser, campaign } = opened);
}, 60_000);
afterAll(async () => {
  await site?.close();
});

const browsers = [
  { locale: 'en', width: 320, script: 'on' },
  { locale: 'es', width: 1280, script: 'on' },
  { locale: 'es', width: 320, script: 'off' },
  { locale: 'en', width: 1280, script: 'off' },
] as const;

describe.each(browsers)('in $locale, $width px wide, JavaScript $script', ({ locale, width, script }) => {
  const email = `zulema-${locale}-${width}@home.example`;
  let page: Page;
  let complaints: string[];
  let close: () => Promise<void>;

  beforeAll(async () => {
    campaign.clock.advance(2 * DAY);
    const { publicUrl: baseURL } = campaign.config;
    const visit = await openVisit(browser, { baseURL, locale, width, hasScript: script === 'on' });
    ({ page, complaints } = visit);
    close = () => visit.context.close();
  });
  afterAll(() => close());

  it('from the mail to words that wait for an organiser, with one consent', { timeout: 60_000 }, async () => {
    await campaign.post(`/${locale}/petitions/${SLUG}/signatures`, {
      name: 'Zulema Xochitl',
      email,
      country: 'MX',
      region: 'MX-CHP',
      words: 'Vi a tres.',
      over16: 'on',
    });
    await openMail(page, email);
    await page.frameLocator('iframe').locator('.go a').click();
    await page.waitForURL(`**/${locale}/confirm/*`);
    await press(page, 'form.details > button');
    await page.locator('.place').waitFor();

    // By the page that the press was answered with, or by the receipt.
    if (script === 'off') {
      await openMail(page, email);
      await page.locator('pre a[href*="/my-words/"]').click();
    } else await page.locator('main a[href*="/my-words/"]').click();
    await page.waitForURL(`**/${locale}/my-words/*`);
    expect(await page.inputValue('#words')).toBe('Vi a tres.');

    // Personal data is refused, and what was typed stays.
    const telling = `${GOOD[locale]} Tel. 961 123 4567`;
    await page.fill('#words', telling);
    await press(page, 'button[value=preview]');
    expect(await page.locator('#summary').textContent()).toContain('961 123 4567');
    expect(await page.inputValue('#words')).toBe(telling);
    expect(await overflow(page)).toBe(0);
    if (script === 'on') expect(await faultsByAxe(page)).toEqual([]);

    await page.fill('#words', GOOD[locale]);
    await press(page, 'button[value=draft]');
    expect(await page.locator('.saved').count()).toBe(1);
    expect(await page.inputValue('#words')).toBe(GOOD[locale]);
    expect((await stored(email)).wordsState).toBeUndefined();

    await press(page, 'button[value=preview]');
    await page.waitForURL(/\/preview/);
    const quotes = await page.locator('blockquote').allTextContents();
    expect(quotes).toHaveLength(4);
    for (const quote of quotes) expect(quote).toContain(GOOD[locale]);
    expect(quotes.filter((quote) => quote.includes('A person in Chiapas'))).toHaveLength(2);
    expect(quotes.filter((quote) => quote.includes('Una persona en Chiapas'))).toHaveLength(2);
    expect(quotes.join()).not.toMatch(/Zulema|home\.example/);
    expect(await page.locator('input[type=checkbox]:checked').count()).toBe(0);
    await page.check('#name-mx-presidency');
    await press(page, 'button[value=send]');
    await page.waitForURL('**/my-words/*');
    expect(await stored(email)).toMatchObject({
      wordsState: 'waiting',
      consent: { shareWords: true },
      officeConsents: [{ officeId: 'mx-presidency', name: true, reply: false }],
    });
    const waiting = await campaign.services.words.listWaiting();
    expect(waiting.filter(({ words }) => words === GOOD[locale]).length).toBeGreaterThan(0);

    await press(page, 'button[value=preview]');
    await page.waitForURL(/\/preview/);
    expect(await page.isChecked('#name-mx-presidency')).toBe(true);
    await press(page, 'button[value=back]');
    expect((await stored(email)).officeConsents).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  it('writes to an office by hand, and is thanked for it', async () => {
    campaign.clock.advance(10_000);
    await page.goto(`/${locale}/petitions/${SLUG}`);
    await page.locator(`a[href="/${locale}/petitions/${SLUG}/by-hand"]`).click();
    const office = page.locator('section.receives', { has: page.locator('#office-mx-inm') });
    expect(await office.locator('textarea').inputValue()).toContain('Instituto Nacional de Migración');
    expect(await office.locator('button[data-copies]').isVisible()).toBe(script === 'on');
    await office.locator('a[href$="/by-hand/mx-inm"]').click();
    expect(await page.locator('article.sheet .blank').count()).toBeGreaterThan(6);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.masthead').isVisible()).toBe(false);
    expect(await page.locator('h1').isVisible()).toBe(false);
    await page.emulateMedia({ media: 'screen' });
    await page.goBack();
    await office.locator('form button[type=submit]').click();
    await page.waitForURL('**/by-hand?said=mx-inm#office-mx-inm');
    expect(await office.locator('.saved').count()).toBe(1);
    expect(complaints).toEqual([]);
  });
});

async function press(page: Page, button: string): Promise<void> {
  const answered = page.waitForResponse((answer) => answer.request().method() === 'POST');
  await page.locator(`main ${button}`).click();
  await answered;
  await page.waitForLoadState();
}

async function openMail(page: Page, email: string): Promise<void> {
  // Mails of the same moment are in no order.
  campaign.clock.advance(2_000);
  await campaign.sendMail();
  await page.goto('/mailbox');
  await page
    .locator('main li a', { has: page.getByText(email, { exact: true }) })
    .first()
    .click();
  await page.waitForURL('**/mailbox/*');
}

async function stored(email: string) {
  const id = signatureId(SLUG, campaign.emailKeyOf(email));
  const signature = await campaign.services.stores.signatures.findSignature(id);
  if (!signature) throw new Error(`nobody signed as ${email}`);
  return signature;
}
