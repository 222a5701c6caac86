import { describe, expect, test } from 'vitest';
import { LOCALES } from '../../src/lib/locales.ts';
import { placePhrase } from '../../src/lib/place-phrase.ts';
import {
  COUNTRY_CODES,
  canonicalCells,
  canonicalPlace,
  cellName,
  countryName,
  countryOfRegion,
  isCountry,
  isRegion,
  placeName,
  regionsOf,
} from '../../src/lib/places.ts';

describe('places', () => {
  test('there are the 249 countries of ISO 3166-1 and Kosovo, each once and each with a name', () => {
    expect(COUNTRY_CODES).toHaveLength(250);
    expect(new Set(COUNTRY_CODES).size).toBe(250);
    for (const locale of LOCALES) {
      expect(COUNTRY_CODES.filter((code) => countryName(code, locale) === code)).toEqual([]);
    }
  });

  test('Mexico has 32 states, the United States 50, its district and 5 territories', () => {
    expect(new Set(regionsOf('MX').map(({ code }) => code)).size).toBe(32);
    expect(new Set(regionsOf('US').map(({ code }) => code)).size).toBe(56);
    expect(regionsOf('GT')).toEqual([]);
  });

  test.each(['US', 'MX'])('every region of %s says its country', (country) => {
    for (const { code } of regionsOf(country)) {
      expect(isRegion(code)).toBe(true);
      expect(countryOfRegion(code)).toBe(country);
    }
  });

  test.each(['', 'us', 'XX', 'USA', 'constructor', 'US-TX'])('"%s" is no country', (code) => {
    expect(isCountry(code)).toBe(false);
  });

  test('a place is named in the language of the reader', () => {
    expect(placeName({ country: 'US', region: 'US-TX' }, 'en')).toBe('Texas, United States');
    expect(placeName({ country: 'US', region: 'US-NY' }, 'es')).toBe('Nueva York, Estados Unidos');
    expect(placeName({ country: 'MX', region: 'MX-MEX' }, 'en')).toBe('State of Mexico, Mexico');
    expect(placeName({ country: 'ES' }, 'es')).toBe('España');
  });

  test.each(LOCALES)('no two cells of a table have the same name in %s', (locale) => {
    const regions = ['US', 'MX'].flatMap((country) => regionsOf(country).map(({ code }) => code));
    const cells = Object.keys(
      canonicalCells({ country: countEach(COUNTRY_CODES), region: countEach(regions) }).country,
    );
    const names = [...cells, ...regions].map((code) => cellName(code, locale));
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  test('the country Georgia and the state of that name are told apart', () => {
    expect([cellName('GE', 'en'), cellName('US-GA', 'en')]).toEqual([
      'Georgia (country)',
      'Georgia, United States',
    ]);
    expect([cellName('GE', 'es'), cellName('US-GA', 'es')]).toEqual([
      'Georgia (país)',
      'Georgia, Estados Unidos',
    ]);
    expect(cellName('US-GA', 'en', 'US')).toBe('Georgia, United States');
    expect(cellName('US-TX', 'es', 'MX')).toBe('Texas, Estados Unidos');
    expect(cellName('MX-HID', 'es', 'MX')).toBe('Hidalgo');
  });

  test.each(['AS', 'GU', 'MP', 'PR', 'VI'])('%s is one place, however it was chosen', (code) => {
    expect(canonicalPlace({ country: code })).toEqual({ country: 'US', region: `US-${code}` });
    expect(canonicalPlace({ country: 'US', region: `US-${code}` })).toEqual({
      country: 'US',
      region: `US-${code}`,
    });
    const counts = { country: { [code]: 12, US: 30, MX: 4 }, region: { [`US-${code}`]: 5 } };
    expect(canonicalCells(counts)).toEqual({ country: { US: 42, MX: 4 }, region: { [`US-${code}`]: 17 } });
  });

  test('a region is named with its country to a reader in another one, and its article stays', () => {
    expect(placePhrase({ country: 'MX', region: 'MX-HID' }, 'en', 'US')).toBe('Hidalgo, Mexico');
    expect(placePhrase({ country: 'MX', region: 'MX-MEX' }, 'en', 'US')).toBe('the State of Mexico, Mexico');
    expect(placePhrase({ country: 'MX', region: 'MX-CMX' }, 'es', 'MX')).toBe('la Ciudad de México');
    expect(placePhrase({ country: 'US', region: 'US-TX' }, 'es', 'MX')).toBe('Texas, Estados Unidos');
    expect(placePhrase({ country: 'US', region: 'US-TX' }, 'en', 'US')).toBe('Texas');
  });

  test.each([
    ['GB', 'the United Kingdom', 'el Reino Unido'],
    ['KY', 'the Cayman Islands', 'las Islas Caimán'],
    ['NL', 'the Netherlands', 'los Países Bajos'],
    ['DO', 'the Dominican Republic', 'la República Dominicana'],
    ['CD', 'the Democratic Republic of the Congo', 'la República Democrática del Congo'],
    ['AE', 'the United Arab Emirates', 'los Emiratos Árabes Unidos'],
    ['PH', 'the Philippines', 'Filipinas'],
    ['LB', 'Lebanon', 'el Líbano'],
    ['PS', 'the Palestinian Territories', 'los Territorios Palestinos'],
    ['VA', 'Vatican City', 'la Ciudad del Vaticano'],
    ['CI', 'Ivory Coast', 'Costa de Marfil'],
    ['HK', 'Hong Kong', 'Hong Kong'],
    ['XK', 'Kosovo', 'Kosovo'],
    ['GT', 'Guatemala', 'Guatemala'],
  ])('a person in %s is in "%s", en "%s"', (country, english, spanish) => {
    expect(placePhrase({ country }, 'en')).toBe(english);
    expect(placePhrase({ country }, 'es')).toBe(spanish);
  });

  // "in Islands" and "en República" are what a missing article looks like.
  test.each(LOCALES)('every name that is a common noun has its article in %s', (locale) => {
    const noun = {
      en: /^(?!the )(?:.*\b(?:Islands|Republic|Kingdom|States|Territor(?:y|ies)|Emirates|Netherlands|Isle)\b)/,
      es: /^(?:Islas?|Repúblic|Reino|Emiratos|Países|Territorios?|Ciudad|Estado|Distrito|Polinesia|Guayana)\b/,
    }[locale];
    const phrases = COUNTRY_CODES.map((country) => placePhrase({ country }, locale));
    expect(phrases.filter((phrase) => noun.test(phrase))).toEqual([]);
  });
});

function countEach(codes: readonly string[]): Record<string, number> {
  return Object.fromEntries(codes.map((code) => [code, 1]));
}
