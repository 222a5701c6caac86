import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanAddress, cleanLine, cleanText } from '../../src/lib/text/text.ts';

describe('text that was pasted', () => {
  test.each([
    ['a line break of Word', 'uno\vdos', 'uno\ndos'],
    ['a page break', 'uno\fdos', 'uno\ndos'],
    ['a next line', 'uno\u0085dos', 'uno\ndos'],
    ['a line separator', 'uno\u2028dos', 'uno\ndos'],
    ['a paragraph separator', 'uno\u2029dos', 'uno\ndos'],
    ['breaks of Windows and of old Macs', 'uno\r\ndos\rtres', 'uno\ndos\ntres'],
    ['private use', 'uno\ue000\u{f0000} dos', 'uno dos'],
    ['a zero-width space', 'uno\u200b dos', 'uno dos'],
    ['a byte order mark', '\ufeffuno', 'uno'],
    ['a soft hyphen', 'peti\u00adción', 'petición'],
    ['direction marks', '\u202auno\u202c \u200edos\u2069', 'uno dos'],
    ['a lone surrogate', 'uno\ud800 dos\udc00', 'uno dos'],
    ['a null and other controls', 'u\u0000no\u0007 d\u001bos', 'uno dos'],
    ['a control of the upper half', 'uno\u0092', 'uno'],
    ['a noncharacter', 'uno\uffff\ufdd0', 'uno'],
    ['an object that was not pasted along', 'uno\ufffc', 'uno'],
    ['a filler that looks like nothing', 'uno\u3164', 'uno'],
    ['a word joiner and invisible operators', 'u\u2060n\u2062o', 'uno'],
    ['tags that are no flag', 'uno\u{e0061}\u{e0062}', 'uno'],
    ['joiners where nothing joins', 'u\u200dn\u200co 😀\u200d', 'uno 😀'],
    ['selectors after nothing', '\ufe0funo \ufe0fdos', 'uno dos'],
    ['letters and accents apart', 'pe\u0301rdida', 'pérdida'],
  ])('%s', (_, typed, kept) => {
    expect(cleanText(typed)).toBe(kept);
  });

  test.each([
    ['a family', '👩\u200d👩\u200d👧\u200d👦'],
    ['a profession with a colour of skin', '👩🏽\u200d⚕\ufe0f'],
    ['a heart in its coloured form', '❤\ufe0f'],
    ['a rainbow flag', '🏳\ufe0f\u200d🌈'],
    ['the flag of Wales', '🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}'],
    ['a key', '1\ufe0f\u20e3'],
    ['Persian', 'می\u200cخواهم'],
    ['an Arabic abbreviation', 'ه\u200d'],
    ['Hindi', 'क्\u200dष'],
    ['Malayalam', 'ന്\u200d'],
    ['Mongolian', 'ᠠ\u180b'],
    ['tabs and lines', 'uno\tdos\n\ntres'],
    ['what says that something was lost', 'Jos\ufffd'],
    ['Mixtec', 'ñuu̱ davi, kuáꞌàn'],
    ['Nahuatl and K’iche’', 'tlahtōlli, K’iche’, ʼ'],
  ])('%s stays as it is', (_, typed) => {
    expect(cleanText(typed)).toBe(typed.normalize('NFC'));
  });

  test('what is one line has blanks for breaks, and single ones', () => {
    expect(cleanLine(' Ana\r\nRosa\v de\u00a0\u2003 la\tO\u2028')).toBe('Ana Rosa de la O');
    expect(cleanLine('\u200b \u00ad\ufeff')).toBe('');
  });

  test('an address loses what cannot be seen, at its ends and within', () => {
    expect(cleanAddress('\u200e\ufeffana\u00ad@home\u200b.example\u2028\u00a0')).toBe('ana@home.example');
  });

  test('clean once is clean for good, and nothing unseen is left', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (typed) => {
        const once = cleanText(typed);
        expect(cleanText(once)).toBe(once);
        expect(cleanLine(cleanLine(typed))).toBe(cleanLine(typed));
        expect(once).not.toMatch(/(?!\n|\t)[\p{Cc}\u2028\u2029\p{Cs}\p{Co}]/u);
      }),
      { numRuns: 2_000 },
    );
  });

  test('the longest text that a form takes, of the worst kind, costs less than 50 ms', () => {
    for (const unit of [
      '\u200d',
      'a\u200d',
      '👩\u200d',
      '\ufe0f',
      '\u{e0061}',
      '🏴\u{e0061}',
      ' \u2028',
      'e\u0301',
    ]) {
      const text = unit.repeat(64_000 / unit.length);
      cleanLine(text);
      const begun = performance.now();
      cleanLine(text);
      expect(performance.now() - begun, JSON.stringify(unit)).toBeLessThan(50);
    }
  });
});
