import { calendarDays } from '../lib/days.ts';
import type { Locale } from '../lib/locales.ts';
import type { Paper } from '../lib/pdf/pdf.ts';
import type { Office } from '../offices/office.ts';
import { sourceText } from '../petitions/fact-source.ts';
import { renderFact } from '../petitions/fact-text.ts';
import { type Catalog, lawsFor, type Petition, petitionText, pick } from '../petitions/petition.ts';

/** A paper that a law obliges the office to answer: article 8 of Mexico's Constitution, 6 CFR Part 3 of the United States. */
export type PackKind = 'mx-article-8' | 'us-rulemaking';

/** In the language that the office must be written to in, whoever downloads it. */
export const PACK_LOCALE: Readonly<Record<PackKind, Locale>> = {
  'mx-article-8': 'es',
  'us-rulemaking': 'en',
};

/** A pack that a petition has: to one body of Mexico, or to the whole department in the United States. */
export type Pack = {
  kind: PackKind;
  /** whose clock runs; of the department, the first of its offices */
  officeId: string;
  office: Office;
  demands: { text: string; follows: boolean }[];
  facts: { text: string; period: string; source: string }[];
  laws: { name: string; text: string }[];
  title: string;
};

/** Every pack of a petition, from nothing but its own data. An office of which nothing is demanded has none. */
export function packsOf(petition: Petition, offices: readonly Office[], catalog: Catalog): Pack[] {
  const addressed = offices.filter(({ _id }) => petition.officeIds.includes(_id));
  const mexican = addressed
    .filter(({ country }) => country === 'MX')
    .map((office) => packOf('mx-article-8', petition, [office], catalog));
  // 6 CFR Part 3 is the way of that department, and of no other.
  const department = addressed.filter((office) => office.department === 'DHS');
  const american = department.length > 0 ? [packOf('us-rulemaking', petition, department, catalog)] : [];
  return [...mexican, ...american].flatMap((pack) => (pack && pack.demands.length > 0 ? [pack] : []));
}

function packOf(
  kind: PackKind,
  petition: Petition,
  offices: readonly Office[],
  catalog: Catalog,
): Pack | undefined {
  const [office] = offices;
  if (!office) return undefined;
  const locale = PACK_LOCALE[kind];
  const facts = pick(petition.factIds, catalog.facts);
  return {
    kind,
    officeId: office._id,
    office,
    title: petitionText(petition, locale).title,
    demands: pick(petition.demandIds, catalog.demands).flatMap((demand) => {
      const asked = offices.filter(({ _id }) => demand.officeIds.includes(_id));
      const follows = asked.every(({ _id }) => demand.followsFor.includes(_id));
      return asked.length > 0 ? [{ text: demand.text[locale], follows }] : [];
    }),
    facts: facts.map((fact) => ({
      text: renderFact(fact, locale),
      period: fact.period[locale],
      source: sourceText(catalog, fact.sourceId, locale),
    })),
    laws: lawsFor(office.country, petition, catalog).map((law) => ({
      name: law.name[locale],
      text: law.text[locale],
    })),
  };
}

/** `mx-inm-a4.pdf` */
export function packFile({ officeId }: Pick<Pack, 'officeId'>, paper: Paper): string {
  return `${officeId}-${paper}.pdf`;
}

/** That a pack was handed in, as an organiser recorded it; calendar days are the office's. */
export type HandedIn = {
  /** petition:office:day:folio, so that recording it twice records it once */
  _id: string;
  petitionId: string;
  officeId: string;
  on: string;
  /** what the office stamped on the copy, or the number of the mail receipt */
  folio: string;
  recordedBy: string;
  recordedAt: Date;
  answered?: { on: string; recordedBy: string; recordedAt: Date };
};

export function handedInId({
  petitionId,
  officeId,
  on,
  folio,
}: Omit<HandedIn, '_id' | 'recordedBy' | 'recordedAt'>) {
  return [petitionId, officeId, on, folio].join(':');
}

/** Whole calendar days from one to another, both `YYYY-MM-DD`; the day itself is none, and none is before it. */
export function daysBetween(from: string, to: string): number {
  return Math.max(0, calendarDays(from, to));
}
