import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTable } from '../../src/lib/terminal/table.ts';
import { printableLine, printableText, toJson } from '../../src/lib/text/printable.ts';

const STEERS = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
const hostile = fc.string({ unit: 'binary' });

describe('what a stranger wrote', () => {
  test.each([
    ['agenda.pdf\r\nFrom: nobody', 'agenda.pdf From: nobody'],
    ['acta\u202efdp.exe', 'actafdp.exe'],
    ['\u009b31mrojo\u0085dos\u2028tres\ttab', '31mrojo dos tres tab'],
    ['Muñoz y Peña, 日本, 👩‍👩‍👧', 'Muñoz y Peña, 日本, 👩‍👩‍👧'],
  ])('%j is on one line: %j', (text, line) => {
    expect(printableLine(text)).toBe(line);
  });

  test('whatever it is, it is one line that steers nothing', () => {
    fc.assert(fc.property(hostile, (text) => void expect(printableLine(text)).not.toMatch(STEERS)));
  });

  test('keeps its lines where it may have several, and nothing else that steers', () => {
    expect(printableText('uno\r\ndos\rtres\u0085cuatro\u009b2J\u202e')).toBe('uno\ndos\ntres\ncuatro2J');
    fc.assert(
      fc.property(
        hostile,
        (text) => void expect(printableText(text).replaceAll(/[\n\t]/g, '')).not.toMatch(STEERS),
      ),
    );
  });

  test('as JSON is the same value, and steers nothing', () => {
    fc.assert(
      fc.property(fc.array(hostile), (value) => {
        const json = toJson({ value });
        expect(json.replaceAll('\n', '')).not.toMatch(STEERS);
        expect(JSON.parse(json)).toEqual({ value });
      }),
    );
  });

  test('in a table makes no row of its own', () => {
    expect(formatTable(['file', 'of'], [['a\nb\u202e', 'c']]).split('\n')).toEqual(['file  of', 'a b   c']);
  });
});
