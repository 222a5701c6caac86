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

/** In English and Spanish to a reader of the same country, then to one of the other. */
const PHRASES_MX = [
  'Aguascalientes | Aguascalientes || Aguascalientes, Mexico | Aguascalientes, México',
  'Baja California | Baja California || Baja California, Mexico | Baja California, México',
  'Baja California Sur | Baja California Sur || Baja California Sur, Mexico | Baja California Sur, México',
  'Campeche | Campeche || Campeche, Mexico | Campeche, México',
  'Chiapas | Chiapas || Chiapas, Mexico | Chiapas, México',
  'Chihuahua | Chihuahua || Chihuahua, Mexico | Chihuahua, México',
  'Mexico City | la Ciudad de México || Mexico City | la Ciudad de México',
  'Coahuila | Coahuila || Coahuila, Mexico | Coahuila, México',
  'Colima | Colima || Colima, Mexico | Colima, México',
  'Durango | Durango || Durango, Mexico | Durango, México',
  'Guanajuato | Guanajuato || Guanajuato, Mexico | Guanajuato, México',
  'Guerrero | Guerrero || Guerrero, Mexico | Guerrero, México',
  'Hidalgo | Hidalgo || Hidalgo, Mexico | Hidalgo, México',
  'Jalisco | Jalisco || Jalisco, Mexico | Jalisco, México',
  'the State of México | el Estado de México || the State of México | el Estado de México',
  'Michoacán | Michoacán || Michoacán, Mexico | Michoacán, México',
  'Morelos | Morelos || Morelos, Mexico | Morelos, México',
  'Nayarit | Nayarit || Nayarit, Mexico | Nayarit, México',
  'Nuevo León | Nuevo León || Nuevo León, Mexico | Nuevo León, México',
  'Oaxaca | Oaxaca || Oaxaca, Mexico | Oaxaca, México',
  'Puebla | Puebla || Puebla, Mexico | Puebla, México',
  'Querétaro | Querétaro || Querétaro, Mexico | Querétaro, México',
  'Quintana Roo | Quintana Roo || Quintana Roo, Mexico | Quintana Roo, México',
  'San Luis Potosí | San Luis Potosí || San Luis Potosí, Mexico | San Luis Potosí, México',
  'Sinaloa | Sinaloa || Sinaloa, Mexico | Sinaloa, México',
  'Sonora | Sonora || Sonora, Mexico | Sonora, México',
  'Tabasco | Tabasco || Tabasco, Mexico | Tabasco, México',
  'Tamaulipas | Tamaulipas || Tamaulipas, Mexico | Tamaulipas, México',
  'Tlaxcala | Tlaxcala || Tlaxcala, Mexico | Tlaxcala, México',
  'Veracruz | Veracruz || Veracruz, Mexico | Veracruz, México',
  'Yucatán | Yucatán || Yucatán, Mexico | Yucatán, México',
  'Zacatecas | Zacatecas || Zacatecas, Mexico | Zacatecas, México',
];
const PHRASES_US = [
  'Alabama | Alabama || Alabama, United States | Alabama, Estados Unidos',
  'Alaska | Alaska || Alaska, United States | Alaska, Estados Unidos',
  'Arizona | Arizona || Arizona, United States | Arizona, Estados Unidos',
  'Arkansas | Arkansas || Arkansas, United States | Arkansas, Estados Unidos',
  'California | California || California, United States | California, Estados Unidos',
  'Colorado | Colorado || Colorado, United States | Colorado, Estados Unidos',
  'Connecticut | Connecticut || Connecticut, United States | Connecticut, Estados Unidos',
  'Delaware | Delaware || Delaware, United States | Delaware, Estados Unidos',
  'the District of Columbia | el Distrito de Columbia || the District of Columbia, United States | el Distrito de Columbia, Estados Unidos',
  'Florida | Florida || Florida, United States | Florida, Estados Unidos',
  'Georgia | Georgia || Georgia, United States | Georgia, Estados Unidos',
  'Hawaii | Hawái || Hawaii, United States | Hawái, Estados Unidos',
  'Idaho | Idaho || Idaho, United States | Idaho, Estados Unidos',
  'Illinois | Illinois || Illinois, United States | Illinois, Estados Unidos',
  'Indiana | Indiana || Indiana, United States | Indiana, Estados Unidos',
  'Iowa | Iowa || Iowa, United States | Iowa, Estados Unidos',
  'Kansas | Kansas || Kansas, United States | Kansas, Estados Unidos',
  'Kentucky | Kentucky || Kentucky, United States | Kentucky, Estados Unidos',
  'Louisiana | Luisiana || Louisiana, United States | Luisiana, Estados Unidos',
  'Maine | Maine || Maine, United States | Maine, Estados Unidos',
  'Maryland | Maryland || Maryland, United States | Maryland, Estados Unidos',
  'Massachusetts | Massachusetts || Massachusetts, United States | Massachusetts, Estados Unidos',
  'Michigan | Míchigan || Michigan, United States | Míchigan, Estados Unidos',
  'Minnesota | Minnesota || Minnesota, United States | Minnesota, Estados Unidos',
  'Mississippi | Misisipi || Mississippi, United States | Misisipi, Estados Unidos',
  'Missouri | Misuri || Missouri, United States | Misuri, Estados Unidos',
  'Montana | Montana || Montana, United States | Montana, Estados Unidos',
  'Nebraska | Nebraska || Nebraska, United States | Nebraska, Estados Unidos',
  'Nevada | Nevada || Nevada, United States | Nevada, Estados Unidos',
  'New Hampshire | Nuevo Hampshire || New Hampshire, United States | Nuevo Hampshire, Estados Unidos',
  'New Jersey | Nueva Jersey || New Jersey, United States | Nueva Jersey, Estados Unidos',
  'New Mexico | Nuevo México || New Mexico, United States | Nuevo México, Estados Unidos',
  'New York | Nueva York || New York, United States | Nueva York, Estados Unidos',
  'North Carolina | Carolina del Norte || North Carolina, United States | Carolina del Norte, Estados Unidos',
  'North Dakota | Dakota del Norte || North Dakota, United States | Dakota del Norte, Estados Unidos',
  'Ohio | Ohio || Ohio, United States | Ohio, Estados Unidos',
  'Oklahoma | Oklahoma || Oklahoma, United States | Oklahoma, Estados Unidos',
  'Oregon | Oregón || Oregon, United States | Oregón, Estados Unidos',
  'Pennsylvania | Pensilvania || Pennsylvania, United States | Pensilvania, Estados Unidos',
  'Rhode Island | Rhode Island || Rhode Island, United States | Rhode Island, Estados Unidos',
  'South Carolina | Carolina del Sur || South Carolina, United States | Carolina del Sur, Estados Unidos',
  'South Dakota | Dakota del Sur || South Dakota, United States | Dakota del Sur, Estados Unidos',
  'Tennessee | Tennessee || Tennessee, United States | Tennessee, Estados Unidos',
  'Texas | Texas || Texas, United States | Texas, Estados Unidos',
  'Utah | Utah || Utah, United States | Utah, Estados Unidos',
  'Vermont | Vermont || Vermont, United States | Vermont, Estados Unidos',
  'Virginia | Virginia || Virginia, United States | Virginia, Estados Unidos',
  'Washington State | el estado de Washington || Washington State, United States | el estado de Washington, Estados Unidos',
  'West Virginia | Virginia Occidental || West Virginia, United States | Virginia Occidental, Estados Unidos',
  'Wisconsin | Wisconsin || Wisconsin, United States | Wisconsin, Estados Unidos',
  'Wyoming | Wyoming || Wyoming, United States | Wyoming, Estados Unidos',
  'American Samoa | Samoa Americana || American Samoa | Samoa Americana',
  'Guam | Guam || Guam | Guam',
  'the Northern Mariana Islands | las Islas Marianas del Norte || the Northern Mariana Islands | las Islas Marianas del Norte',
  'Puerto Rico | Puerto Rico || Puerto Rico | Puerto Rico',
  'the US Virgin Islands | las Islas Vírgenes de EE. UU. || the US Virgin Islands | las Islas Vírgenes de EE. UU.',
];

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
    expect(placeName({ country: 'MX', region: 'MX-MEX' }, 'en')).toBe('State of México');
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
    expect(placePhrase({ country: 'MX', region: 'MX-MEX' }, 'en', 'US')).toBe('the State of México');
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

  test('every state and territory reads well in a letter, at home and abroad, in both languages', () => {
    const phrases = (country: string) =>
      regionsOf(country).map(({ code }) => {
        const place = { country, region: code };
        const other = country === 'MX' ? 'US' : 'MX';
        const read = (home: string) => LOCALES.map((locale) => placePhrase(place, locale, home)).join(' | ');
        return `${read(country)} || ${read(other)}`;
      });
    expect(phrases('MX')).toEqual(PHRASES_MX);
    expect(phrases('US')).toEqual(PHRASES_US);
    expect(placePhrase({ country: 'GE' }, 'en', 'US')).toBe('Georgia (the country)');
    expect(placePhrase({ country: 'GE' }, 'es', 'MX')).toBe('Georgia (el país)');
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
