import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { LANG_TAG, LOCALES } from '../../src/lib/locales.ts';
import { COMPLETE_CAMPAIGN, openViews, seen } from '../support/views.ts';

const trial = await openViews();
const run = await openViews(COMPLETE_CAMPAIGN);
const home = { locale: 'en', path: '/en', title: 'Petitions' } as const;
const card = {
  title: 'No more <script>alert(1)</script>',
  summary: 'A & B',
  path: '/en/petitions/a',
  signPath: '/en/petitions/a#sign',
  count: 1234,
};

test('a page bears the name of the site that the record gives in its language, or the one that ships', async () => {
  const named = await openViews({ _id: 'campaign', siteName: { es: 'Caminos Seguros' } });
  const title = async (locale: 'en' | 'es') => {
    const page = await named.pages.renderPage('told', { locale, path: `/${locale}`, title: 'X' });
    return /<title>(.*)<\/title>/.exec(page)?.[1];
  };
  expect([await title('en'), await title('es')]).toEqual(['X · Safe Passage', 'X · Caminos Seguros']);
});

describe('a page', () => {
  test('prints whatever it is given as text', async () => {
    const html = await trial.pages.renderPage('home', { ...home, title: '"><img>' }, { petitions: [card] });
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('"><img>');
    expect(seen(html)).toContain('1,234 people have signed');
  });

  test('says on a trial installation that it is one, and on a complete one who runs it', async () => {
    const tried = seen(await trial.pages.renderPage('home', home, { petitions: [] }));
    expect(tried).toContain('This is a trial installation');
    const ran = seen(await run.pages.renderPage('home', home, { petitions: [] }));
    expect(ran).not.toContain('trial installation');
    expect(ran).toContain('This site is run by Paso Seguro A.C.');
    expect(ran).not.toContain('A.C..');
    expect(ran).toContain('Calle 1, 06700 Ciudad de México');
  });

  test('names itself in both languages to search engines and in share cards', async () => {
    const path = '/es/petitions/safe-passage';
    const html = await run.pages.renderPage('home', { ...home, locale: 'es', path }, { petitions: [] });
    expect(html).toContain('<html lang="es-MX"');
    expect(html).toContain(
      '<link rel="canonical" href="https://petition.example/es/petitions/safe-passage">',
    );
    for (const [tag, locale] of [
      ['en', 'en'],
      ['es', 'es'],
      ['x-default', 'en'],
    ]) {
      expect(html).toContain(
        `<link rel="alternate" hreflang="${tag}" href="https://petition.example/${locale}/petitions/safe-passage">`,
      );
    }
    expect(html).toContain('<meta property="og:locale" content="es_MX">');
    expect(html).toMatch(
      /og:image" content="https:\/\/petition\.example\/assets\/share\.es\.[\w-]{10}\.jpg"/,
    );
  });

  test('behind a sealed link tells its address to nobody, and keeps it when the language changes', async () => {
    const path = '/en/confirm/sealed-token';
    const html = await run.pages.renderPage('check-your-email', { ...home, path, isPrivate: true });
    expect(html).toContain('<meta name="robots" content="noindex, nofollow">');
    expect(html).toContain('<meta name="referrer" content="no-referrer">');
    expect(html).not.toMatch(/canonical|og:url|hreflang="x-default"/);
    expect(html.match(/sealed-token/g)).toHaveLength(1);
    expect(html).toContain('href="/es/confirm/sealed-token"');
  });

  test('keeps where a supporter came from when the language changes, and nothing else of a query', async () => {
    const path = '/en/petitions/a?source=whatsapp&x=1';
    const html = await run.pages.renderPage('home', { ...home, path }, { petitions: [] });
    expect(html).toContain('href="/es/petitions/a?source&#x3D;whatsapp"');
    expect(html).toContain('rel="canonical" href="https://petition.example/en/petitions/a"');
  });

  test.each(LOCALES)(
    'in %s loads nothing from elsewhere, and holds no script and no style but our stylesheets',
    async (locale) => {
      const page = await run.pages.renderPage('home', { ...home, locale }, { petitions: [card] });
      const styles = [...page.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, text]) => text);
      expect(styles).toEqual(['site.css', 'petition.css'].map(run.assets.assetText));
      const html = page.replace(/<style>[\s\S]*?<\/style>/g, '');
      expect(html).not.toMatch(/\sstyle=|<style|\son\w+=|<script(?! src="\/)/);
      const loaded = [
        ...html.matchAll(
          /<(?:script|img|iframe)[^>]* src="([^"]+)"|<link rel="(?:icon|stylesheet)" href="([^"]+)"/g,
        ),
      ];
      expect(loaded.length).toBeGreaterThan(0);
      for (const [, src, href] of loaded) expect(src ?? href).toMatch(/^\/assets\//);
    },
  );

  test('of an unknown name is a defect', async () => {
    await expect(trial.pages.renderPage('no-such-page', home)).rejects.toThrow('no-such-page.hbs');
  });

  test('looks again in two ways: by the script, and without one by the browser', async () => {
    const html = await run.pages.renderPage('signed', { ...home, isPrivate: true, refreshSeconds: 2 }, {});
    expect(html).toContain('<noscript><meta http-equiv="refresh" content="2; url=/en"></noscript>');
    expect(html).toContain('data-refresh-seconds="2"');
  });
});

describe('the files', () => {
  test('have names that change with what they hold', () => {
    expect(trial.assets.assetUrl('site.css')).toMatch(/^\/assets\/site\.[\w-]{10}\.css$/);
    expect(() => trial.assets.assetUrl('nothing.css')).toThrow('no file "nothing.css" in public');
  });

  test('are light: style and script under 10 KB, a share picture under 300 KB', () => {
    const size = (name: string) =>
      trial.assets.byUrl.get(trial.assets.assetUrl(name))?.identity ?? Buffer.alloc(0);
    expect(gzipSync(size('site.css')).length + gzipSync(size('enhance.js')).length).toBeLessThan(10_000);
    for (const locale of LOCALES) {
      const bytes = size(`share.${locale}.jpg`);
      expect(bytes.subarray(0, 2).toString('hex')).toBe('ffd8');
      expect(bytes.length).toBeLessThan(300_000);
    }
  });
});

describe('a mail', () => {
  const view = {
    name: 'Ana & <b>Rosa</b>',
    petitionTitle: 'No more "unsafe" returns',
    petitionUrl: 'https://petition.example/en/petitions/a',
    confirmUrl: 'https://petition.example/en/confirm/CONFIRM',
    manageUrl: 'https://petition.example/en/my-signature/MANAGE',
    notMeUrl: 'https://petition.example/en/not-me/NOTME',
    shareUrl: 'https://petition.example/en/petitions/a?source=email',
    whatsappUrl: 'https://wa.me/?text=a',
    wordsUrl: 'https://petition.example/en/my-words/MANAGE',
    days: 30,
  };
  const mails = ['confirm', 'reminder', 'already-signed', 'lost-link', 'receipt'];

  test.each(mails)('%s has both parts in both languages, each link alone on its line', async (name) => {
    for (const locale of LOCALES) {
      const { subject, html, text } = await run.renderMail(name, locale, { ...view, ...COMPLETE_CAMPAIGN });
      expect(subject).toContain('No more "unsafe" returns');
      expect(html).toContain(`<html lang="${LANG_TAG[locale]}"`);
      const lines = text.split('\n').filter((line) => line.includes('://'));
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) expect(line).toMatch(/^https:\/\/\S+$/);
      expect(text).not.toMatch(/&amp;|&lt;|&#x|<p|\{\{/);
      expect(html).not.toMatch(/<style|<img|<b>Rosa|\{\{/);
      for (const part of [seen(html), text]) expect(part).toContain('Paso Seguro A.C.');
    }
  });

  test('that asks to confirm repeats nothing that was typed: the address may be a stranger’s', async () => {
    const { subject, html, text } = await run.renderMail('confirm', 'en', view);
    expect(subject + html + text).not.toContain('Rosa');
    for (const part of [html, text]) {
      expect(part).toContain('/en/confirm/CONFIRM');
      expect(part).toContain('/en/not-me/NOTME');
      expect(part).not.toContain('MANAGE');
      expect(part).toContain('30 days');
    }
  });

  test.each([
    ['en', 'Replying to this email does not confirm your signature. Only the button on that page does.'],
    ['es', 'Responder a este correo no confirma su firma. Solo la confirma el botón de esa página.'],
  ] as const)('that asks to confirm says in %s that a reply does not', async (locale, words) => {
    const { html, text } = await run.renderMail('confirm', locale, view);
    for (const part of [seen(html), text.replace(/\s+/g, ' ')]) expect(part).toContain(words);
  });

  test.each(mails.slice(2))(
    '%s greets by name, as text in one part and escaped in the other',
    async (name) => {
      const { html, text } = await run.renderMail(name, 'en', view);
      expect(text).toContain('Hello Ana & <b>Rosa</b>,');
      expect(html).toContain('Hello Ana &amp; &lt;b&gt;Rosa&lt;/b&gt;,');
      for (const part of [html, text]) expect(part).toContain('/en/my-signature/MANAGE');
    },
  );

  test('of a trial installation says so', async () => {
    const { html, text } = await trial.renderMail('confirm', 'es', { ...view, isTrial: true });
    for (const part of [seen(html), text.replace(/\s+/g, ' ')]) {
      expect(part).toContain('Este correo viene de una instalación de prueba');
    }
  });
});
