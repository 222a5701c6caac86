import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { createTranslator } from '../../src/lib/i18n.ts';
import { INTL_TAG, LOCALES, type Locale } from '../../src/lib/locales.ts';

const TEMPLATES = join(import.meta.dirname, '../../templates');
const FOLDER = join(TEMPLATES, 'locales');
const topics = [...new Set(readdirSync(FOLDER).map((file) => file.split('.')[0] ?? ''))];

function textsOf(topic: string, locale: Locale): Record<string, string> {
  return JSON.parse(readFileSync(join(FOLDER, `${topic}.${locale}.json`), 'utf8'));
}

type Ast = ReturnType<IntlMessageFormat['getAst']>;

/** The names of what a message has filled in, also inside its plurals and selects. */
function placeholders(text: string, locale: Locale): string[] {
  const found = new Set<string>();
  const walk = (elements: Ast) => {
    for (const element of elements) {
      if (element.type !== 0 && element.type !== 7 && 'value' in element) found.add(String(element.value));
      if ('options' in element) for (const { value } of Object.values(element.options)) walk(value);
    }
  };
  walk(new IntlMessageFormat(text, INTL_TAG[locale], undefined, { ignoreTag: true }).getAst());
  return [...found].sort();
}

describe('the texts', () => {
  test.each(topics)('of %s have the same keys in the same order in both languages', (topic) => {
    expect(Object.keys(textsOf(topic, 'es'))).toEqual(Object.keys(textsOf(topic, 'en')));
  });

  test.each(topics)('of %s have the same placeholders in both languages', (topic) => {
    const of = (locale: Locale) =>
      Object.entries(textsOf(topic, locale)).map(([key, text]) => [key, placeholders(text, locale)]);
    expect(of('es')).toEqual(of('en'));
  });

  test.each(topics)('of %s keep the words that this campaign does not use out', (topic) => {
    const all = LOCALES.flatMap((locale) => Object.values(textsOf(topic, locale))).join('\n');
    expect(all).not.toMatch(/\billegal|\bilegal|\bminors?\b|\bmenores\b(?! de)|\bfloods?\b|\banchor/i);
  });

  test.each(topics)('of %s address a Spanish reader as usted', (topic) => {
    expect(Object.values(textsOf(topic, 'es')).join('\n')).not.toMatch(
      /(?<!\p{L})(tú|tus?|tuy[oa]s?|firmaste|puedes|quieres|tienes|haz)(?!\p{L})/iu,
    );
  });

  test('that templates name exist in both languages', () => {
    const translator = createTranslator(FOLDER);
    const named = ['pages', 'partials', 'layouts', 'emails'].flatMap((kind) =>
      readdirSync(join(TEMPLATES, kind)).flatMap((file) =>
        [...readFileSync(join(TEMPLATES, kind, file), 'utf8').matchAll(/\{\{t "([^"]+)"/g)].map(
          ([, key = '']) => key,
        ),
      ),
    );
    expect(named.length).toBeGreaterThan(100);
    for (const locale of LOCALES) {
      expect(named.filter((key) => !translator.has(locale, key))).toEqual([]);
    }
  });
});

describe('the translator', () => {
  const { t } = createTranslator(FOLDER);

  test('throws on a key that no file has', () => {
    expect(() => t('en', 'no.such.text')).toThrow('no text "no.such.text" in en');
  });

  test.each([
    ['en', 1, 'person has signed'],
    ['en', 0, 'people have signed'],
    ['es', 1, 'persona ha firmado'],
    ['es', 2000, 'personas han firmado'],
  ] as const)('in %s, %i of them: %s', (locale, count, expected) => {
    expect(t(locale, 'petition.people', { count })).toBe(expected);
  });

  test('leaves what is filled in as it is', () => {
    expect(t('en', 'mail.greeting', { name: "<b>O'Neil</b> {x}" })).toBe("Hello <b>O'Neil</b> {x},");
  });
});
