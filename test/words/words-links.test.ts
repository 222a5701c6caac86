import { describe, expect, test } from 'vitest';
import { LEFT_OUT, quotableParagraphs } from '../../src/words/words.ts';
import { findDoubtfulLinks } from '../../src/words/words-links.ts';

const sent = (words: string) => quotableParagraphs(words, LEFT_OUT.en).join('\n');

describe('testimony without a blank after a point reaches the office as it was written', () => {
  test.each([
    'Soy madre.me quitaron a mi hijo',
    'Éramos de aquí.de noche nos sacaron',
    'Vinieron por nosotros.us immigration took him',
    'Nos fue mal.caímos al río',
    'Pagamos diez.mil pesos cada uno',
    'Se rompió la red.net y nos caímos',
    'Lo dejé acá.ca no tenía papeles',
    'Era de noche.es verdad lo que digo',
    'Vi a mi niña.la bajaron del tren',
    'I had to go.to this day I wait',
    'They said no.in the end we left',
    'No hay nada que hacer.comí tierra',
    'Me fui.comadre, le dije',
    'Lo organicé.orgullosa de mi hijo',
    'Mi hijo se llama.Edu lloraba',
    'Crucé el río.Me quitaron todo',
    'Dice el artículo.3 de la ley y el 14.II también',
    'Pesaba 3.5 kg a las 8.30 a.m. y a las 10 p.m.',
    'Y mi hermano.Com dijo: y/o, él/ella, 24/7'.replace('.Com', ' Com'),
    'Fuimos a los EE.UU. y volvimos a S.L.P. en enero',
    'Me dijo que no... y ya...no supe más',
    '¿Por qué?¡Porque sí!',
    'A las 3:00 a.m.me subieron',
    'mamá.info no me dieron',
    'Nos separaron.me/nos quitaron todo',
    '@maria y #niñez, 50% o 3/4',
    'a@b, yo @ casa',
  ])('%s', (words) => {
    expect(sent(words)).toBe(words);
  });
});

describe('a link beyond doubt is left out, and what stands around it is not', () => {
  test.each([
    ['Vea https://evil.example/x?a=1 ahora', 'Vea [link left out] ahora'],
    ['(https://evil.example/a_(b)).', '([link left out]).'],
    ['Vea https://evil.example.', 'Vea [link left out].'],
    ['Vea https://evil.example/a, y más', 'Vea [link left out], y más'],
    ['Vea https://evil.example,me quitaron todo', 'Vea [link left out],me quitaron todo'],
    ['Vea https://evil.example/a,me quitaron todo', 'Vea [link left out],me quitaron todo'],
    ['Vea https://evil.example.Luego me fui', 'Vea [link left out].Luego me fui'],
    ['Vea https://evil.example/nota.Luego me fui', 'Vea [link left out].Luego me fui'],
    ['Vea https://evil.com.me quitaron todo', 'Vea [link left out].me quitaron todo'],
    ['«https://evil.example/a»', '«[link left out]»'],
    ['Está en:https://evil.example/niñez', 'Está en:[link left out]'],
    ['Véanlohttps://evil.example', 'Véanlo[link left out]'],
    ['http://usuario:clave@evil.example:8080/x', '[link left out]'],
    ['http://[::1]:80/x', '[link left out]'],
    ['HTTPS://EVIL.EXAMPLE', '[link left out]'],
    ['https://niñez.example/camión#mañana', '[link left out]'],
    ['www.evil.example y evil.com/x', '[link left out] y [link left out]'],
    ['Lo vi.www.evil.example/a', 'Lo vi.[link left out]'],
    ['evil.com', '[link left out]'],
    ['call evil.example', 'call [link left out]'],
    ['Evil.Com, EVIL.ORG.', '[link left out], [link left out].'],
    ['evil.gob.mx y evil.co.uk', '[link left out] y [link left out]'],
    ['blog.evil.com/x', '[link left out]'],
    ['No supe más.evil.com/x', 'No supe más.[link left out]'],
    ['evil.site/x?y', '[link left out]'],
    ['t.me/grupo y wa.me/5219611234567', '[link left out] y [link left out]'],
    ['evil.me/?a=1', '[link left out]'],
    ['escriba a ana@home.example.', 'escriba a [address left out].'],
    ['correo:ana.lópez@correo.com.me quitaron', 'correo:[address left out].me quitaron'],
    ['mailto:ana@home.example', '[address left out]'],
    ['(ana@home.example)', '([address left out])'],
  ])('%s', (words, expected) => {
    expect(sent(words)).toBe(expected);
  });
});

test.each([
  ['Soy madre.me quitaron a mi hijo', ['madre.me']],
  ['Se rompió la red.net y evil.info', ['red.net', 'evil.info']],
  ['Crucé el río.Me quitaron todo. Fin.', []],
  ['Nos fue mal.caímos', []],
  ['https://evil.example, ana@home.example y evil.com', []],
  ['Pesaba 3.5 kg a las 8.30 a.m. en EE.UU.', []],
])('of "%s" writer and reviewer are told that %o may be links', (words, doubtful) => {
  expect(findDoubtfulLinks(words)).toEqual(doubtful);
});

test('words of the longest length, of the worst shapes, are read in 50 ms', () => {
  const parts = [
    'a.',
    'a',
    '.',
    'a@',
    '@',
    'https://',
    '://',
    'www.',
    '(',
    ')',
    'a.com/',
    'a.me.',
    ':',
    'a,',
    '1.',
  ];
  const shapes = parts.flatMap((part) => [part, ...parts.map((other) => part + other)]);
  for (const shape of shapes) {
    const words = shape.repeat(2_000).slice(0, 2_000);
    const least = Math.min(...[1, 2, 3].map(() => cost(() => sent(words))));
    expect(least, shape).toBeLessThan(50);
  }
});

/** Processor time in milliseconds. */
function cost(act: () => void): number {
  const begun = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1_000;
}
