import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { INTL_TAG, LOCALES, type Locale } from '../../src/lib/locales.ts';

const FOLDER = join(import.meta.dirname, '../../templates/locales');
type Ast = ReturnType<IntlMessageFormat['getAst']>;
const PLURAL = 6;

const read = (text: string, locale: Locale) =>
  new IntlMessageFormat(text, INTL_TAG[locale], undefined, { ignoreTag: true });

function pluralsOf(elements: Ast): string[][] {
  return elements.flatMap((element) => {
    if (!('options' in element)) return [];
    const own = element.type === PLURAL ? [Object.keys(element.options)] : [];
    return [...own, ...Object.values(element.options).flatMap(({ value }) => pluralsOf(value))];
  });
}

const messages = LOCALES.flatMap((locale) =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(`.${locale}.json`))
    .flatMap((file) => {
      const texts = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Record<string, string>;
      return Object.entries(texts).map(([key, text]) => ({ locale, key, text }));
    }),
).filter(({ text }) => text.includes(', plural,'));

/** What CLDR counts by, of this language and its whole numbers. */
const categories = (locale: Locale) =>
  new Set([1, 2, 1_000_000].map((count) => new Intl.PluralRules(INTL_TAG[locale]).select(count)));

test('Spanish counts by one, many and other, English by one and other', () => {
  expect([...categories('es')]).toEqual(['one', 'other', 'many']);
  expect([...categories('en')]).toEqual(['one', 'other']);
});

describe('every plural has a text for each way of counting', () => {
  test.each(messages)('$locale $key', ({ locale, text }) => {
    const plurals = pluralsOf(read(text, locale).getAst());
    expect(plurals.length).toBeGreaterThan(0);
    // An exact number stands beside them where a text is for none at all.
    for (const options of plurals) expect(options).toEqual(expect.arrayContaining([...categories(locale)]));
  });
});

const NOUNS = 'personas|firmas|demandas|días|veces|cartas';

describe('a million of something is "un millón de"', () => {
  test.each(messages.filter(({ locale }) => locale === 'es'))('$key', ({ text }) => {
    const render = (count: number) => {
      const values = new Proxy(
        {},
        { get: (_, name) => (isCount(String(name)) ? count : 'X'), has: () => true },
      );
      return String(read(text, 'es').format(values as never));
    };
    const nouns = new RegExp(`(?:1,000,000|^)( de)? (?:${NOUNS})|^(de )?(?:${NOUNS})`, 'g');
    for (const [found] of render(1_000_000).matchAll(nouns)) expect(found).toMatch(/(?:^| )de /);
    expect(render(2)).not.toMatch(new RegExp(`(?:2|^) ?de (?:${NOUNS})`));
    expect(render(1)).not.toMatch(new RegExp(`(?:1|^) ?(?:de )?(?:${NOUNS})`));

    function isCount(name: string): boolean {
      return new RegExp(`\\{${name}, (?:plural|number)`).test(text);
    }
  });

  test.each([
    [
      'petition.es.json',
      'petition.people',
      ['persona ha firmado', 'personas han firmado', 'de personas han firmado'],
    ],
    ['letter.es.json', 'letter.themes.people', ['1 persona', '2 personas', '1,000,000 de personas']],
    [
      'signature.es.json',
      'signed.total',
      ['1 persona apoya «T».', '2 personas apoyan «T».', '1,000,000 de personas apoyan «T».'],
    ],
  ])('%s %s', (file, key, texts) => {
    const all = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Record<string, string>;
    const rendered = [1, 2, 1_000_000].map((count) =>
      read(all[key] ?? '', 'es').format({ count, people: count, title: 'T' }),
    );
    expect(rendered).toEqual(texts);
  });
});
