import type { PublishedBreakdowns } from '../ledger/ledger.ts';
import { formatDate } from '../lib/format.ts';
import type { Locale } from '../lib/locales.ts';
import { countryName, regionName } from '../lib/places.ts';
import type { Office } from '../offices/office.ts';
import { renderFact } from '../petitions/fact-text.ts';
import { type Catalog, type Petition, petitionText } from '../petitions/petition.ts';
import { sourceText } from '../petitions/petition.view.ts';

/** Words that may be quoted, with the place of their writer and no name (law 11). */
export type QuotableWords = { ref: string; words: string; country: string; region?: string };

/** Everything that a digest says, prepared and reviewable before it becomes a mail. */
export type Digest = {
  locale: Locale;
  officeName: string;
  petitionTitle: string;
  isFirst: boolean;
  total: number;
  added: number;
  asOf: string;
  places: { label: string; count: number }[];
  placesAsOf?: string;
  demands: { text: string; follows: boolean }[];
  facts: { text: string; period: string; source: string }[];
  laws: { name: string; text: string }[];
  quotes: { number: string; place: string; words: string }[];
  ledgerSeq: number;
  ledgerHash: string;
};

const PLACES_SHOWN = 10;

/** Only the demands addressed to this office, only the laws of its country, and what is public of the places. */
export function prepareDigest(input: {
  petition: Petition;
  office: Office;
  catalog: Catalog;
  n: number;
  isFirst: boolean;
  interval: { added: number; total: number };
  head: { seq: number; hash: string; at: Date };
  published?: PublishedBreakdowns | undefined;
  words: readonly QuotableWords[];
}): Digest {
  const { petition, office, catalog, interval, head, published, words } = input;
  const locale = office.language;
  return {
    locale,
    officeName: office.name[locale],
    petitionTitle: petitionText(petition, locale).title,
    isFirst: input.isFirst,
    total: interval.total,
    added: interval.added,
    asOf: formatDate(head.at, locale, office.zone),
    places: published ? topPlaces(published, locale) : [],
    ...(published && { placesAsOf: formatDate(published.day, locale) }),
    demands: petition.demandIds.flatMap((id) => {
      const demand = catalog.demands.get(id);
      if (!demand?.officeIds.includes(office._id)) return [];
      return [{ text: demand.text[locale], follows: demand.followsFor.includes(office._id) }];
    }),
    facts: petition.factIds.flatMap((id) => {
      const fact = catalog.facts.get(id);
      return fact
        ? [
            {
              text: renderFact(fact, locale),
              period: fact.period[locale],
              source: sourceText(catalog, fact.sourceId, locale),
            },
          ]
        : [];
    }),
    laws: petition.lawIds.flatMap((id) => {
      const law = catalog.laws.get(id);
      return law && (law.jurisdiction === office.country || law.jurisdiction === 'international')
        ? [{ name: law.name[locale], text: law.text[locale] }]
        : [];
    }),
    quotes: words.map((one, index) => ({
      number: `${input.n}.${index + 1}`,
      place: one.region ? regionName(one.region, locale) : countryName(one.country, locale),
      words: quotable(one.words),
    })),
    ledgerSeq: head.seq,
    ledgerHash: head.hash,
  };
}

function topPlaces(published: PublishedBreakdowns, locale: Locale): { label: string; count: number }[] {
  const regions = Object.entries(published.region.cells);
  const split = new Set(regions.map(([code]) => code.slice(0, 2)));
  const countries = Object.entries(published.country.cells).filter(([code]) => !split.has(code));
  return [
    ...regions.map(([code, count]) => ({ label: regionName(code, locale), count })),
    ...countries.map(([code, count]) => ({ label: countryName(code, locale), count })),
  ]
    .sort((a, b) => b.count - a.count)
    .slice(0, PLACES_SHOWN);
}

/** One paragraph, without links: an office's filter should not judge us by a link that somebody else wrote. */
function quotable(words: string): string {
  return words
    .replace(/\b(?:https?:\/\/|www\.)\S+/gi, '[…]')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
}
