import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Locale } from '../../src/lib/locales.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What readers stumbled over: a reader of each language hears at once that it is nobody's own. */
const BANNED: Record<Locale, readonly RegExp[]> = {
  en: [
    /\ba mail\b(?! server)/i,
    /\bmails\b/i,
    /\b(?:it|they|person|people|office|which|that|what) (?:stands?|stood)\b/i,
    /\bstands? (?:here|behind|above|below|alone|in)\b/i,
    /\bstood (?:behind|here|in)\b/i,
    /\basked of (?:it|them|you)\b/i,
    /\bhas not been set\b|\bnobody is set\b/i,
    /\b(?:link|page) is good for\b/i,
    /\blinks? (?:has|have) ended\b/i,
    /\bof it[.!?]/i,
    /\bbox by box\b|\bby this box\b/i,
    /\bwith this button\b/i,
    /\banew\b/i,
    /\bfor want of\b/i,
    /\bcalled back\b/i,
    /\bwhat became of\b|\bwhat becomes of\b/i,
    /\bis not whole\b/i,
    /\billegals?\b|\bminors?\b|\bflood/i,
  ],
  es: [
    /\bmails?\b(?!\.example)/i,
    /\best[aá]n? detrás del? enlace\b/i,
    /\bcasilla por casilla\b|\bpor esta casilla\b/i,
    /\benlace (?:ya )?terminó\b|\benlace ya no sirve\b/i,
    /\bfirma se queda\b|\bsigue en pie\b/i,
    /\bse dio de nuevo\b/i,
    /\bdesde su red\b/i,
    /\bsi su estancia\b/i,
    /\boprim/i,
    /\btu (?:firma|correo|nombre)\b|\btú\b/i,
    /\bsafe passage\b/i,
    /\bilegal(?:es)?\b|\bmenores\b(?! de \d)/i,
  ],
};

/** Every text of a language: messages, the campaign that ships, and what the PDFs say by themselves. */
function textsOf(locale: Locale): { where: string; text: string }[] {
  const folders = ['templates/locales', 'src/starter/petitions'];
  const files = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith(`.${locale}.json`))
      .map((name) => join(folder, name)),
  );
  const facts = ['facts', 'demands', 'laws', 'corrections'].map((name) => `src/starter/${name}.json`);
  return [
    ...files.flatMap((file) => stringsIn(read(file), file)),
    ...facts.flatMap((file) => stringsIn(localized(read(file), locale), file)),
    ...pdfTexts(locale),
  ];
}

const read = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

function stringsIn(value: unknown, where: string): { where: string; text: string }[] {
  if (typeof value === 'string') return [{ where, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => stringsIn(one, `${where} ${key}`));
}

/** Of `{ en, es }` the one, wherever it lies. */
function localized(value: unknown, locale: Locale): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (locale in value) return (value as Record<string, unknown>)[locale];
  return Object.values(value).map((one) => localized(one, locale));
}

/** The pack for Mexico is written in Spanish alone, that for the United States in English alone. */
function pdfTexts(locale: Locale): { where: string; text: string }[] {
  const file = `src/packs/${locale === 'es' ? 'mx-article-8' : 'us-rulemaking'}.pdf.ts`;
  const source = readFileSync(join(ROOT, file), 'utf8');
  return [...source.matchAll(/(['`])((?:(?!\1).){20,})\1/g)].map(([, , text = '']) => ({
    where: file,
    text,
  }));
}

/** What stands in templates between the tags, outside of every `{{…}}`: nothing but marks. */
function templateTexts(): { where: string; text: string }[] {
  return readdirSync(join(ROOT, 'templates'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.hbs'))
    .map((name) => {
      const source = readFileSync(join(ROOT, 'templates', name), 'utf8');
      const text = source
        .replaceAll(/\{\{!--.*?--\}\}/gs, '')
        .replaceAll(/\{\{.*?\}\}/gs, ' ')
        .replaceAll(/<style>.*?<\/style>/gs, '')
        .replaceAll(/<[^>]*>/gs, ' ');
      return { where: `templates/${name}`, text };
    });
}

describe.each(['en', 'es'] as const)('%s', (locale) => {
  test('says nothing that its readers stumble over', () => {
    const texts = textsOf(locale);
    expect(texts.length).toBeGreaterThan(600);
    const faults = texts.flatMap(({ where, text }) =>
      BANNED[locale].filter((banned) => banned.test(text)).map((banned) => `${where}: ${banned}: ${text}`),
    );
    expect(faults).toEqual([]);
  });

  test.each(BANNED[locale].map((banned) => [banned]))('%s is a pattern that can be met', (banned) => {
    expect(banned.test('')).toBe(false);
  });
});

test('templates hold no words of their own: all come from the messages of both languages', () => {
  const faults = templateTexts().filter(({ text }) => /\p{L}{3,}/u.test(text));
  expect(faults.map(({ where, text }) => `${where}: ${text.match(/\p{L}{3,}/gu)?.join(' ')}`)).toEqual([]);
});
