import type { Locale, Localized } from '../lib/locales.ts';
import { countryName, regionName } from '../lib/places.ts';

/** Places whose name takes an article inside a sentence: "a person in the United States", "en el Estado de México". */
const ARTICLES: Localized<Readonly<Record<string, string>>> = {
  en: withArticle('the', 'US GB NL PH BS DO CF AE GM MV SC KM MH SB US-DC US-MP US-VI MX-MEX'),
  es: { ...withArticle('el', 'US-DC MX-MEX'), ...withArticle('las', 'US-MP US-VI BS') },
};

export type Place = { country: string; region?: string | undefined };

/** The place as it follows "in" or "en". */
export function placePhrase({ country, region }: Place, locale: Locale): string {
  const code = region ?? country;
  const name = region ? regionName(region, locale) : countryName(country, locale);
  const article = ARTICLES[locale][code];
  return article ? `${article} ${name}` : name;
}

function withArticle(article: string, codes: string): Record<string, string> {
  return Object.fromEntries(codes.split(' ').map((code) => [code, article]));
}
