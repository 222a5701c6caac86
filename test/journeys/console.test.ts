import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/lib/clock.ts';
import { faultsByAxe, lookAt, openVisit, overflow } from '../support/browser.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { codeFor, PASSWORD } from '../support/console.ts';
import { openSite } from '../support/site.ts';

let site: Awaited<ReturnType<typeof openSite>>;
let browser: Browser;
let campaign: TestCampaign;

beforeAll(async () => {
  const opened = await openSite(openCampaign);
  site = opened;
  ({ browser, campaign } = opened);
}, 60_000);
afterAll(() => site?.close());

const PAGES = [
  '',
  '/tracking',
  '/tracking/no-more-unsafe-returns?against=before',
  '/campaign',
  '/people',
  '/audit',
  '/roles',
  '/account',
  '/account/second-factor',
  '/no-such-page',
];
const press = (page: Page, selector: string) => page.locator(selector).first().click();

async function visit(locale: 'en' | 'es', width: number, hasScript: boolean) {
  const { publicUrl: baseURL } = campaign.config;
  return openVisit(browser, { baseURL, locale, width, hasScript, hasAxe: hasScript });
}

/** Nothing for axe to complain of, and nobody scrolls sideways: at 320 and 1280 px, in light and in dark. */
async function expectSound(page: Page): Promise<void> {
  for (const look of [
    { width: 320, colorScheme: 'light' },
    { width: 1280, colorScheme: 'dark' },
  ] as const) {
    await lookAt(page, look);
    expect([page.url(), look, await faultsByAxe(page), await overflow(page)]).toEqual([
      page.url(),
      look,
      [],
      0,
    ]);
  }
}

/** Tab by tab to the element, as somebody without a mouse goes; it must be seen where it is. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)})`)) return;
  }
  throw new Error(`${selector} is not reached by the keyboard on ${page.url()}`);
}

describe('the first organiser', () => {
  let secret = '';
  let codes: string[] = [];

  it('with an app, by the keyboard alone and without JavaScript', { timeout: 90_000 }, async () => {
    const { page, context } = await visit('es', 320, false);
    const path = await campaign.services.organisers.invitations.offerFirst();
    await page.goto(path ?? '');
    await tabTo(page, '#name');
    await page.keyboard.type('Inés Prueba');
    await tabTo(page, '#email');
    await page.keyboard.type('ines@team.example');
    await tabTo(page, '#password');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/organise/join');

    secret = ((await page.locator('.secret code').textContent()) ?? '').replaceAll(' ', '');
    await tabTo(page, '#code');
    await page.keyboard.type(codeFor(secret, campaign.clock.now()));
    await page.keyboard.press('Enter');
    await page.waitForURL('**/organise/join/codes');
    codes = await page.locator('.codes code').allTextContents();
    expect(codes).toHaveLength(10);
    await tabTo(page, '#code');
    await page.keyboard.type('no es un código');
    await page.keyboard.press('Enter');
    await page.locator('.summary').waitFor();
    expect(await page.locator('.codes code').allTextContents()).toEqual(codes);
    await tabTo(page, '#code');
    await page.keyboard.type(codes[0] ?? '');
    await page.keyboard.press('Enter');

    await page.waitForURL('**/organise/campaign');
    for (const [field, text] of [
      ['legalName', 'Casa Abierta A.C.'],
      ['postalAddress', 'Calle 1, 29000 Tuxtla Gutiérrez'],
      ['contactEmail', 'hola@campaign.example'],
      ['privacyEmail', 'datos@campaign.example'],
    ] as const) {
      await tabTo(page, `#${field}`);
      await page.keyboard.type(text);
    }
    await page.keyboard.press('Enter');
    await page.waitForURL('**/organise/campaign?saved');
    await press(page, '.bar a');
    await page.waitForURL('**/organise');
    expect(await page.locator('h1').textContent()).toBe('Hoy');
    await context.close();
  });

  it('signs in again and finds every page sound, in both languages', { timeout: 120_000 }, async () => {
    const { page, context, complaints } = await visit('en', 1280, true);
    await page.goto('/organise/audit');
    await expectSound(page);
    await page.fill('#email', 'ines@team.example');
    await page.fill('#password', PASSWORD);
    await press(page, 'form.details button');
    await page.waitForURL('**/organise/second-factor?next=*');
    await expectSound(page);
    campaign.clock.advance(MINUTE);
    await page.fill('#code', codeFor(secret, campaign.clock.now()));
    await press(page, 'form.details button');
    await page.waitForURL('**/organise/audit');
    // The account has the language that it was made in; the switch changes it.
    expect(await page.locator('h1').textContent()).toBe('Quién hizo qué');
    for (const heading of ['Hoy', 'Today']) {
      if (heading === 'Today') {
        await press(page, '.masthead .switch');
        await page.waitForLoadState();
      }
      await page.goto('/organise');
      expect(await page.locator('h1').textContent()).toBe(heading);
      for (const path of PAGES) {
        await page.goto(`/organise${path}`);
        await expectSound(page);
      }
    }
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('has lost the telephone: a recovery code lets in, and a passkey takes its place', {
    timeout: 120_000,
  }, async () => {
    const { page, context, complaints } = await visit('en', 320, true);
    await addAuthenticator(page);
    await page.goto('/organise/sign-in');
    await page.fill('#email', 'ines@team.example');
    await page.fill('#password', PASSWORD);
    await press(page, 'form.details button');
    await page.waitForURL('**/organise/second-factor?next=*');
    await page.fill('#code', codes[1] ?? '');
    await press(page, 'form.details button');
    await page.waitForURL('**/organise');

    await page.goto('/organise/account/second-factor');
    await press(page, 'form[data-passkey="create"] button');
    await page.waitForURL('**/organise/account?factor');
    await press(page, '.footer form button');
    await page.waitForURL('**/organise/sign-in');
    await press(page, 'form[data-passkey="get"] button');
    await page.waitForURL('**/organise');
    expect(await page.locator('h1').textContent()).toBe('Today');
    expect(complaints).toEqual([]);
    await context.close();
  });
});

it('somebody who is invited joins with a passkey', { timeout: 90_000 }, async () => {
  const { page, context, complaints } = await visit('en', 1280, true);
  await addAuthenticator(page);
  const email = { mailTo: 'olga@team.example', canonical: 'olga@team.example' };
  await page.goto(await campaign.services.organisers.invitations.offerJoin(email, 'moderator'));
  await expectSound(page);
  await page.fill('#name', 'Olga');
  await page.fill('#password', PASSWORD);
  await press(page, 'form.details button');
  await page.waitForURL('**/organise/join');
  await expectSound(page);
  await press(page, 'form[data-passkey="create"] button');
  await page.waitForURL('**/organise/join/codes');
  await expectSound(page);
  const code = (await page.locator('.codes code').first().textContent()) ?? '';
  await page.fill('#code', code);
  await press(page, 'form.details button');
  await page.waitForURL('**/organise');
  expect(await page.goto('/organise/people').then((answer) => answer?.status())).toBe(404);
  expect(complaints).toEqual([]);
  await context.close();
});

/** A passkey in the machine itself, whose owner is always there and always known. */
async function addAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}
