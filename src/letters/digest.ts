import { CELL_MINIMUM } from '../lib/cells.ts';
import { formatDate } from '../lib/format.ts';
import type { Locale } from '../lib/locales.ts';
import { placePhrase } from '../lib/place-phrase.ts';
import { cellName, countryOfRegion, isRegion } from '../lib/places.ts';
import { languageOfText, type TextLanguage } from '../lib/text/language.ts';
import type { Office } from '../offices/office.ts';
import { type FactGroup, factGroups } from '../petitions/fact-source.ts';
import {
  type Catalog,
  type DemandRange,
  demandRange,
  demandsTo,
  lawsFor,
  type Petition,
  petitionText,
} from '../petitions/petition.ts';
import type { Voices } from '../voices/voices.ts';
import { LEFT_OUT, quotableParagraphs } from '../words/words.ts';
import type { PlaceCells } from './digest-places.ts';

/** Words that may be quoted, with the place of their writer and no name (law 11). */
type QuotableWords = { ref: string; words: string; country: string; region?: string };

/** Everything that a digest says, prepared and reviewable before it becomes a mail. */
export type Digest = {
  locale: Locale;
  officeName: string;
  /** for the subject; `none` where it has no short name */
  officeShort: string;
  petitionTitle: string;
  isFirst: boolean;
  total: number;
  added: number;
  removed: number;
  /** of those added, the people of earlier reports that did not arrive although a later one did; 0 when there are none */
  late: number;
  /** in the first report after its end */
  closedOn?: string;
  asOf: string;
  /** numbered from 1, so that an answer can name them */
  demands: { number: number; text: string; follows: false | DemandRange }[];
  factGroups: FactGroup[];
  laws: { name: string; text: string }[];
  /** `lang`: what its writer wrote in, which need not be the office's */
  quotes: { number: string; place: string; lang: TextLanguage; paragraphs: string[] }[];
  /** what people write about, by their own words; `numbers` are those of its quotes, `people` all who wrote of it */
  themes: { label: string; people: number; numbers: string[] }[];
  /** how many people's words were read for the themes, and how many of them tell of none */
  voices: number;
  ungrouped: number;
  /** `isRest`: what is left of a country beside its states that are shown */
  places: { label: string; count: number; isRest: boolean }[];
  /** 0 when it is too small to be told */
  otherPlaces: number;
  ledgerSeq: number;
  ledgerHash: string;
};

export type DigestInput = {
  petition: Petition;
  office: Office;
  catalog: Catalog;
  isFirst: boolean;
  interval: { added: number; removed: number; total: number; late: number };
  closedOn?: Date | undefined;
  head: { seq: number; hash: string; at: Date };
  places: PlaceCells;
  quotes: readonly (QuotableWords & { number: string })[];
  voices: Voices;
};

/** Only the demands addressed to this office, and only the laws of its country and of all. */
export function prepareDigest(input: DigestInput): Digest {
  const { petition, office, catalog, interval, head, places, quotes } = input;
  const locale = office.language;
  return {
    locale,
    officeName: office.name[locale],
    officeShort: office.short?.[locale] ?? 'none',
    petitionTitle: petitionText(petition, locale).title,
    isFirst: input.isFirst,
    total: interval.total,
    added: interval.added,
    removed: interval.removed,
    late: interval.late,
    ...(input.closedOn && { closedOn: formatDate(input.closedOn, locale, office.zone) }),
    asOf: formatDate(head.at, locale, office.zone),
    demands: demandsTo(office._id, petition, catalog).map((demand, index) => ({
      number: index + 1,
      text: demand.text[locale],
      follows: demand.followsFor.includes(office._id) && demandRange(catalog),
    })),
    factGroups: factGroups(petition, catalog, locale),
    laws: lawsFor(office.country, petition, catalog).map((law) => ({
      name: law.name[locale],
      text: law.text[locale],
    })),
    quotes: quotes.map((one) => ({
      number: one.number,
      place: placePhrase(one, locale, office.country),
      lang: languageOfText(one.words),
      paragraphs: quotableParagraphs(one.words, LEFT_OUT[locale]),
    })),
    ...tellVoices(input.voices, quotes),
    places: Object.entries(places).map(([code, count]) => ({
      label: cellName(code, locale, office.country),
      count,
      isRest:
        !isRegion(code) &&
        Object.keys(places).some((other) => countryOfRegion(other) === code && other !== code),
    })),
    otherPlaces: otherPlaces(places, interval.total),
    ledgerSeq: head.seq,
    ledgerHash: head.hash,
  };
}

function tellVoices(
  { themes, quotes: chosen, ungrouped }: Voices,
  quotes: DigestInput['quotes'],
): Pick<Digest, 'themes' | 'voices' | 'ungrouped'> {
  const themeOf = new Map(chosen.map(({ ref, themeKey }) => [ref, themeKey]));
  return {
    themes: themes.map(({ key, label, people }) => ({
      label,
      people,
      numbers: quotes.filter(({ ref }) => themeOf.get(ref) === key).map(({ number }) => number),
    })),
    voices: themes.reduce((sum, { people }) => sum + people, ungrouped),
    ungrouped,
  };
}

function otherPlaces(places: PlaceCells, total: number): number {
  const shown = Object.values(places).reduce((sum, count) => sum + count, 0);
  return shown > 0 && total - shown >= CELL_MINIMUM ? total - shown : 0;
}
