import { expect, test } from 'vitest';
import { negotiateLocale } from '../../src/lib/locales.ts';

test.each([
  ['es-MX,es;q=0.9,en;q=0.8', 'es'],
  ['en-US,en;q=0.5', 'en'],
  ['fr,es;q=0.4,en;q=0.2', 'es'],
  ['en;q=0.1, es;q=0.9', 'es'],
  ['es;q=0, en', 'en'],
  ['zz', 'en'],
  ['', 'en'],
  [undefined, 'en'],
  [';;;q=,,,', 'en'],
])('Accept-Language %j is answered in %s', (header, locale) => {
  expect(negotiateLocale(header)).toBe(locale);
});
