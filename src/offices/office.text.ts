import { utcDay, utcMinute } from '../lib/clock.ts';
import { formatTable } from '../lib/terminal/table.ts';
import type { OfficeCalendar } from './calendar.ts';
import {
  type Channel,
  type ChannelChange,
  type Closing,
  emailChannel,
  type Holder,
  holderOn,
  isDoNotContact,
  type Office,
  type Pace,
} from './office.ts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Whether mail reaches it, in a few words, and the address that this is about. */
export function emailState(office: Office): { state: string; address: string } {
  if (isDoNotContact(office)) return { state: 'do not contact', address: '' };
  if (office.isPostOnly) return { state: 'post only', address: '' };
  const channel = emailChannel(office) ?? office.channels.find(({ kind }) => kind === 'email');
  if (!channel) return { state: 'unverified', address: '' };
  return { state: stateText(channel), address: channel.value };
}

/** Everything about one office, for an organiser's terminal. */
export function describeOffice(office: Office, calendar: OfficeCalendar, now: Date): string {
  const { name, short, country, zone, language, languages, hours, pace, channels, holders } = office;
  const { changes = [], closings = [] } = office;
  const today = calendar.dayOf(office, now);
  const { state, address } = emailState(office);
  const days = hours.days.map((day) => WEEKDAYS[day - 1]).join(', ');
  const rows = [
    ['name', `${name.en} / ${name.es}`],
    ['short name', short ? `${short.en} / ${short.es}` : 'none: subjects have the whole name'],
    ['e-mail', `${state} ${address}`.trim()],
    ['country', country],
    ['languages', `written to in ${language}, answers in ${languages.join(', ')}`],
    ['hours', `${hours.from}–${hours.to} ${days}, ${zone}`],
    ['now', `${today}, ${openText(office, calendar, now)}`],
    ['enforces', office.enforcesImmigrationLaw === false ? 'no' : 'yes, as people are told'],
    ['pace', paceText(pace)],
    ['holder', holderOn(office, today)?.name ?? 'not known: letters name nobody'],
  ];
  return [
    formatTable(['office', office._id], rows),
    ...section('Channels', channelsText(channels)),
    ...section('Holders', holdersText(holders)),
    ...(closings.length === 0 ? [] : section('Closed', closingsText(closings))),
    ...(changes.length === 0 ? [] : section('What happened to its channels', changesText(changes))),
  ].join('\n');
}

export function channelsText(channels: readonly Channel[]): string {
  if (channels.length === 0) return 'none';
  const rows = channels.map((one) => [
    one.kind,
    stateText(one),
    one.value,
    one.source ?? '',
    one.reason ?? '',
  ]);
  return formatTable(['kind', 'state', 'value', 'source', 'reason'], rows);
}

export function closingsText(closings: readonly Closing[]): string {
  if (closings.length === 0) return 'none';
  const rows = closings.map(({ from, to, because, source, by }) => [from, to, because, source, by]);
  return formatTable(['from', 'to', 'because', 'source', 'entered by'], rows);
}

export function holdersText(holders: readonly Holder[]): string {
  if (holders.length === 0) return 'none';
  const rows = holders.map(({ name, title, from, to = '' }) => [from, to, name, `${title.en} / ${title.es}`]);
  return formatTable(['from', 'until', 'name', 'title'], rows);
}

/** "1 digest a month, 10 letters an hour, 200 letters in all" */
export function paceText({ digestsPerMonth, lettersPerHour, lettersInAll }: Pace): string {
  const digests = digestsPerMonth === 1 ? '1 digest' : `${digestsPerMonth} digests`;
  return `${digests} a month, ${lettersPerHour} single letters an hour, ${lettersInAll} in all`;
}

function changesText(changes: readonly ChannelChange[]): string {
  const rows = changes.map(({ at, change, kind, value, reason = '' }) => [
    utcMinute(at),
    change,
    kind,
    value,
    reason,
  ]);
  return formatTable(['when (UTC)', 'what', 'kind', 'value', 'reason'], rows);
}

function stateText({ state, verifiedOn = '', failures = 0, failedAt }: Channel): string {
  if (state === 'failing') return `failing ${failedAt ? utcDay(failedAt) : ''}`.trim();
  const came = failures === 0 ? '' : `, ${failures} came back`;
  return `${state} ${verifiedOn}`.trim() + came;
}

function openText(office: Office, calendar: OfficeCalendar, now: Date): string {
  if (calendar.isOpen(office, now)) return 'open';
  const opening = calendar.nextOpening(office, now);
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: office.zone,
    dateStyle: 'full',
    timeStyle: 'short',
  });
  return `closed until ${format.format(opening)} there`;
}

function section(heading: string, text: string): string[] {
  return ['', heading, ...text.split('\n').map((line) => `  ${line}`)];
}
