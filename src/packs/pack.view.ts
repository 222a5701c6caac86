import { dayIn } from '../lib/days.ts';
import { formatDay } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { PAPERS } from '../lib/pdf/pdf.ts';
import { paths } from '../lib/urls.ts';
import { type Petition, petitionText } from '../petitions/petition.ts';
import { daysBetween, type HandedIn, type Pack, type PackKind, packFile } from './pack.ts';

/** A day that somebody handed the pack in, and how long the office has been silent, or was. */
type ClockView = { date: string; folio: string; days: number; answeredOn?: string };

export type PacksView = {
  petitionTitle: string;
  petitionPath: string;
  mexican: OfficePackView[];
  american: OfficePackView[];
  hasNone: boolean;
};

type OfficePackView = {
  office: string;
  /** how many demands it carries */
  demands: number;
  downloads: { label: string; path: string; hint: string }[];
  clocks: ClockView[];
};

export function packsView(input: {
  petition: Petition;
  packs: readonly Pack[];
  handedIn: readonly HandedIn[];
  translator: Pick<Translator, 't'>;
  locale: Locale;
  now: Date;
}): PacksView {
  const { petition, packs, locale } = input;
  const of = (kind: PackKind) =>
    packs.filter((pack) => pack.kind === kind).map((pack) => officePackView(pack, input));
  return {
    petitionTitle: petitionText(petition, locale).title,
    petitionPath: paths.petition(locale, petition._id),
    mexican: of('mx-article-8'),
    american: of('us-rulemaking'),
    hasNone: packs.length === 0,
  };
}

function officePackView(pack: Pack, input: Parameters<typeof packsView>[0]): OfficePackView {
  const { petition, handedIn, translator, locale, now } = input;
  const { office, officeId, demands, kind } = pack;
  const name = kind === 'us-rulemaking' ? translator.t(locale, 'packs.us.department') : office.name[locale];
  const today = dayIn(office.zone, now);
  return {
    office: name,
    demands: demands.length,
    downloads: PAPERS.map((paper) => ({
      label: translator.t(locale, `packs.paper.${paper}`),
      hint: translator.t(locale, 'packs.download.hint', { office: name }),
      path: paths.packFile(locale, petition._id, packFile(pack, paper)),
    })),
    clocks: handedIn
      .filter((one) => one.officeId === officeId)
      .map(({ on, folio, answered }) => ({
        date: formatDay(on, locale),
        folio,
        days: daysBetween(on, answered?.on ?? today),
        ...(answered && { answeredOn: formatDay(answered.on, locale) }),
      })),
  };
}
