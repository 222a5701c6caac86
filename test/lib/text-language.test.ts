import { expect, it } from 'vitest';
import { languageOfText } from '../../src/lib/text/language.ts';

it.each([
  ['They asked her nothing. They put her on a bus at night, alone.', 'en'],
  ['No le preguntaron nada. La subieron a un camión de noche, sola.', 'es'],
  ['Mi hermano trabajó en Dallas for the railway y nos mandaba dinero de allá.', 'es'],
  ['Ximena, Tapachula', 'und'],
  ['', 'und'],
])('%s: %s', (text, language) => {
  expect(languageOfText(text)).toBe(language);
});
