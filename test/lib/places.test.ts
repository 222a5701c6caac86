import { describe, expect, test } from 'vitest';
import { LOCALES } from '../../src/lib/locales.ts';
import {
  COUNTRY_CODES,
  countryName,
  countryOfRegion,
  isCountry,
  isRegion,
  placeName,
  regionsOf,
} from '../../src/lib/places.ts';

describe('places', () => {
  test('there are the 249 countries of ISO 3166-1, each once and each with a name', () => {
    expect(COUNTRY_CODES).toHaveLength(249);
    expect(new Set(COUNTRY_CODES).size).toBe(249);
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
});
