import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Campaign } from '../../src/campaign/campaign.ts';
import { LOCALES, type Locale } from '../../src/lib/locales.ts';
import { loadStarter, type Starter } from '../../src/starter/load-starter.ts';
import { type SamplePage, samplePages } from '../support/sample-pages.ts';
import { COMPLETE_CAMPAIGN, openViews, seen } from '../support/views.ts';

const TEMPLATES = join(import.meta.dirname, '../../templates');
const TRIAL: Campaign = { _id: 'campaign' };
type Rendered = SamplePage & { locale: Locale; html: string; where: string };

const opened = await Promise.all(
  [TRIAL, COMPLETE_CAMPAIGN].map(async (campaign) => ({ campaign, ...(await openViews(campaign)) })),
);
let starter: Starter;
let pages: Rendered[];

beforeAll(async () => {
  starter = await loadStarter();
  pages = await renderAll();
});

async function renderAll(change = (view: object) => view): Promise<Rendered[]> {
  const rendered = opened.flatMap(({ campaign, translator, pages: { renderPage } }) =>
    LOCALES.flatMap((locale) =>
      samplePages(starter, translator, locale, campaign).map(async (sample): Promise<Rendered> => {
        const frame = { locale, path: `/${locale}/x`, title: 'T' };
        const html = await renderPage(sample.page, frame, change(sample.view));
        return { ...sample, locale, html, where: `${sample.page} (${sample.state}, ${locale})` };
      }),
    ),
  );
  return Promise.all(rendered);
}

const all = (html: string, pattern: RegExp) => [...html.matchAll(pattern)].map(([, found = '']) => found);
const wrong = (isWrong: (page: Rendered) => unknown, of = pages) =>
  of.filter(isWrong).map(({ where }) => where);

/** A view in which whatever is text would break out of where it stands, were it printed as it is. */
function poison<T>(value: T): T {
  if (typeof value === 'string') return `${value}"><i data-broken>'` as T;
  if (Array.isArray(value)) return value.map(poison) as T;
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, poison(one)])) as T;
}

/** Texts that say one thing in one language only, long enough not to stand in the other by chance. */
function textsOnlyIn(locale: Locale): string[] {
  const folder = join(TEMPLATES, 'locales');
  const read = (name: string): Record<string, string> => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  return readdirSync(folder)
    .filter((name) => name.endsWith(`.${locale}.json`))
    .flatMap((name) => {
      const other = read(name.replace(`.${locale}.`, locale === 'en' ? '.es.' : '.en.'));
      return Object.entries(read(name)).flatMap(([key, text]) =>
        text.length > 14 && !text.includes('{') && text !== other[key] ? [text] : [],
      );
    });
}

describe('every page', () => {
  test('is among the samples', () => {
    const files = readdirSync(join(TEMPLATES, 'pages')).map((file) => file.slice(0, -'.hbs'.length));
    const sampled = pages.map(({ page }) => page);
    expect([...new Set(sampled)].sort()).toEqual(files.sort());
  });

  test('has one main heading and shows nothing that was not filled in', () => {
    expect(wrong(({ html }) => all(html, /(<h1)/g).length !== 1)).toEqual([]);
    expect(wrong(({ html }) => /\{\{|undefined|\[object|>\s*NaN|Invalid Date/.test(html))).toEqual([]);
    expect(wrong(({ html }) => /<(h1|h2|h3|label|legend|th|dt|button)\b[^>]*>\s*<\//.test(html))).toEqual([]);
  });

  test('skips no level of heading', () => {
    const skips = ({ html }: Rendered) => {
      const levels = all(html, /<h(\d)/g).map(Number);
      return levels.some((level, n) => level > (levels[n - 1] ?? 0) + 1);
    };
    expect(wrong(skips)).toEqual([]);
  });

  test('names each part once, and refers to no part that is not there', () => {
    expect(
      wrong(({ html }) => new Set(all(html, / id="([^"]+)"/g)).size !== all(html, / id="/g).length),
    ).toEqual([]);
    const dangling = ({ html }: Rendered) => {
      const ids = new Set(all(html, / id="([^"]+)"/g));
      const lists = all(html, / aria-(?:describedby|labelledby)="([^"]*)"/g).flatMap((list) =>
        list.trim().split(/\s+/),
      );
      return [...all(html, / href="#([^"]+)"/g), ...all(html, / for="([^"]+)"/g), ...lists].some(
        (id) => !ids.has(id),
      );
    };
    expect(wrong(dangling)).toEqual([]);
  });

  test('lets a reader change something by a POST only, and loads nothing from elsewhere', () => {
    expect(
      wrong(({ html }) =>
        all(html, /<form ([^>]*)>/g).some((tag) => !/method="post"|method="get" .*role="search"/.test(tag)),
      ),
    ).toEqual([]);
    const loaded = ({ html }: Rendered) => [
      ...all(html, /<(?:script|img|iframe)[^>]* src="([^"]+)"/g),
      ...all(html, /<link rel="(?:icon|stylesheet)" href="([^"]+)"/g),
    ];
    expect(wrong((page) => loaded(page).length < 1)).toEqual([]);
    expect(wrong((page) => loaded(page).some((url) => !/^\/(assets|mailbox)\//.test(url)))).toEqual([]);
    const ofOurs = (html: string) => html.replace(/<style>[^<]*<\/style>/g, '');
    expect(wrong(({ html }) => /\sstyle=|<style|\son\w+="|<script(?! src=)/.test(ofOurs(html)))).toEqual([]);
  });

  test.each(LOCALES)('in %s says nothing in the other language', (locale) => {
    const foreign = textsOnlyIn(locale === 'en' ? 'es' : 'en');
    expect(foreign.length).toBeGreaterThan(100);
    const found = pages
      .filter((page) => page.locale === locale)
      .flatMap(({ html, where }) => {
        const text = seen(html);
        return foreign.filter((one) => text.includes(one)).map((one) => `${where}: ${one}`);
      });
    expect(found).toEqual([]);
  });

  test('prints whatever a view holds as text, wherever it stands', async () => {
    const poisoned = await renderAll(poison);
    expect(wrong(({ html }) => html.includes('<i data-broken'), poisoned)).toEqual([]);
    expect(wrong(({ html }) => html.includes(`"><i`) || html.includes(`>'`), poisoned)).toEqual([]);
    // Were the poison not there, the two lines above could not fail.
    const clean = wrong(({ html }) => !html.includes('&lt;i data-broken&gt;&#x27;'), poisoned);
    expect([...new Set(clean)].sort()).toEqual(
      ['check-your-email (whole', 'home (empty', 'mailbox (empty', 'offices (empty'].flatMap((page) => [
        `${page}, en)`,
        `${page}, es)`,
      ]),
    );
  });
});

describe('the templates', () => {
  test('print as it is nothing but the page within its layout', () => {
    const raw = ['pages', 'console', 'partials', 'layouts', 'emails'].flatMap((kind) =>
      readdirSync(join(TEMPLATES, kind)).flatMap((file) =>
        all(readFileSync(join(TEMPLATES, kind, file), 'utf8'), /(\{\{\{[^}]*\}\}\}|\{\{&[^}]*\}\})/g).map(
          (tag) => `${kind}/${file} ${tag}`,
        ),
      ),
    );
    expect(raw.sort()).toEqual(
      ['console', 'letter', 'mail', 'page'].map((name) => `layouts/${name}.hbs {{{body}}}`),
    );
  });
});
