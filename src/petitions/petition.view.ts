import { formatDate, formatDay, formatMoment } from '../lib/format.ts';
import type { Locale } from '../lib/locales.ts';
import { cellName } from '../lib/places.ts';
import { paths } from '../lib/urls.ts';
import { wallOf } from '../lib/wall-clock.ts';
import type { Office } from '../offices/office.ts';
import { sourceName, sourceText } from './fact-source.ts';
import { figureText, renderBody, renderFact } from './fact-text.ts';
import { type Catalog, type Figure, type Petition, petitionText, phaseOf, pick } from './petition.ts';
import type { Breakdown, PublishedBreakdowns } from './shown-tally.ts';

export type PetitionCard = {
  title: string;
  summary: string;
  path: string;
  signPath: string;
  count: number;
  /** of the page that says what the offices answered */
  demandsPath: string;
} & PhaseView;

/** Which of the four it is, and the days that belong to it. */
type PhaseView = {
  isOpen: boolean;
  isUpcoming: boolean;
  isPaused: boolean;
  isDraft: boolean;
  opensOn?: string;
  closesOn?: string;
  closedOn?: string;
  /** why it was closed by hand */
  closedBecause?: string;
};

export type PetitionView = {
  petitionTitle: string;
  summary: string;
  body: string[];
  byHandPath: string;
  count: number;
  demands: { text: string; offices: { name: string; path: string }[] }[];
  /** what the offices say to each demand */
  demandsPath: string;
  /** `figure` is the first figure of the text, to be set large beside it: what stands before the number, and the number */
  facts: {
    text: string;
    figure?: { bound: string; value: string };
    period: string;
    source: string;
    correctedOn?: string;
  }[];
  /** the same sources in full */
  sources: string[];
  laws: { name: string; text: string }[];
  /** of the page with what can be printed and handed in */
  packsPath: string;
  /** of the form that sends the private link again, once the petition has closed */
  lostLinkPath: string;
  /** what was changed in the text since it opened, the newest first */
  edits: { on: string; note: string }[];
  places?: { rows: { label: string; count: number }[]; other: number; asOf: string };
} & PhaseView;

const PLACES_SHOWN = 12;

export function petitionCard(petition: Petition, count: number, reader: Reader): PetitionCard {
  const { locale } = reader;
  const { title, summary } = petitionText(petition, locale);
  const path = paths.petition(locale, petition._id);
  return {
    title,
    summary,
    path,
    signPath: `${path}#sign`,
    demandsPath: paths.demands(locale, petition._id),
    count,
    ...phaseView(petition, reader),
  };
}

export type HomeView = {
  petitions: PetitionCard[];
  upcoming: PetitionCard[];
  /** with what became of them: a count stays, and so does what the offices said */
  closed: PetitionCard[];
};

export function homeView(cards: readonly PetitionCard[]): HomeView {
  return {
    petitions: cards.filter(({ isOpen, isPaused }) => isOpen || isPaused),
    upcoming: cards.filter(({ isUpcoming }) => isUpcoming),
    closed: cards.filter(({ isOpen, isPaused, isUpcoming }) => !isOpen && !isPaused && !isUpcoming),
  };
}

/** In whose language, when, and in which IANA zone a page is read. */
export type Reader = { locale: Locale; now: Date; zone: string };

/** The last day is named, not the moment after it: what closes at midnight closes on the day before. */
function phaseView(petition: Petition, { locale, now, zone }: Reader): PhaseView {
  const phase = phaseOf(petition, now);
  const { opensAt, closesAt, closing } = petition;
  const because = closing?.reason?.[locale];
  const lastDay = closesAt && formatDate(new Date(closesAt.getTime() - 1), locale, zone);
  const end = closesAt && endText(closesAt, locale, zone);
  return {
    isOpen: phase === 'open',
    isUpcoming: phase === 'upcoming',
    isPaused: phase === 'paused',
    isDraft: phase === 'draft',
    ...(phase === 'upcoming' && { opensOn: formatMoment(opensAt, locale, zone) }),
    ...((phase === 'open' || phase === 'paused') && end && { closesOn: end }),
    ...(phase === 'closed' && lastDay && { closedOn: lastDay }),
    ...(phase === 'closed' && because && { closedBecause: because }),
  };
}

