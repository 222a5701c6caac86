import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openVisit } from '../support/browser.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openSite } from '../support/site.ts';

const SLUG = 'no-more-unsafe-returns';
const EMAIL = 'teclado@home.example';
const WORDS = 'Mi prima cruzó sola a los catorce años, y nadie le preguntó nada en absoluto.';

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

/** Of what has the focus: which it is, and whether a reader sees where they are. */
const FOCUS = `(() => {
  const at = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  const { top, bottom } = at.getBoundingClientRect();
  const isSeen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && bottom > 0 && top < innerHeight;
  return { isSeen, what: at.outerHTML.slice(0, 120) };
})()`;

/** Presses Tab until this has the focus; everything on the way must show that it has it. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let tabs = 0; tabs < 80; tabs += 1) {
    await page.keyboard.press('Tab');
    const { isSeen, what } = await page.evaluate<{ isSeen: boolean; what: string }>(FOCUS);
    expect([what, isSeen]).toEqual([what, true]);
    if (await page.locator(`${selector}:focus`).count()) return;
  }
  throw new Error(`no way to ${selector}`);
}

async function pressOn(page: Page, selector: string, key = 'Enter'): Promise<void> {
  await tabTo(page, selector);
  const moved = page.waitForNavigation();
  await page.keyboard.press(key);
  await moved;
}

async function type(page: Page, selector: string, text: string): Promise<void> {
  await tabTo(page, selector);
  await page.keyboard.type(text);
}

it('with the keyboard alone a person signs, confirms, signs a second petition, writes and withdraws, and sees where they are', {
  timeout: 60_000,
}, async () => {
  const { publicUrl: baseURL } = campaign.config;
  const { page, context, complaints } = await openVisit(browser, {
    ...{ baseURL, locale: 'es', width: 390, hasScript: true },
  });
  // Else what has the focus is still on its way into the window when it is looked at.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(`/es/petitions/${SLUG}`);
  await type(page, '#name', 'Ana Rosa');
  await type(page, '#email', EMAIL);
  await type(page, '#country', 'M');
  await type(page, '#region', 'Chia');
  await tabTo(page, '#over16');
  await page.keyboard.press('Space');
  await pressOn(page, 'form.details > button');
  expect(new URL(page.url()).pathname).toBe('/es/check-your-email');

  await page.goto((await campaign.linkTo('confirm', EMAIL)).replace('/en/', '/es/'));
  expect(await page.locator('dl.signing').textContent()).toContain('Chiapas, México');
  await tabTo(page, 'details.folded > summary');
  await page.keyboard.press('Enter');
  await type(page, '#name', 'Ana Rosa Núñez');
  await pressOn(page, 'button[value=corrected]');
  expect(new URL(page.url()).pathname).toMatch(/^\/es\/signed\//);

  await pressOn(page, 'form[action$="/also"] button');
  expect(new URL(page.url()).pathname).toMatch(/^\/es\/signed\//);

  const mine = (await campaign.linkTo('manage', EMAIL)).replace('/en/', '/es/');
  await page.goto(mine);
  await pressOn(page, 'a[href*="/my-words/"]');
  await type(page, '#words', WORDS);
  await pressOn(page, 'button[value=preview]');
  await pressOn(page, 'button[value=send]');
  expect(await page.inputValue('#words')).toBe(WORDS);

  await page.goto(mine);
  await pressOn(page, 'a[href$="/withdraw"]');
  await pressOn(page, 'main form button');
  expect(await page.locator('h1').textContent()).toBe('Su firma fue retirada');
  expect(complaints).toEqual([]);
  await context.close();
});
