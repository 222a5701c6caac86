import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { LANG_TAG, type Locale } from '../../src/lib/locales.ts';
import { signatureId } from '../../src/signatures/signature.ts';
import { openVisit } from '../support/browser.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openSite } from '../support/site.ts';

const SLUG = 'no-more-unsafe-returns';

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

/** Each pair of language, width and JavaScript once; what only the width can break, pages.test.ts sees on every page. */
const browsers = [
  { locale: 'en', width: 320, script: 'on' },
  { locale: 'es', width: 1280, script: 'on' },
  { locale: 'es', width: 320, script: 'off' },
  { locale: 'en', width: 1280, script: 'off' },
];

describe.each(browsers)('in $locale, $width px wide, JavaScript $script', ({ locale, width, script }) => {
  const email = `ana-${locale}-${width}-${script}@home.example`;
  const other = locale === 'en' ? 'es' : 'en';
  let page: Page;
  let complaints: string[];
  let close: () => Promise<void>;

  beforeAll(async () => {
    // All come from one network, which is trusted again a day after three have said that it was not them (law 17).
    campaign.clock.advance(2 * DAY);
    const visit = await openVisit(browser, {
      baseURL: campaign.config.publicUrl,
      locale,
      width,
      hasScript: script === 'on',
    });
    ({ page, complaints } = visit);
    close = () => visit.context.close();
  });
  afterAll(() => close());

  it('a person signs, corrects, confirms, is counted, changes, and withdraws', {
    timeout: 30_000,
  }, async () => {
    await campaign.count();
    const before = await shownCount(page, locale);
    await expectSwitchKeepsPage(page, other);
    await signWithMistakes(page, email);
    expect(new URL(page.url()).pathname).toBe(`/${locale}/check-your-email`);
    expect(await page.content()).not.toContain(email);

    await openMail(page, email);
    await page.frameLocator('iframe').locator('.go a').click();
    await page.waitForURL(`**/${locale}/confirm/*`);
    await expectSwitchKeepsPage(page, other);
    expect(await page.locator('dl.signing').textContent()).toContain('Ana Rosa');
    await page.locator('details.folded > summary').click();
    expect(await page.inputValue('#name')).toBe('Ana Rosa');
    await page.fill('#name', '');
    await press(page, 'form', 'button[value=corrected]');
    await page.locator('.summary a[href="#name"]').click();
    await page.locator('#name:focus').waitFor();
    await page.fill('#name', 'Ana Rosa Núñez');
    await page.selectOption('#region', 'US-CA');
    await press(page);
    await page.locator('.place').waitFor();
    await expectAtOwnAddress(page, script);

    await campaign.count();
    // The page looks again by itself; to wait for that once in each kind of browser is enough.
    if (locale === 'es') await page.reload();
    const place = (await signatureOf(email)).counted?.place ?? 0;
    expect(place).toBeGreaterThan(0);
    // Asked from here: where scripts are off, the browser's own waiting does not run either.
    await expect
      .poll(() => page.locator('.place').textContent(), { timeout: 10_000 })
      .toContain(String(place));
    expect(await shownCount(page, locale)).toBe(before + 1);

    await openMail(page, email);
    await page.locator('pre a[href*="/my-signature/"]').click();
    await page.waitForURL(`**/${locale}/my-signature/*`);
    expect(await page.inputValue('#name')).toBe('Ana Rosa Núñez');
    expect(await page.inputValue('#region')).toBe('US-CA');
    await page.uncheck('#updates');
    await press(page, 'form:has(#updates)');
    expect(await page.locator('.saved').count()).toBe(1);
    expect((await signatureOf(email)).consent.updates).toBe(false);

    await page.locator('a[href$="/withdraw"]').click();
    await expectSwitchKeepsPage(page, other);
    await press(page);
    await campaign.count();
    expect(await shownCount(page, locale)).toBe(before);
    expect((await signatureOf(email)).sealed).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  it('somebody whose address was used by another says so', async () => {
    const victim = `victim-${email}`;
    await campaign.post(`/${locale}/petitions/${SLUG}/signatures`, {
      name: 'Ana Rosa',
      email: victim,
      country: 'US',
      over16: 'on',
    });
    await openMail(page, victim);
    await page.locator('pre a[href*="/not-me/"]').click();
    await page.waitForURL(`**/${locale}/not-me/*`);
    await expectSwitchKeepsPage(page, other);
    await press(page);
    expect(await campaign.services.stores.signatures.findSignature(idOf(victim))).toBeNull();
    expect(await campaign.services.stores.suppressions.isSuppressed(campaign.emailKeyOf(victim), 'all')).toBe(
      true,
    );
    expect(complaints).toEqual([]);
  });

  it('a supporter stops the updates and stays counted', async () => {
    const supporter = `updates-${email}`;
    await campaign.addSupporter(supporter, { updates: 'on' });
    await page.goto((await campaign.linkTo('unsubscribe', supporter)).replace('/en/', `/${locale}/`));
    await expectSwitchKeepsPage(page, other);
    await press(page);
    expect(await signatureOf(supporter)).toMatchObject({ state: 'confirmed', consent: { updates: false } });
    expect(complaints).toEqual([]);
  });
});

describe.each(['en', 'es'])('the two buttons, in %s', (locale) => {
  const name = 'María Guadalupe Hernández Ruiz';
  it.each(['no-more-unsafe-returns', 'safe-passage'])('are reached without searching: %s', async (slug) => {
    const email = `button-${locale}-${slug}@home.example`;
    await campaign.post(`/${locale}/petitions/${slug}/signatures`, {
      ...{ name, email, country: 'MX', region: 'MX-CHP', updates: 'on', over16: 'on' },
    });
    const confirm = (await campaign.linkTo('confirm', email, slug)).replace('/en/', `/${locale}/`);
    const { publicUrl: baseURL } = campaign.config;
    const { page, context } = await openVisit(browser, { baseURL, locale, width: 390, hasScript: true });
    const ends = async (path: string, width: number) => {
      await page.setViewportSize({ width, height: 700 });
      await page.goto(path);
      const box = await page.locator('form.details > button').boundingBox();
      return (box?.y ?? Infinity) + (box?.height ?? 0);
    };
    expect(await ends(`/${locale}/petitions/${slug}`, 390)).toBeLessThanOrEqual(1_500);
    expect(await ends(`/${locale}/petitions/${slug}`, 320)).toBeLessThanOrEqual(1_700);
    expect(await ends(confirm, 390)).toBeLessThanOrEqual(700);
    await context.close();
  });
});

it('with the keyboard alone and no script: another petition, own words, withdraw; the focus is always seen', async () => {
  const { publicUrl: baseURL } = campaign.config;
  const visit = { baseURL, locale: 'en' as const, width: 390, hasScript: false };
  const { page, context, complaints } = await openVisit(browser, visit);
  const email = 'keys@home.example';
  await campaign.addSupporter(email);
  await page.goto(await campaign.linkTo('signed', email));
  await walkTo(page, 'button[value="safe-passage"]');
  await page.keyboard.press('Enter');
  await page.getByText('There is no new email for this signature.').waitFor();
  expect((await campaign.services.stores.signatures.findSignature(idOf(email, 'safe-passage')))?.state).toBe(
    'confirmed',
  );
  await page.goto(await campaign.linkTo('manage', email));
  await walkTo(page, 'a[href*="/my-words/"]');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/my-words\//);
  await walkTo(page, 'textarea');
  await page.keyboard.type('My sister crossed alone, and nobody asked her what she was afraid of.');
  await walkTo(page, 'button[value="draft"]');
  await page.keyboard.press('Enter');
  await page.waitForURL(/saved/);
  expect(await page.textContent('main')).toContain('Saved. This is your text:');
  await page.goto(await campaign.linkTo('manage', email));
  await walkTo(page, 'a[href$="/withdraw"]');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/withdraw/);
  await walkTo(page, 'main button');
  await page.keyboard.press('Enter');
  await page.getByText('Your signature is withdrawn').first().waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

/** Answered to the press itself, the page of thanks is at its own address by then: to load it again sends nothing anew. */
async function expectAtOwnAddress(page: Page, script: string): Promise<void> {
  if (script === 'off') await page.locator('noscript a').click();
  await page.waitForURL('**/signed/*');
  const sent = page.waitForRequest((request) => request.isNavigationRequest());
  await page.reload();
  expect((await sent).method()).toBe('GET');
}

/** By the tabulator, from wherever the focus is; each place it stops at is seen. */
async function walkTo(page: Page, selector: string): Promise<void> {
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press('Tab');
    const isThere = (await page.locator(`main :is(${selector}):focus`).count()) > 0;
    const [style, what] = await page.evaluate<[string, string]>(
      '[getComputedStyle(document.activeElement).outline, document.activeElement.outerHTML.slice(0, 80)]',
    );
    const isSeen = !/\bnone\b|\b0px\b/.test(style);
    if (!isSeen) throw new Error(`the focus is not seen at ${what}`);
    if (isThere) return;
  }
  throw new Error(`no way by the keyboard to ${selector}`);
}

it('with a script the states follow the country, and a mistyped domain is asked about on leaving the field', async () => {
  const { publicUrl: baseURL } = campaign.config;
  const { page, context, complaints } = await openVisit(browser, {
    ...{ baseURL, locale: 'es', width: 320, hasScript: true },
  });
  await page.goto(`/es/petitions/${SLUG}`);
  const states = () => page.locator('#region optgroup').evaluateAll((all) => all.map((one) => one.label));
  expect(await states()).toEqual(['México', 'Estados Unidos']);
  await page.selectOption('#country', 'MX');
  await page.selectOption('#region', 'MX-CHP');
  expect(await states()).toEqual(['México']);
  await page.selectOption('#country', 'GT');
  expect(await page.locator('#region').isVisible()).toBe(false);
  await page.selectOption('#country', 'US');
  expect([await states(), await page.inputValue('#region')]).toEqual([['Estados Unidos'], '']);
  await page.fill('#email', 'slip@hotmial.com');
  await page.keyboard.press('Tab');
  expect(await page.locator('.either legend').textContent()).toBe('¿Quiso decir hotmail.com?');
  await page.fill('#email', 'slip@home.example');
  await page.keyboard.press('Tab');
  expect(await page.locator('.either').count()).toBe(0);
  await page.fill('#email', 'slip@hotmial.com');
  await page.fill('#name', 'Ana Rosa');
  await page.check('#over16');
  await page.locator('.either').waitFor();
  await page.focus('#name');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/check-your-email*');
  expect(await campaign.services.stores.signatures.findSignature(idOf('slip@hotmail.com'))).toBeTruthy();
  expect(complaints).toEqual([]);
  await context.close();
});

/** Sends the form with two mistakes, mends them from the summary, and sends it again. */
async function signWithMistakes(page: Page, email: string): Promise<void> {
  await page.fill('#name', 'Ana Rosa');
  await page.selectOption('#country', 'US');
  await page.selectOption('#region', 'US-TX');
  await page.check('#updates');
  await press(page);
  const summary = page.locator('.summary a');
  expect(await summary.evaluateAll((links) => links.map((link) => link.getAttribute('href')))).toEqual([
    '#email',
    '#over16',
  ]);
  expect(await page.inputValue('#name')).toBe('Ana Rosa');
  expect(await page.inputValue('#country')).toBe('US');
  expect(await page.inputValue('#region')).toBe('US-TX');
  expect(await page.isChecked('#updates')).toBe(true);
  await summary.first().click();
  await page.locator('#email:focus').waitFor();
  await page.keyboard.type(email);
  await summary.last().click();
  await page.locator('#over16:focus').waitFor();
  await page.keyboard.press('Space');
  await press(page);
}

/** The first button of the page's form, or this one, and the answer to it. */
async function press(page: Page, form = 'form', button = 'button[type=submit]'): Promise<void> {
  const answered = page.waitForResponse((answer) => answer.request().method() === 'POST');
  await page.locator(`main ${form} ${button}`).first().click();
  await answered;
  await page.waitForLoadState();
}

/** The newest mail to this address, found in the local mailbox as a person finds it. */
async function openMail(page: Page, email: string): Promise<void> {
  await campaign.sendMail();
  await page.goto('/mailbox');
  await page
    .locator('main li a', { has: page.getByText(email, { exact: true }) })
    .first()
    .click();
  await page.waitForURL('**/mailbox/*');
  expect(await page.locator('dl').textContent()).toContain(email);
}

async function expectSwitchKeepsPage(page: Page, other: string): Promise<void> {
  const path = new URL(page.url()).pathname;
  const there = path.replace(/^\/(en|es)/, `/${other}`);
  await page.locator('a.switch').click();
  await page.waitForURL((url) => url.pathname === there);
  expect(await page.getAttribute('html', 'lang')).toBe(LANG_TAG[other as Locale]);
  await page.locator('a.switch').click();
  await page.waitForURL((url) => url.pathname === path);
}

/** As the petition page says it, once the page cache has had its two seconds. */
async function shownCount(page: Page, locale: string): Promise<number> {
  campaign.clock.advance(3_000);
  await page.goto(`/${locale}/petitions/${SLUG}`);
  return Number((await page.locator('.count strong').first().textContent())?.replace(/\D/g, ''));
}

const idOf = (email: string, slug = SLUG) => signatureId(slug, campaign.emailKeyOf(email));

async function signatureOf(email: string) {
  const signature = await campaign.services.stores.signatures.findSignature(idOf(email));
  if (!signature) throw new Error(`nobody signed as ${email}`);
  return signature;
}
