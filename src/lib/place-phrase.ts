import type { Locale, Localized } from './locales.ts';
import { countryName, countryOfRegion, type Place, placeName, regionName } from './places.ts';

/** Places whose name takes an article inside a sentence: "a person in the United States", "en el Estado de México". */
const ARTICLES: Localized<Readonly<Record<string, string>>> = {
  en: withArticle(
    'the',
    'AE AX BQ BS CC CD CF CG CK DO FK FO GB GM GS HM IM IO KM KY MH MP MV NL PH PN PS SB SC TC TF UM US VG VI ' +
      'US-DC US-MP US-VI MX-MEX',
  ),
  es: {
    ...withArticle('el', 'BQ EH GB IO LB US-DC MX-MEX'),
    ...withArticle('la', 'AQ BV CD CF CG CX DO GF IM NF PF VA MX-CMX'),
    ...withArticle('los', 'AE NL PS TF'),
    ...withArticle('las', 'AX BM BS CC CK FK FO GS HM KM KY MH MP MV PN SB SC TC UM VG VI US-MP US-VI'),
  },
};

/** Where the bare name, inside a sentence, is that of another place too. */
const NAMES: Localized<Readonly<Record<string, string>>> = {
  en: { 'US-WA': 'Washington State', GE: 'Georgia (the country)' },
  es: { 'US-WA': 'el estado de Washington', GE: 'Georgia (el país)' },
};

/** The place as it follows "in" or "en"; a region is named with its country to a reader in another one (`home`). */
export function placePhrase({ country, region }: Place, locale: Locale, home?: string): string {
  const code = region ?? country;
  const isAbroad = region !== undefined && home !== undefined && home !== countryOfRegion(region);
  const own = NAMES[locale][code];
  if (own) return isAbroad ? `${own}, ${countryName(country, locale)}` : own;
  const name = isAbroad
    ? placeName({ country, region }, locale)
    : region
      ? regionName(region, locale)
      : countryName(country, locale);
  const article = ARTICLES[locale][code];
  return article ? `${article} ${name}` : name;
}

function withArticle(article: string, codes: string): Record<string, string> {
  return Object.fromEntries(codes.split(' ').map((code) => [code, article]));
}
