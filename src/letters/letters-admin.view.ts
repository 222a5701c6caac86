import { entriesOf } from '../deliveries/coverage.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { momentsAhead } from '../deliveries/dispatch.ts';
import { type Pause, pauseOf } from '../deliveries/pause.ts';
import type { Report } from '../deliveries/preflight.ts';
import { organiserOf } from '../lib/actor.ts';
import { formatDateTime } from '../lib/format.ts';
import type { MessageValues, Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import type { OfficeCalendar } from '../offices/calendar.ts';
import { emailChannel, type Office } from '../offices/office.ts';
import { type Petition, petitionText } from '../petitions/petition.ts';

/** A delivery as its page has it: with what a filter would say of it, while it is planned. */
export type DeliverySeen = Delivery & { office: Office; petition?: Petition; report?: Report };
/** What there is for an office. */
export type BatchSeen = Office & {
  planned: readonly Delivery[];
  approved: readonly Delivery[];
  released: readonly Delivery[];
  report?: Report;
};

export type LettersReader = {
  locale: Locale;
  now: Date;
  zone: string;
  calendar: OfficeCalendar;
  translator: Translator;
  names: ReadonlyMap<string, string>;
  offices: ReadonlyMap<string, Office>;
  petitions: ReadonlyMap<string, Petition>;
  pauses: readonly Pause[];
};

/** Of a queue: more are only counted. */
const AHEAD = 12;
const say = (reader: LettersReader) => (key: string, values?: MessageValues) =>
  reader.translator.t(reader.locale, key, values);
const nameOf = ({ names }: LettersReader, by: string) => names.get(organiserOf(by) ?? '') ?? by;

/** "cancelled by organiser:…": the server's words are shown as they are. */
function replyText(reader: LettersReader, reply: string): string {
  return reply.replace(/(?<=^(?:cancelled|resolved) by )(.+)$/, (by) => nameOf(reader, by));
}

export function deliveryRow(reader: LettersReader, delivery: Delivery) {
  const t = say(reader);
  const { _id, kind, state, officeId, petitionId, quotes, approvedBy, fault, reply } = delivery;
  const office = reader.offices.get(officeId);
  const petition = reader.petitions.get(petitionId);
  const at = delivery.endedAt ?? delivery.releasedAt ?? delivery.approvedAt ?? delivery.plannedAt;
  const { from, to } = entriesOf(delivery);
  return {
    id: encodeURIComponent(_id),
    title: t(`console.delivery.kind.${kind}`, { n: delivery.n }),
    office: office?.name[reader.locale] ?? officeId,
    petition: petition ? petitionText(petition, reader.locale).title : petitionId,
    state: t(`console.delivery.state.${state}`),
    isBad: state === 'unknown' || state === 'bounced' || state === 'failed',
    at: formatDateTime(at, reader.locale, office?.zone ?? reader.zone),
    holds:
      kind === 'digest'
        ? t('console.delivery.holds', { from, to, quotes: quotes.length })
        : t('console.delivery.holdsOne'),
    ...(approvedBy && { approvedBy: t('console.delivery.approvedBy', { name: nameOf(reader, approvedBy) }) }),
    ...((fault ?? reply) && { said: replyText(reader, fault ?? reply ?? '') }),
  };
}

/** What goes to an office when, in the office's own time. */
export function officeAhead(reader: LettersReader, office: Office, open: readonly Delivery[]) {
  const t = say(reader);
  const own = open.filter(({ officeId }) => officeId === office._id);
  const of = (state: Delivery['state']) => own.filter((one) => one.state === state);
  const [planned, approved, released] = [of('planned'), of('approved'), of('released')];
  const doubtful = [...of('unknown'), ...of('bounced')];
  const pause = reader.pauses.find(({ _id }) => _id === 'all' || _id === `office:${office._id}`);
  const queue = approved
    .toSorted((a, b) => Number(a.kind === 'letter') - Number(b.kind === 'letter'))
    .slice(0, AHEAD);
  const moments = emailChannel(office)
    ? momentsAhead(office, reader.calendar, reader.now, Math.max(1, queue.length))
    : [];
  const time = (at: Date | undefined) => at && formatDateTime(at, reader.locale, office.zone);
  return {
    ref: office._id,
    name: office.name[reader.locale],
    ...(planned.length > 0 && { planned: t('console.letters.planned', { count: planned.length }) }),
    ...(moments[0] && { earliest: t('console.letters.earliest', { at: time(moments[0]) ?? '' }) }),
    ...(pause && {
      paused: t('console.letters.pausedBy', { name: nameOf(reader, pause.by), why: pause.because }),
    }),
    queue: queue.map((one, index) => ({
      ...deliveryRow(reader, one),
      at: pauseOf(reader.pauses, one) ? t('console.letters.afterPause') : time(moments[index]),
    })),
    ...(approved.length > AHEAD && { more: t('console.letters.more', { count: approved.length - AHEAD }) }),
    released: released.map((one) => deliveryRow(reader, one)),
    doubtful: doubtful.map((one) => deliveryRow(reader, one)),
  };
}

/** What a filter would say. The finding itself is in the words of the log. */
export function reportView(reader: LettersReader, report: Report | undefined) {
  if (!report) return undefined;
  const t = say(reader);
  return {
    mayGo: report.mayGo,
    says: t(`console.checks.${report.mayGo ? 'go' : 'stop'}`),
    checks: report.checks.map(({ name, level, says }) => ({
      name: t(`console.check.${name}`),
      level: t(`console.level.${level}`),
      isBad: level === 'stop',
      says,
    })),
  };
}

/** What can stand still, as `scopeId` names it, and the pause that it has. */
export function scopesOf(reader: LettersReader) {
  const t = say(reader);
  const names = [
    ['all', t('console.letters.everything')],
    ...[...reader.petitions.values()].map((one) => [
      `petition:${one._id}`,
      petitionText(one, reader.locale).title,
    ]),
    ...[...reader.offices.values()].map(({ _id, name }) => [`office:${_id}`, name[reader.locale]]),
  ];
  return names.map(([_id = '', name = '']) => {
    const pause = reader.pauses.find((one) => one._id === _id);
    const since = pause && {
      because: pause.because,
      since: t('console.letters.since', {
        name: nameOf(reader, pause.by),
        at: formatDateTime(pause.at, reader.locale, reader.zone),
      }),
    };
    return { _id, name, isPaused: pause !== undefined, ...since };
  });
}

/** Who decided on it before: for somebody who comes second. */
export function decidedBy({ state, reply = '', approvedBy = '' }: Delivery) {
  const [, by = approvedBy] = /^(?:cancelled|resolved) by (.+)$/.exec(reply) ?? [];
  return { fault: 'delivery.decided', values: { state, by } };
}
