import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/lib/pdf/text.ts';

describe('text for a document', () => {
  it.each([
    ['Niñas, ¿por qué? “Sí” – 100 € …', 'Niñas, ¿por qué? “Sí” – 100 € …', true],
    ['nin\u0303a', 'niña', true],
    ['K\u02bciche\u02bc a\u2011b c\u202fd', 'K’iche’ a-b c d', true],
    ['one\r\ntwo', 'one\ntwo', true],
    ['a 👩‍👧 b', 'a [?] b', false],
    ['توقف', '[?]', false],
    ['a\u0007b', 'a[?]b', false],
  ])('%j is printed as %j in the standard face', (given, text, isWhole) => {
    expect(printable(given)).toEqual({ text, face: 'standard', isWhole });
  });

  it.each([
    ['Стоп', 'Стоп', true],
    ['ña̱ yi̱kua̱', 'ña̱ yi̱kua̱', true],
    ['Nikān 👧', 'Nikān [?]', false],
  ])('%j is printed as %j in the wide one', (given, text, isWhole) => {
    expect(printable(given)).toEqual({ text, face: 'wide', isWhole });
  });

  it('whatever is given, what comes out has no other letters, and printing it again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        const { text, face } = printable(given);
        if (face === 'standard')
          expect(text).toMatch(/^[\n\x20-\x7e\xa0-\xff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]*$/u);
        expect(printable(text)).toEqual({ text, face, isWhole: true });
      }),
    );
  });
});
