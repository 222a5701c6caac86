import { describe, expect, test } from 'vitest';
import { findName } from '../../src/words/name-in-words.ts';

const ANGELES = 'María de los Ángeles del Carmen';

describe('one everyday word that is also a part of the name says nothing of the writer', () => {
  test.each([
    [ANGELES, 'Los niños tienen miedo. Del otro lado nadie los espera.'],
    [ANGELES, 'Mi tía vive en Los Ángeles y en Ciudad del Carmen.'],
    [ANGELES, 'Las niñas, los ángeles del camino.'],
    ['Esperanza Dios', 'Dios nos cuide. Esperanza es lo que queda.'],
    ['Esperanza Paz Cruz', 'Esperanza, Paz y Justicia. Cruz Roja nos ayudó.'],
    ['Juan San Martín', 'San Pedro Sula quedó atrás; San Luis también. San Juan nos recibió.'],
    ['Pedro Sula', 'Vengo de San Pedro y volveré.'],
    ['Will May', 'Will they be heard? May I ask? Will you answer in May?'],
    ['Mark Young', 'Mark this: Young people cross alone.'],
    ['April June', 'In April and in June they were sent back.'],
    ['Grace Hope Faith', 'Grace is not a right. Hope is. Faith, too.'],
    ['Domingo Abril', 'Domingo por la noche. Abril fue peor.'],
    ['Guadalupe Reyes', 'La Virgen de Guadalupe. Reyes, el 6 de enero.'],
    ['José Guerrero Hidalgo', 'Salimos de Guerrero, pasamos por Hidalgo y por San José.'],
    ['Ana Salvador', 'Huyó de El Salvador.'],
    ['Virginia Jordan', 'We live in Virginia. Jordan is far.'],
    ['Peña Núñez', 'Pena de muerte es lo que les espera.'],
    ['Ana Ley Justicia', 'Ley de Migración. Justicia para ellas.'],
    ['Blanca Luz', 'una luz blanca'],
    ['Rosa Flores', 'Las rosas, las flores. Flores v. Reno. Rosa era el color.'],
  ])('%s: %s', (name, words) => {
    expect(findName(name, words)).toBeUndefined();
  });
});

describe('what names the writer is found', () => {
  test.each([
    [ANGELES, 'Yo, María de los Ángeles del Carmen, pido', ANGELES],
    [ANGELES, 'maria de los angeles del carmen', ANGELES],
    [ANGELES, 'Soy María Ángeles.', 'María Ángeles'],
    [ANGELES, 'Firma María de los Ángeles', 'María de los Ángeles'],
    ['Esperanza Paz Cruz', 'Esperanza Cruz pide justicia', 'Esperanza Cruz'],
    ['Esperanza Paz Cruz', 'Me llamo Esperanza', 'Esperanza'],
    ['Will May', 'My name is Will', 'Will'],
    ['Will May', 'Yours, Will May', 'Will May'],
    ['Blanca Luz', 'Atentamente, Blanca Luz', 'Blanca Luz'],
    ['Zulema Xochitl Quispe', 'I am Zulema, a teacher', 'Zulema'],
    ['Zulema Xochitl Quispe', 'The Quispe family', 'Quispe'],
    ['Zulema Núñez', 'firma: zulema nunez', 'Zulema Núñez'],
    ['Juan P. Quispe', 'Quispe', 'Quispe'],
    ['Ana Peña', 'La familia Peña', 'Peña'],
    ['Ana Pen\u0303a', 'La familia Peña', 'Peña'],
    ['Mercedes Reyes Luz', 'Luz Reyes', 'Luz Reyes'],
  ])('%s: %s', (name, words, found) => {
    expect(findName(name, words)).toBe(found);
  });
});

test('two parts that a sign of a sentence parts are two words', () => {
  expect(findName('Esperanza Cruz', 'Lo último es la Esperanza. Cruz no llevaba.')).toBeUndefined();
});
