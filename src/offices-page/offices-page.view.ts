import {
  historyOf,
  type KeptAnswer,
  type Published,
  paragraphsOf,
  type Said,
  translatedReason,
} from '../answers/answer.ts';
import { entriesOf } from '../deliveries/coverage.ts';
import { dayIn } from '../lib/days.ts';
import { formatDate } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { countryName } from '../lib/places.ts';
import { paths } from '../lib/urls.ts';
import type { OfficeCalendar } from '../offices/calendar.ts';
import type { Office } from '../offices/office.ts';
import { type Catalog, demandsTo, type Petition, petitionText } from '../petitions/petition.ts';
import { type PublicRecord, SENT_SHOWN, type Sent } from './offices-page.service.ts';
import { reachedView } from './reached.view.ts';
import type { AnswerView, DemandsView, OfficeCard, OfficeView, SaidView } from './shown.view.ts';

export type RecordInput = {
  offices: readonly Office[];
  petitions: readonly Petition[];
  record: PublicRecord;
  locale: Locale;
  now: Date;
};

/** What everybody may know of the offices that are asked: words from published answers, and dates of what was sent. */
export function createRecordViews(deps: {
  translator: Pick<Translator, 't'>;
  catalog: Catalog;
  calendar: Pick<OfficeCalendar, 'workingDaysBetween'>;
}) {
  const { translator, catalog, calendar } = deps;
  const { t } = translator;

  function officeCards(input: RecordInput): OfficeCard[] {
    const { offices, petitions, locale } = input;
    return offices
      .filter(({ _id }) => petitions.some(({ officeIds }) => officeIds.includes(_id)))
      .map((office) => ({
        name: office.name[locale],
        path: paths.office(locale, office._id),
        country: countryName(office.country, locale),
        status: statusOf(office, input),
      }));
  }

  /** One sentence: it has answered, somebody is reading, so many days of silence, or nothing was sent to it. */
  function statusOf(office: Office, { record, petitions, locale, now }: RecordInput): string {
    const answers = record.answers.filter(
      ({ officeId, isMereRequest }) => officeId === office._id && !isMereRequest,
    );
    const published = answers.filter((answer) => answer.published);
    if (published[0]) {
      const date = formatDate(published[0].at, locale, office.zone);
      return t(locale, 'record.status.answered', { count: published.length, date });
    }
    // To count days of silence while its letter lies here unread would not be true.
    if (answers.length > 0) return t(locale, 'record.status.reading');
    const first = petitions
      .flatMap(({ _id }) => record.firstSent.get(`${_id}:${office._id}`) ?? [])
      .sort((a, b) => a.getTime() - b.getTime())[0];
    if (!first) return t(locale, office.isPostOnly ? 'record.status.postOnly' : 'record.status.notWritten');
    const date = formatDate(first, locale, office.zone);
    return t(locale, 'record.status.silent', { days: calendar.workingDaysBetween(office, first, now), date });
  }

  function officeView(office: Office, input: RecordInput): OfficeView {
    const { petitions, record, locale, offices } = input;
    const asking = petitions.filter(({ officeIds }) => officeIds.includes(office._id));
    const sent = record.sent.filter(({ officeId }) => officeId === office._id);
    const rows = lettersByDay(sent, office.zone).sort((a, b) => when(b) - when(a));
    const titles = titlesOf(petitions, locale);
    return {
      name: office.name[locale],
      country: countryName(office.country, locale),
      status: statusOf(office, input),
      reached: reachedView(office, offices, t, locale),
      petitions: asking.map((petition) => ({
        title: petitionText(petition, locale).title,
        path: paths.petition(locale, petition._id),
        demandsPath: paths.demands(locale, petition._id),
        demands: demandsTo(office._id, petition, catalog).map((demand) => ({
          text: demand.text[locale],
          follows: demand.followsFor.includes(office._id),
          said: newestWord(office, petition._id, demand.id, input),
        })),
      })),
      sent: rows.slice(0, SENT_SHOWN).map((one) => sentView(one, office, titles, locale)),
      isCut: rows.length > SENT_SHOWN || isAnyCut(sent),
      answers: record.answers
        .filter(({ officeId, published }) => officeId === office._id && published)
        .map((answer) => answerView(answer, office, titles, locale)),
    };
  }

  function newestWord(office: Office, petitionId: string, demandId: string, input: RecordInput): string {
    const { record, locale } = input;
    const [newest] = historyOf(record.answers, { petitionId, officeId: office._id, demandId });
    if (newest) return t(locale, 'record.saidOn', saidView(newest, office, locale));
    return t(locale, 'record.noWord');
  }

  function sentView(
    one: Sent,
    office: Office,
    titles: ReadonlyMap<string, string>,
    locale: Locale,
  ): OfficeView['sent'][number] {
    const isDigest = one.kind === 'digest';
    return {
      on: formatDate(new Date(when(one)), locale, office.zone),
      petitionTitle: titles.get(one.petitionId) ?? one.petitionId,
      kind: isDigest
        ? t(locale, 'record.kind.digest')
        : t(locale, 'record.kind.letter', { count: one.people }),
      people: one.people,
      entries: isDigest ? t(locale, 'record.entries', entriesOf(one)) : '',
      state: t(locale, `record.state.${one.state}`),
    };
  }

  function answerView(
    { at, via, petitionId, published }: KeptAnswer,
    office: Office,
    titles: ReadonlyMap<string, string>,
    locale: Locale,
  ): AnswerView {
    const lang = published && published.locale !== locale ? { lang: published.locale } : {};
    const ours = lang.lang && published?.translation?.text;
    return {
      heading: t(locale, `record.answer.${via}`, { date: formatDate(at, locale, office.zone) }),
      petitionTitle: titles.get(petitionId) ?? petitionId,
      ...lang,
      paragraphs: paragraphsOf(published?.text ?? ''),
      ...(ours && { translation: paragraphsOf(ours) }),
      statements: (published?.statements ?? []).map(({ demandId, status, reason }) => ({
        demand: catalog.demands.get(demandId)?.text[locale] ?? demandId,
        label: t(locale, `answer.status.${status}`),
        ...(reason && { reason, ...lang }),
        ...(published && lang.lang && translationOf(published, demandId)),
      })),
    };
  }

  function saidView(one: Said, office: Office, locale: Locale): SaidView {
    const { status, at, reason, locale: written, translation } = one;
    return {
      label: t(locale, `answer.status.${status}`),
      on: formatDate(at, locale, office.zone),
      ...(reason && { reason, ...(written !== locale && { lang: written }) }),
      ...(written !== locale && translation && { translation }),
    };
  }

  /** Demands down, offices across; each cell with the dated history of that office's words. */
  function demandsView(petition: Petition, input: RecordInput): DemandsView {
    const { record, locale } = input;
    const offices = input.offices.filter(({ _id }) => petition.officeIds.includes(_id));
    const demands = petition.demandIds.flatMap((id) => catalog.demands.get(id) ?? []);
    return {
      petitionTitle: petitionText(petition, locale).title,
      petitionPath: paths.petition(locale, petition._id),
      offices: offices.map(({ _id, name }) => ({ name: name[locale], path: paths.office(locale, _id) })),
      demands: demands.map((demand, index) => ({
        number: index + 1,
        text: demand.text[locale],
        cells: offices.map((office) => {
          const of = { petitionId: petition._id, officeId: office._id, demandId: demand.id };
          const [said, ...older] = historyOf(record.answers, of).map((one) => saidView(one, office, locale));
          const isAsked = demand.officeIds.includes(office._id);
          const first = record.firstSent.get(`${petition._id}:${office._id}`);
          return {
            office: office.name[locale],
            isAsked,
            label: silentLabel(isAsked, first, office, locale),
            ...(said && { said }),
            older,
          };
        }),
      })),
    };
  }

  function silentLabel(isAsked: boolean, first: Date | undefined, office: Office, locale: Locale): string {
    if (!isAsked) return t(locale, 'record.cell.notAsked');
    if (!first) return t(locale, 'record.cell.notWritten');
    return t(locale, 'record.cell.noWord', { date: formatDate(first, locale, office.zone) });
  }

  return { officeCards, officeView, demandsView, answerView };
}
export type RecordViews = ReturnType<typeof createRecordViews>;

function translationOf(published: Published, demandId: string): { translation?: string } {
  const translation = translatedReason(published, demandId);
  return translation ? { translation } : {};
}

function when({ endedAt, releasedAt }: Sent): number {
  return (endedAt ?? releasedAt)?.getTime() ?? 0;
}

/** Single letters of one day, petition and end stand in one row: so many people wrote. */
function lettersByDay(sent: readonly Sent[], zone: string): Sent[] {
  const days = Map.groupBy(sent, (one) =>
    one.kind === 'digest'
      ? one._id
      : JSON.stringify([one.petitionId, one.state, dayIn(zone, new Date(when(one)))]),
  );
  return [...days.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, people: others.reduce((sum, { people }) => sum + people, first.people) }] : [],
  );
}

function isAnyCut(sent: readonly Sent[]): boolean {
  const groups = Map.groupBy(sent, ({ petitionId, kind }) => `${petitionId}:${kind}`);
  return [...groups.values()].some(({ length }) => length >= SENT_SHOWN);
}

function titlesOf(petitions: readonly Petition[], locale: Locale): Map<string, string> {
  return new Map(petitions.map((petition) => [petition._id, petitionText(petition, locale).title]));
}
