import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVisit, overflow } from '../support/browser.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openSite } from '../support/site.ts';

/**
 * Old and small browsers drop what they do not know: KaiOS telephones have no gap in flexible rows, NetSurf has no
 * custom properties. The stylesheet reaches the browser here without those features, as it would reach them.
 */
const without = {
  'clip-path': (css: string) =>
    css
      .replace(/@supports \(clip-path[^{]+\{(?:[^{}]*\{[^{}]*\})*\s*\}/g, '')
      .replace(/\bclip-path:[^;]+;/g, ''),
  'gap and logical places': (css: string) =>
    css.replace(/\b(?:gap|inset-[a-z-]+|(?:inline|block)-size):[^;]+;/g, ''),
  'grid, flex and math': (css: string) =>
    css
      .replace(/\bdisplay: (?:inline-)?(?:grid|flex);/g, '')
      .replace(/[a-z-]+:[^;{}]*\b(?:clamp|min)\([^;]+;/g, ''),
  'custom properties': (css: string) =>
    css.replace(/--[a-z0-9-]+:[^;]+;/g, '').replace(/[a-z-]+:[^;{}]*var\([^;]+;/g, ''),
} satisfies Record<string, (css: string) => string>;

const PUBLIC = join(import.meta.dirname, '../../public');
const PATHS = ['', '/petitions/no-more-unsafe-returns', '/privacy', '/offices'];

let site: Awaited<ReturnType<typeof openSite<TestCampaign>>>;
let browser: Browser;

beforeAll(async () => {
  site = await openSite(openCampaign);
  ({ browser } = site);
}, 60_000);
afterAll(async () => {
  await site?.close();
});

async function openWithout(features: readonly (keyof typeof without)[], width: number) {
  const visit = await openVisit(browser, {
    baseURL: site.campaign.config.publicUrl,
    width,
    locale: 'es',
    hasScript: true,
  });
  const limit = (css: string) => features.reduce((text, feature) => without[feature](text), css);
  const plain = (name: string) => readFileSync(join(PUBLIC, name), 'utf8');
  await visit.page.route(/\/es(\/|$)|reading\.[^/]*css/, async (route) => {
    const answer = await route.fetch();
    const { 'content-security-policy': _policy, ...headers } = answer.headers();
    const isPage = headers['content-type']?.startsWith('text/html');
    // As written, and not as it is sent: without its blanks it could not be taken apart like this.
    const sheets = ['site.css', 'petition.css'].map(plain);
    const text = await answer.text();
    const body = isPage
      ? text.replace(/<style>[\s\S]*?<\/style>/g, () => `<style>${limit(sheets.shift() ?? '')}</style>`)
      : limit(plain('reading.css'));
    expect(isPage ? sheets : []).toEqual([]);
    await route.fulfill({ status: answer.status(), headers, body });
  });
  return visit;
}

/** Every text that a reader sees, with what it is drawn in and on; looked up in the page. */
const CONTRASTS = `(() => {
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const under = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] > 0.5) return color;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('main h1, main h2, main p, main label, main a, main button, main th')].map((element) => {
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(under(element))].sort((x, y) => y - x);
    return { text: element.textContent.trim().slice(0, 40), contrast: (a + 0.05) / (b + 0.05) };
  }).filter(({ text, contrast }) => text && contrast < 3);
})()`;
/** How many elements cast a shadow as large as the page without a clip that keeps it in its place. */
const SHADOWS = `[...document.querySelectorAll('*')].filter((element) =>
  /\\d{3,}px/.test(getComputedStyle(element).boxShadow) && getComputedStyle(element).clipPath === 'none').length`;
const RECTANGLES = (selector: string) =>
  `[...document.querySelectorAll(${JSON.stringify(selector)})].map((element) => { const { left, right, top, bottom } = element.getBoundingClientRect(); return { left, right, top, bottom }; })`;
type Rectangle = { left: number; right: number; top: number; bottom: number };
const rectangles = (page: Page, selector: string) => page.evaluate<Rectangle[]>(RECTANGLES(selector));

describe.each(Object.keys(without) as (keyof typeof without)[])('a browser without %s', (feature) => {
  it.each([320, 1280])('reads every page, %i pixels wide', async (width) => {
    const { page, context } = await openWithout([feature], width);
    for (const path of PATHS) {
      await page.goto(`/es${path}`);
      expect(await page.evaluate(CONTRASTS), path).toEqual([]);
      expect(await page.evaluate(SHADOWS), path).toBe(0);
      expect(await overflow(page), path).toBe(0);
      // The skip link lies outside of the page until it has the focus.
      const [skip] = await rectangles(page, '.skip');
      expect(skip?.right, path).toBeLessThanOrEqual(0);
      for (const hidden of await rectangles(page, '.visually-hidden')) {
        expect(hidden.right - hidden.left, path).toBeLessThanOrEqual(1);
      }
    }
    await context.close();
  });
});

describe('a browser without grid and flexible rows', () => {
  it('shows each box and its label on one line', async () => {
    const { page, context } = await openWithout(['grid, flex and math', 'gap and logical places'], 320);
    await page.goto('/es/petitions/no-more-unsafe-returns');
    const boxes = await rectangles(page, '.box > input');
    const labels = await rectangles(page, '.box > label');
    expect(boxes.length).toBe(2);
    boxes.forEach((box, at) => {
      const label = labels[at];
      expect(label && label.top < box.bottom && label.bottom > box.top).toBe(true);
    });
    await context.close();
  });

  it.each([['.footer nav a'], ['.jump a']])('keeps a blank between the links of %s', async (selector) => {
    for (const features of [
      ['gap and logical places'],
      ['grid, flex and math', 'gap and logical places'],
    ] satisfies (keyof typeof without)[][]) {
      const { page, context } = await openWithout(features, 320);
      await page.goto('/es/petitions/no-more-unsafe-returns');
      const links = (await rectangles(page, selector)).filter(({ right, left }) => right > left);
      for (const [at, link] of links.entries()) {
        const next = links[at + 1];
        if (next && Math.abs(next.top - link.top) < 4)
          expect(next.left - link.right).toBeGreaterThanOrEqual(3);
      }
      expect(links.length).toBeGreaterThan(0);
      await context.close();
    }
  });
});
