import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { createTranslator } from '../../src/lib/i18n.ts';

const folder = join(import.meta.dirname, '../../templates/locales');
const topics = readdirSync(folder)
  .filter((file) => file.endsWith('.en.json'))
  .map((file) => file.replace('.en.json', ''));
const read = (topic: string, locale: string): Record<string, string> =>
  JSON.parse(readFileSync(join(folder, `${topic}.${locale}.json`), 'utf8'));

/** Names of what is filled in, however deep. */
function placeholders(text: string): string[] {
  const names = new Set<string>();
  type Part = { type: number; value?: unknown; options?: Record<string, { value: Part[] }> };
  const visit = (parts: readonly Part[]): void => {
    for (const { type, value, options = {} } of parts) {
      // 0 is literal text, 7 the number sign of a plural.
      if (type !== 0 && type !== 7) names.add(String(value));
      for (const option of Object.values(options)) visit(option.value);
    }
  };
  visit(new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }).getAst() as Part[]);
  return [...names].sort();
}

describe.each(topics)('the texts of "%s"', (topic) => {
  test('have the same keys in both languages', () => {
    expect(Object.keys(read(topic, 'es'))).toEqual(Object.keys(read(topic, 'en')));
  });

  test('have the same placeholders in both languages', () => {
    const [en, es] = [read(topic, 'en'), read(topic, 'es')];
    for (const key of Object.keys(en))
      expect(placeholders(es[key] ?? ''), key).toEqual(placeholders(en[key] ?? ''));
  });

  test('call nobody what they are not', () => {
    for (const locale of ['en', 'es']) {
      expect(Object.values(read(topic, locale)).join('\n')).not.toMatch(
        /\b(illegals?|ilegal(es)?|minors|menores|flood)\b/i,
      );
    }
  });
});

test('every key that a template or a module names is a text', () => {
  const { has } = createTranslator(folder);
  const root = join(import.meta.dirname, '../..');
  const files = readdirSync(join(root, 'templates'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.hbs'),
  );
  const used = files.flatMap((file) =>
    [...readFileSync(join(root, 'templates', file), 'utf8').matchAll(/\{\{t "([^"]+)"/g)].map(
      ([, key = '']) => key,
    ),
  );
  expect(used.length).toBeGreaterThan(100);
  expect(used.filter((key) => !has('en', key) || !has('es', key))).toEqual([]);
});

test('plurals and numbers follow the language', () => {
  const { t } = createTranslator(folder);
  expect(t('en', 'petition.people', { count: 1 })).toBe('person has signed');
  expect(t('es', 'petition.people', { count: 2 })).toBe('personas han firmado');
  expect(t('es', 'signed.place', { place: 12_345 })).toContain('12,345');
  expect(() => t('en', 'no.such.key')).toThrow('no.such.key');
});
