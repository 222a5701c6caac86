import { expect, test } from 'vitest';
import { withoutAccents, withoutMarks } from '../../src/lib/text/fold.ts';
import { foldWord } from '../../src/voices/terms.ts';

test.each([
  ['Peña', 'Peña'],
  ['Pen\u0303a', 'Peña'],
  ['AÑO', 'AÑO'],
  ['Ítaca, según Müller y François', 'Itaca, segun Muller y Francois'],
  ['pingüino', 'pinguino'],
  ['', ''],
])('%s is without accents %s', (text, expected) => {
  expect(withoutAccents(text)).toBe(expected.normalize('NFC'));
});

test('ñ is a letter where words are compared', () => {
  for (const [one, other] of [
    ['pena', 'Peña'],
    ['ano', 'año'],
    ['cana', 'caña'],
    ['sonar', 'soñar'],
    ['PENA', 'PEÑA'],
  ] as const)
    expect(foldWord(one)).not.toBe(foldWord(other));
  expect(foldWord('Árbol')).toBe(foldWord('arbol'));
  expect(foldWord('PEN\u0303A')).toBe(foldWord('peña'));
});

test('without marks it is what somebody types who has no ñ', () => {
  expect(withoutMarks('Núñez')).toBe('Nunez');
});
