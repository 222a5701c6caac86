import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText } from '../../src/lib/text/cut-text.ts';

const graphemes = (text: string) =>
  [...new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment);

describe('cutting a text', () => {
  it.each([
    ['shorter than that stays', 'corta', 10, 'corta'],
    ['between two letters', 'abcdef', 3, 'abc'],
    ['not between a letter and its mark', 'nin\u0303a', 3, 'ni'],
    ['not inside a pair of surrogates', 'ab😀c', 3, 'ab'],
    ['not inside a family', 'ab👩🏽‍👩🏽‍👧🏽‍👦🏽c', 12, 'ab'],
    ['not inside a flag', '🇲🇽🇺🇸', 6, '🇲🇽'],
    ['not inside a Devanagari syllable', 'नमस्ते', 3, 'नम'],
    ['a single character that is too long, between code points', '😀\u0301\u0302\u0303', 3, '😀\u0301'],
  ])('%s', (_, text, most, expected) => {
    expect(cutText(text, most)).toBe(expected);
  });

  it('is a beginning of whole characters, no longer than asked, and the longest such', () => {
    const part = fc.constantFrom('a', 'ñ', 'n\u0303', '😀', '👩🏽‍👧🏽', '🇲🇽', ' ', 'é');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), fc.integer({ min: 12, max: 60 }), (parts, most) => {
        const text = parts.join('');
        const cut = cutText(text, most);
        const all = graphemes(text);
        const kept = graphemes(cut);
        expect(kept).toEqual(all.slice(0, kept.length));
        expect(cut.length).toBeLessThanOrEqual(most);
        expect(cut.length + (all[kept.length]?.length ?? most)).toBeGreaterThanOrEqual(
          Math.min(most, text.length),
        );
      }),
    );
  });
});
