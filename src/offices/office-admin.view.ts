import { calendarDays } from '../lib/days.ts';
import { formatDate, formatDateTime, formatDay } from '../lib/format.ts';
import type { MessageValues, Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import type { OfficeCalendar } from './calendar.ts';
import { type Holidays, holidaysOf } from './holidays.ts';
import {
  type Channel,
  emailChannel,
  holderOn,
  isDoNotContact,
  type Office,
  SOURCE_OLD_DAYS,
} from './office.ts';

/** An office as its page has it: with whether something holds its mail. */
export type OfficeSeen = Office & { isPaused: boolean };

export type OfficeReader = {
  locale: Locale;
  now: Date;
  calendar: OfficeCalendar;
  holidays: Holidays;
  translator: Translator;
  /** what a record kept of who did it, as a person reads it */
  nameOf(by: string): string;
};
type Reader = OfficeReader & { t(key: string, values?: MessageValues): string };

const CHANGES_SHOWN = 20;
const HOLIDAYS_SHOWN = 12;

/** One of the list: whether mail reaches it, and how old the word is that it does. */
export function officeRow(reading: OfficeReader, office: OfficeSeen) {
  const reader = withText(reading);
  const { t, locale } = reader;
  const next = nextClosing(office, today(reader, office));
  return {
    ref: office._id,
    name: office.name[locale],
    address: addressView(reader, office),
    pace: paceText(reader, office),
    now: openText(reader, office),
    holder: holderText(reader, office),
    ...(next && { closing: t('console.office.closedFrom', { span: spanText(locale, next) }) }),
    tags: tagsOf(reader, office),
  };
}

export function officeView(reading: OfficeReader, office: OfficeSeen) {
  const reader = withText(reading);
  const { t, locale } = reader;
  const day = today(reader, office);
  const { closings = [], holders, hours, languages, language, short, changes = [] } = office;
  return {
    ...officeRow(reader, office),
    otherName: office.name[locale === 'en' ? 'es' : 'en'],
    short: short ? `${short.en} / ${short.es}` : t('console.office.noShort'),
    country: t(`console.country.${office.country}`),
    zone: office.zone,
    language: t('console.office.languages', {
      language: t(`console.language.${language}`),
      all: languages.map((one) => t(`console.language.${one}`)).join(', '),
    }),
    enforces: t(`console.office.enforces.${office.enforcesImmigrationLaw === false ? 'no' : 'yes'}`),
    hours: `${hours.days.map((one) => t(`console.field.day${one}`)).join(', ')}, ${hours.from}–${hours.to}`,
    channels: office.channels
      .filter(({ kind }) => kind !== 'do-not-contact')
      .map((channel) => channelView(reader, channel, day)),
    holders: holders.toReversed().map(({ name, title, from, to }) => ({
      name,
      title: title[locale],
      span: spanText(locale, { from, ...(to && { to }) }),
      isNow: from <= day && (to === undefined || day < to),
    })),
    closings: closings.map((one) => ({
      span: spanText(locale, one),
      because: one.because,
      source: one.source,
      by: reader.nameOf(one.by),
      isOver: one.to < day,
    })),
    holidays: holidaysAhead(reader, office, day),
    changes: changes
      .slice(-CHANGES_SHOWN)
      .toReversed()
      .map(({ at, change, kind, value, reason, by }) => ({
        at: formatDateTime(at, locale, office.zone),
        what: t(`console.office.change.${change}`, { kind: t(`console.office.kind.${kind}`) }),
        value,
        reason,
        by: by && reader.nameOf(by),
      })),
  };
}

function withText(reading: OfficeReader): Reader {
  return { ...reading, t: (key, values) => reading.translator.t(reading.locale, key, values) };
}

function today({ calendar, now }: OfficeReader, office: Office): string {
  return calendar.dayOf(office, now);
}

function addressView(reader: Reader, office: Office) {
  const { t } = reader;
  const channel =
    emailChannel(office) ??
    office.channels.find(({ kind, state }) => kind === 'email' && state !== 'unverified');
  if (!channel) return { text: t(office.isPostOnly ? 'console.office.byPost' : 'console.office.noAddress') };
  return { ...channelView(reader, channel, today(reader, office)), isEmail: true };
}

function channelView({ t, locale }: Reader, channel: Channel, day: string) {
  const { kind, value, state, source, verifiedOn, failures = 0, failedAt, reason } = channel;
  const days = verifiedOn ? Math.max(0, calendarDays(verifiedOn, day)) : 0;
  return {
    kind: t(`console.office.kind.${kind}`),
    value,
    state: t(`console.office.state.${state}`),
    isBad: state === 'failing' || state === 'blocked',
    source,
    ...(verifiedOn && {
      seen: t('console.office.seen', { day: formatDay(verifiedOn, locale), days }),
      isOld: state === 'verified' && days > SOURCE_OLD_DAYS,
    }),
    ...(failures > 0 &&
      failedAt && {
        failed: t('console.office.failed', { failures, at: formatDate(failedAt, locale, 'UTC') }),
      }),
    reason,
  };
}

function tagsOf({ t }: Reader, office: OfficeSeen): string[] {
  return [
    ...(office.isPaused ? ['paused'] : []),
    ...(office.isPostOnly ? ['postOnly'] : []),
    ...(isDoNotContact(office) ? ['doNotContact'] : []),
  ].map((tag) => t(`console.office.tag.${tag}`));
}

function paceText({ t }: Reader, { pace, isPostOnly }: Office): string {
  return isPostOnly ? t('console.office.byPost') : t('console.office.paceText', { ...pace });
}

function openText(reader: Reader, office: Office): string {
  const { t, calendar, now, locale } = reader;
  if (calendar.isOpen(office, now)) return t('console.office.open');
  const at = formatDateTime(calendar.nextOpening(office, now), locale, office.zone);
  return t('console.office.closedUntil', { at });
}

function holderText(reader: Reader, office: Office): string {
  const { t, locale } = reader;
  const holder = holderOn(office, today(reader, office));
  if (!holder) return t('console.office.noHolder');
  const { name, to } = holder;
  return to ? t('console.office.holderUntil', { name, to: formatDay(to, locale) }) : name;
}

function nextClosing({ closings = [] }: Office, day: string) {
  return closings.find(({ to }) => day <= to);
}

function spanText(locale: Locale, { from, to }: { from: string; to?: string }): string {
  const first = formatDay(from, locale);
  return to === undefined || to === from ? first : `${first} – ${formatDay(to, locale)}`;
}

function holidaysAhead({ holidays, locale }: Reader, office: Office, day: string) {
  const year = Number(day.slice(0, 4));
  return [year, year + 1]
    .flatMap((one) => holidaysOf(holidays, office, one))
    .filter((one) => one.day >= day)
    .slice(0, HOLIDAYS_SHOWN)
    .map((one) => ({ day: formatDay(one.day, locale), name: one.name[locale] }));
}