function endText(closesAt: Date, locale: Locale, zone: string): string {
  const isMidnight = wallOf(closesAt, zone).time === '00:00';
  return isMidnight
    ? formatDate(new Date(closesAt.getTime() - 1), locale, zone)
    : formatMoment(closesAt, locale, zone);
}

export function petitionView(
  input: {
    petition: Petition;
    catalog: Catalog;
    offices: readonly Office[];
    count: number;
    published?: PublishedBreakdowns | undefined;
  } & Reader,
): PetitionView {
  const { petition, catalog, offices, count, published, locale } = input;
  const { title, summary, body } = petitionText(petition, locale);
  const places = published && placesView(published, locale);
  const facts = pick(petition.factIds, catalog.facts);
  return {
    petitionTitle: title,
    summary,
    body: renderBody(body, catalog, locale),
    byHandPath: paths.byHand(locale, petition._id),
    ...phaseView(petition, input),
    count,
    demandsPath: paths.demands(locale, petition._id),
    demands: pick(petition.demandIds, catalog.demands).map((demand) => ({
      text: demand.text[locale],
      offices: addressees(petition, demand.officeIds, offices, locale),
    })),
    facts: facts.map((fact) => ({
      text: renderFact(fact, locale),
      ...(fact.figures[0] && { figure: largeFigure(fact.figures[0], locale) }),
      ...(fact.correctedAt && { correctedOn: formatDate(fact.correctedAt, locale, input.zone) }),
      period: fact.period[locale],
      source: sourceName(catalog, fact.sourceId, locale),
    })),
    sources: [...new Set(facts.map(({ sourceId }) => sourceText(catalog, sourceId, locale)))],
    laws: pick(petition.lawIds, catalog.laws).map((law) => ({
      name: law.name[locale],
      text: law.text[locale],
    })),
    packsPath: paths.packs(locale, petition._id),
    lostLinkPath: paths.lostLink(locale, petition._id),
    edits: (petition.edits ?? []).toReversed().map(({ at, note }) => ({
      on: formatDate(at, locale, input.zone),
      note: note[locale],
    })),
    ...(places && { places }),
  };
}

function addressees(
  petition: Petition,
  officeIds: readonly string[],
  offices: readonly Office[],
  locale: Locale,
): { name: string; path: string }[] {
  return offices
    .filter(({ _id }) => officeIds.includes(_id) && petition.officeIds.includes(_id))
    .map(({ _id, name }) => ({ name: name[locale], path: paths.office(locale, _id) }));
}

/** "more than 95%" → "more than", "95%" */
function largeFigure(figure: Figure, locale: Locale): { bound: string; value: string } {
  const text = figureText(figure, locale);
  const cut = text.lastIndexOf(' ') + 1;
  return { bound: text.slice(0, cut).trim(), value: text.slice(cut) };
}

function placesView(published: PublishedBreakdowns, locale: Locale): PetitionView['places'] {
  const rows = [
    ...cells(published.region, (code) => cellName(code, locale)),
    ...cells(withoutRegions(published), (code) => cellName(code, locale)),
  ]
    .sort((a, b) => b.count - a.count)
    .slice(0, PLACES_SHOWN);
  if (rows.length === 0) return undefined;
  const shown = rows.reduce((sum, { count }) => sum + count, 0);
  return { rows, other: published.total - shown, asOf: formatDay(published.day, locale) };
}

/** A country whose regions are shown is not shown beside them. */
function withoutRegions({ country, region }: PublishedBreakdowns): Breakdown {
  const split = new Set(Object.keys(region.cells).map((code) => code.slice(0, 2)));
  return {
    ...country,
    cells: Object.fromEntries(Object.entries(country.cells).filter(([code]) => !split.has(code))),
  };
}

function cells(breakdown: Breakdown, nameOf: (code: string) => string): { label: string; count: number }[] {
  return Object.entries(breakdown.cells).map(([code, count]) => ({ label: nameOf(code), count }));
}
