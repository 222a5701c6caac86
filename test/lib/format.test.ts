import { expect, test } from 'vitest';
import { formatDate, formatNumber } from '../../src/lib/format.ts';

test('numbers are grouped as in the United States and in Mexico', () => {
  expect(formatNumber(1_234_567, 'en')).toBe('1,234,567');
  expect(formatNumber(1_234_567, 'es')).toBe('1,234,567');
});

test('dates are long, and in UTC unless a zone is given', () => {
  const late = '2026-11-24T03:30:00Z';
  expect(formatDate(late, 'en')).toBe('November 24, 2026');
  expect(formatDate(late, 'es')).toBe('24 de noviembre de 2026');
  expect(formatDate(new Date(late), 'es', 'America/Mexico_City')).toBe('23 de noviembre de 2026');
});
