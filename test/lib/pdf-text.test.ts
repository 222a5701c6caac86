import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/lib/pdf-text.ts';

describe('text for a document in the fonts that every reader has', () => {
  it.each([
    ['Niñas, ¿por qué? “Sí” – 100 € …', 'Niñas, ¿por qué? “Sí” – 100 € …', true],
    ['nin\u0303a', 'niña', true],
    ['K\u02bciche\u02bc a\u2011b c\u202fd', 'K’iche’ a-b c d', true],
    ['one\r\ntwo', 'one\ntwo', true],
    ['Стоп', '[?]', false],
    ['a 👩‍👧 b', 'a [?] b', false],
    ['a\u0007b', 'a[?]b', false],
  ])('%j is printed as %j', (given, text, isWhole) => {
    expect(printable(given)).toEqual({ text, isWhole });
  });

  it('whatever is given, what comes out has no other letters, and printing it again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        const { text } = printable(given);
        expect(text).toMatch(/^[\n\x20-\x7e\xa0-\xff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]*$/u);
        expect(printable(text)).toEqual({ text, isWhole: true });
      }),
    );
  });
});
