import { expect, test } from 'vitest';
import { formatDate, formatDay, formatList, formatNumber } from '../../src/lib/format.ts';

test('numbers are grouped as in the United States and in Mexico', () => {
  expect(formatNumber(1_234_567, 'en')).toBe('1,234,567');
  expect(formatNumber(1_234_567, 'es')).toBe('1,234,567');
});

test('the day of a moment is the one of its readers', () => {
  const late = new Date('2026-11-28T07:20:00Z');
  expect(formatDate(late, 'en', 'UTC')).toBe('November 28, 2026');
  expect(formatDate(late, 'es', 'America/Tijuana')).toBe('27 de noviembre de 2026');
});

test('a calendar day or month is the same wherever it is read', () => {
  expect(formatDay('2026-11-24', 'en')).toBe('November 24, 2026');
  expect(formatDay('2026-11-24', 'es')).toBe('24 de noviembre de 2026');
  expect(formatDay('2021-06', 'es')).toBe('junio de 2021');
});

test.each([
  [['México', 'Ítaca'], 'México e Ítaca'],
  [['Texas', '«Idaho»'], 'Texas e «Idaho»'],
  [['Chiapas', 'Hidalgo'], 'Chiapas e Hidalgo'],
  [['Perú', 'Irán', 'Índia'], 'Perú, Irán e Índia'],
  [['agua', 'hielo'], 'agua y hielo'],
  [['oro', 'ion'], 'oro y ion'],
  [['Campeche', 'Yucatán'], 'Campeche y Yucatán'],
  [['Texas', 'Utah'], 'Texas y Utah'],
  [['«Ivy»', '“Íñigo”'], '«Ivy» e “Íñigo”'],
  [['1.1', '11.000', '2'], '1.1, 11.000 y 2'],
  [['uno y otro', 'Oaxaca'], 'uno y otro y Oaxaca'],
  [['Sonora'], 'Sonora'],
  [[], ''],
])('a list of %o is read aloud in Spanish as "%s"', (items, text) => {
  expect(formatList(items, 'es')).toBe(text);
});

test('a list in English has its "and"', () => {
  expect(formatList(['Texas', 'Idaho', 'Utah'], 'en')).toBe('Texas, Idaho, and Utah');
});
