import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bandsOf, SKETCH_BYTES, similarity, sketchOf } from '../../src/lib/text/minhash.ts';

const secret = Buffer.alloc(32, 7);
const like = (a: string, b: string) => similarity(sketchOf(a, secret), sketchOf(b, secret));
const sharesBand = (a: string, b: string) => {
  const bands = new Set(bandsOf(sketchOf(a, secret)));
  return bandsOf(sketchOf(b, secret)).some((band) => bands.has(band));
};

/** A text of different words, as long as a person writes. */
const words = (minLength: number) =>
  fc.uniqueArray(fc.stringMatching(/^[a-z]{4,9}$/), { minLength, maxLength: minLength + 80 });

const FORM_LETTERS = [
  (name: string, place: string) =>
    `Dear office, my name is ${name} and I live in ${place}. I am writing because I am deeply worried about the children who cross the border alone and are sent back to the danger that they fled. The law says that the best interests of the child come first. I ask you to stop the returns that are not safe, to hear each child before anything is decided, and to let those who have family waiting for them reach it by a way that is orderly and safe. Many of them travel towards a mother or a father, and many have already lost everything on the way. A short interview at a desk is not enough to find out what waits for them at home, and no child should have to ask for protection alone, in a language that is not theirs, from somebody in uniform. Please tell us in writing what your office will do and by which day.`,
  (name: string, place: string) =>
    `A quien corresponda: me llamo ${name} y vivo en ${place}. Escribo porque me preocupan profundamente las niñas, niños y adolescentes que cruzan la frontera sin compañía y son devueltos al peligro del que huyeron. La ley dice que el interés superior de la niñez está primero. Pido que se detengan las devoluciones que no son seguras, que se escuche a cada niña y a cada niño antes de decidir nada, y que quienes tienen familia que los espera puedan llegar a ella por un camino ordenado y seguro. Muchas viajan hacia su madre o su padre, y muchas ya perdieron todo en el camino. Una entrevista breve ante un escritorio no basta para saber qué les espera en casa, y nadie a esa edad debería tener que pedir protección a solas, en un idioma que no es el suyo, a alguien de uniforme. Por favor, dígannos por escrito qué hará su oficina y en qué fecha.`,
];

describe('the similarity of two texts', () => {
  test('is 1 for the same text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(like(text, text)).toBe(1);
      }),
    );
  });

  test('is the same both ways, and from 0 to 1', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 60 }), fc.lorem({ maxCount: 60 }), (a, b) => {
        const value = like(a, b);
        expect(value).toBe(like(b, a));
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('does not see case, accents, signs or line ends', () => {
    expect(like('¿Por qué? La NIÑEZ, primero.', 'por que la ninez\nprimero')).toBe(1);
  });

  test('stays above 0.8 when one word of a long text is another', () => {
    fc.assert(
      fc.property(words(160), fc.nat(), (list, at) => {
        const changed = list.with(at % list.length, 'QQ');
        expect(like(list.join(' '), changed.join(' '))).toBeGreaterThan(0.8);
      }),
    );
  });

  test.each(FORM_LETTERS)('of form letters with a name and a place filled in is above 0.8', (letter) => {
    const [ana, luis] = [letter('Ana Núñez', 'Tapachula'), letter('Luis Ortega', 'San Antonio')];
    expect(like(ana, luis)).toBeGreaterThan(0.8);
    expect(sharesBand(ana, luis)).toBe(true);
  });

  test('of texts without a shingle in common is next to nothing', () => {
    fc.assert(
      fc.property(words(40), words(40), (a, b) => {
        const other = b.map((word) => `${word}x`);
        expect(like(a.join(' '), other.join(' '))).toBeLessThan(0.15);
      }),
    );
  });

  test('comes near to the true share', () => {
    fc.assert(
      fc.property(words(200), fc.integer({ min: 10, max: 90 }), (list, percent) => {
        // Both begin alike and end apart: the share of shingles is known.
        const same = Math.floor((list.length * percent) / 100);
        const ends = (mark: string) => list.map((word, at) => (at < same ? word : word + mark)).join(' ');
        const inCommon = same - 2;
        const all = 2 * (list.length - 2) - inCommon;
        expect(Math.abs(like(ends('x'), ends('y')) - inCommon / all)).toBeLessThan(0.32);
      }),
    );
  });
});

describe('a sketch', () => {
  test('is 256 bytes of a text of any length', () => {
    for (const text of ['', '…', 'one', 'w '.repeat(1_000)]) {
      expect(sketchOf(text, secret)).toHaveLength(SKETCH_BYTES);
    }
  });

  test('tells nothing without the secret: another one gives another sketch', () => {
    const text = 'They sent her back to the town that she had fled.';
    expect(similarity(sketchOf(text, secret), sketchOf(text, randomBytes(32)))).toBeLessThan(0.1);
  });

  test('of another size is refused', () => {
    expect(() => similarity(Buffer.alloc(4), Buffer.alloc(4))).toThrow('no sketch');
  });

  test('has 22 bands that numbers hold exactly', () => {
    const bands = bandsOf(sketchOf('a b c d', secret));
    expect(bands).toHaveLength(22);
    expect(bands.every(Number.isSafeInteger)).toBe(true);
  });
});
