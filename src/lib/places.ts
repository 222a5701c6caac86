import { INTL_TAG, type Locale, type Localized } from './locales.ts';

/** ISO 3166-1 alpha-2, officially assigned, and XK, which the European Union and Unicode use for Kosovo. */
export const COUNTRY_CODES: readonly string[] = (
  'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ ' +
  'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO ' +
  'FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE ' +
  'JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO ' +
  'MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW ' +
  'PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM ' +
  'TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW'
).split(' ');

export type Region = { code: string; name: Localized<string> };

/** ISO 3166-2 of the two countries whose offices are asked: code, English name, Spanish name where it differs. */
const US_REGIONS = `AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC District of Columbia/Distrito de Columbia|FL Florida|GA Georgia|HI Hawaii/Hawái|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana/Luisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan/Míchigan|MN Minnesota|MS Mississippi/Misisipi|MO Missouri/Misuri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire/Nuevo Hampshire|NJ New Jersey/Nueva Jersey|NM New Mexico/Nuevo México|NY New York/Nueva York|NC North Carolina/Carolina del Norte|ND North Dakota/Dakota del Norte|OH Ohio|OK Oklahoma|OR Oregon/Oregón|PA Pennsylvania/Pensilvania|RI Rhode Island|SC South Carolina/Carolina del Sur|SD South Dakota/Dakota del Sur|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia/Virginia Occidental|WI Wisconsin|WY Wyoming|AS American Samoa/Samoa Americana|GU Guam|MP Northern Mariana Islands/Islas Marianas del Norte|PR Puerto Rico|VI US Virgin Islands/Islas Vírgenes de EE. UU.`;
const MX_REGIONS = `AGU Aguascalientes|BCN Baja California|BCS Baja California Sur|CAM Campeche|CHP Chiapas|CHH Chihuahua|CMX Mexico City/Ciudad de México|COA Coahuila|COL Colima|DUR Durango|GUA Guanajuato|GRO Guerrero|HID Hidalgo|JAL Jalisco|MEX State of México/Estado de México|MIC Michoacán|MOR Morelos|NAY Nayarit|NLE Nuevo León|OAX Oaxaca|PUE Puebla|QUE Querétaro|ROO Quintana Roo|SLP San Luis Potosí|SIN Sinaloa|SON Sonora|TAB Tabasco|TAM Tamaulipas|TLA Tlaxcala|VER Veracruz|YUC Yucatán|ZAC Zacatecas`;

const REGIONS: Readonly<Record<string, readonly Region[]>> = {
  US: parseRegions('US', US_REGIONS),
  MX: parseRegions('MX', MX_REGIONS),
};

/** Territories that ISO 3166 lists twice, as a country and as a part of the United States: one place has one cell. */
const TERRITORIES: ReadonlySet<string> = new Set(['AS', 'GU', 'MP', 'PR', 'VI']);

/** Where the names of Unicode's CLDR are not what people say. */
const NAMES: Readonly<Record<string, Localized<string>>> = {
  CD: { en: 'Democratic Republic of the Congo', es: 'República Democrática del Congo' },
  CG: { en: 'Republic of the Congo', es: 'República del Congo' },
  CI: { en: 'Ivory Coast', es: 'Costa de Marfil' },
  HK: { en: 'Hong Kong', es: 'Hong Kong' },
  MM: { en: 'Myanmar', es: 'Myanmar' },
  MO: { en: 'Macao', es: 'Macao' },
};
const COUNTRY: Localized<string> = { en: 'country', es: 'país' };

const COUNTRIES = new Set(COUNTRY_CODES);
const REGION_BY_CODE = new Map(
  Object.values(REGIONS).flatMap((list) => list.map((region) => [region.code, region])),
);
/** Made when first asked for: that takes longer than many a command. */
const COUNTRY_NAMES: Partial<Localized<Intl.DisplayNames>> = {};

function parseRegions(country: string, lines: string): Region[] {
  return lines.split('|').map((line) => {
    const cut = line.indexOf(' ');
    const [en = '', es = en] = line.slice(cut + 1).split('/');
    return { code: `${country}-${line.slice(0, cut)}`, name: { en, es } };
  });
}

export function isCountry(code: string): boolean {
  return COUNTRIES.has(code);
}

/** Empty for countries whose regions are not asked. */
export function regionsOf(country: string): readonly Region[] {
  return REGIONS[country] ?? [];
}

export function isRegion(code: string): boolean {
  return REGION_BY_CODE.has(code);
}

/** `MX-CHP` → `MX` */
export function countryOfRegion(code: string): string {
  return code.slice(0, 2);
}

export function countryName(code: string, locale: Locale): string {
  COUNTRY_NAMES[locale] ??= new Intl.DisplayNames(INTL_TAG[locale], { type: 'region' });
  return NAMES[code]?.[locale] ?? COUNTRY_NAMES[locale].of(code) ?? code;
}

export function regionName(code: string, locale: Locale): string {
  return REGION_BY_CODE.get(code)?.name[locale] ?? code;
}

export type Place = { country: string; region?: string | undefined };

/** The one way to write a place: Puerto Rico as a country is Puerto Rico as a part of the United States. */
export function canonicalPlace<P extends Place>(place: P): P {
  if (!TERRITORIES.has(place.country)) return place;
  return { ...place, country: 'US', region: `US-${place.country}` };
}

/** The same for counts by country and by region, as earlier versions counted them. */
export function canonicalCells(counts: {
  country: Readonly<Record<string, number>>;
  region: Readonly<Record<string, number>>;
}): { country: Record<string, number>; region: Record<string, number> } {
  const [country, region] = [{ ...counts.country }, { ...counts.region }];
  for (const code of TERRITORIES) {
    const count = country[code];
    if (count === undefined) continue;
    delete country[code];
    country.US = (country.US ?? 0) + count;
    region[`US-${code}`] = (region[`US-${code}`] ?? 0) + count;
  }
  return { country, region };
}

/**
 * The name of a country's or a region's cell in a table. A region is named with its country where the reader lives in
 * another one (`home`), or where a country has the same name; that country says that it is one.
 */
export function cellName(code: string, locale: Locale, home?: string): string {
  if (!isRegion(code)) {
    const name = countryName(code, locale);
    return isRegionName(name, locale) ? `${name} (${COUNTRY[locale]})` : name;
  }
  const country = countryOfRegion(code);
  const name = regionName(code, locale);
  const isPlain = (home === undefined || home === country) && !isCountryName(name, locale);
  return isPlain ? name : placeName({ country, region: code }, locale);
}

function isRegionName(name: string, locale: Locale): boolean {
  return [...REGION_BY_CODE.values()].some((region) => region.name[locale] === name);
}

function isCountryName(name: string, locale: Locale): boolean {
  return COUNTRY_CODES.some((code) => !TERRITORIES.has(code) && countryName(code, locale) === name);
}

/** Whose names say which country they are of, or need none: "Mexico City, Mexico" says it twice. */
const KNOWN_BY_NAME: ReadonlySet<string> = new Set([
  'MX-MEX',
  'MX-CMX',
  ...[...TERRITORIES].map((code) => `US-${code}`),
]);

/** "Texas, United States", "Texas, Estados Unidos", "Guatemala", "Ciudad de México" */
export function placeName({ country, region }: Place, locale: Locale): string {
  if (region && KNOWN_BY_NAME.has(region)) return regionName(region, locale);
  const ofCountry = countryName(country, locale);
  return region ? `${regionName(region, locale)}, ${ofCountry}` : ofCountry;
}
