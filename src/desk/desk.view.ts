import { addMilliseconds, HOUR } from '../lib/clock.ts';
import { formatDateTime } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { placeName } from '../lib/places.ts';
import { HOME } from '../organisers/visit.ts';
import { type Petition, petitionText } from '../petitions/petition.ts';
import type { Burst } from './burst.ts';
import { type DeskSignature, type PageCursor, type Selection, type Standing, standingOf } from './desk.ts';

export const SIGNATURES = `${HOME}/signatures`;

/** What every page of the desk is made with. */
export type DeskReader = {
  locale: Locale;
  zone: string;
  petitions: readonly Petition[];
};
type T = Pick<Translator, 't'>;

export type FoundView = {
  href: string;
  name: string;
  email: string;
  petition: string;
  standing: string;
  place: string;
  at: string;
};

function titleOf({ petitions, locale }: DeskReader, petitionId: string): string {
  const petition = petitions.find(({ _id }) => _id === petitionId);
  return petition ? petitionText(petition, locale).title : petitionId;
}

function standingText({ t }: T, { locale }: DeskReader, one: DeskSignature): string {
  return t(locale, `console.desk.standing.${standingOf(one.signature)}`);
}

export function foundView(translator: T, reader: DeskReader, one: DeskSignature): FoundView {
  const { locale, zone } = reader;
  const { signature, person, handle } = one;
  const gone = translator.t(locale, 'console.desk.noPerson');
  return {
    href: `${SIGNATURES}/${handle}`,
    name: person ? person.name || '–' : gone,
    email: person?.email ?? '',
    petition: titleOf(reader, signature.petitionId),
    standing: standingText(translator, reader, one),
    place: signature.country ? placeName(signature, locale) : '–',
    at: formatDateTime(signature.confirmedAt ?? signature.createdAt, locale, zone),
  };
}

/** Each line of what is known of one. */
export function detailRows(
  translator: T,
  reader: DeskReader,
  one: DeskSignature,
): { label: string; value: string }[] {
  const { locale, zone } = reader;
  const { signature, person } = one;
  const say = (key: string, values?: Record<string, string | number>) =>
    translator.t(locale, `console.desk.${key}`, values);
  const when = (at: Date) => formatDateTime(at, locale, zone);
  const { confirmedAt, withdrawnAt, counted, consent, signedWith } = signature;
  const boxes = (['showName', 'shareWords', 'updates'] as const).filter((box) => consent[box]);
  const rows: [string, string | undefined][] = [
    ['name', person?.name],
    ['email', person?.email],
    ['petition', titleOf(reader, signature.petitionId)],
    ['standing', standingText(translator, reader, one)],
    ['number', counted?.place === undefined ? undefined : String(counted.place)],
    ['place', signature.country ? placeName(signature, locale) : undefined],
    ['source', sourceText(translator, locale, signature.source)],
    ['language', say(`language.${signature.locale}`)],
    ['boxes', boxes.map((box) => say(`box.${box}`)).join(', ') || say('box.none')],
    ['signedAt', when(signature.createdAt)],
    ['confirmedAt', confirmedAt && when(confirmedAt)],
    ['withdrawnAt', withdrawnAt && when(withdrawnAt)],
    ['signedWith', signedWith && titleOf(reader, signedWith)],
  ];
  return rows.flatMap(([key, value]) => (value ? [{ label: say(key), value }] : []));
}

function sourceText({ t }: T, locale: Locale, source: string): string {
  return t(locale, `console.desk.source.${source}`);
}

/** What a selection says, in words; domain and network are keyed, and cannot be named. */
export function selectionTexts(
  translator: T,
  reader: DeskReader,
  selection: Selection,
  standing?: Standing,
): string[] {
  const { locale, zone } = reader;
  const { petitionId, domain, network, source, country, region, from, to } = selection;
  const say = (key: string, values?: Record<string, string>) =>
    translator.t(locale, `console.desk.by.${key}`, values);
  return [
    ...(petitionId ? [say('petition', { title: titleOf(reader, petitionId) })] : []),
    ...(domain ? [say('domain')] : []),
    ...(network ? [say('network')] : []),
    ...(source ? [say('source', { source: sourceText(translator, locale, source) })] : []),
    ...(country ? [say('place', { place: placeName({ country, region }, locale) })] : []),
    ...(from ? [say('from', { at: formatDateTime(from, locale, zone) })] : []),
    ...(to ? [say('to', { at: formatDateTime(to, locale, zone) })] : []),
    ...(standing ? [translator.t(locale, `console.desk.standing.${standing}`)] : []),
  ];
}

/** As a query that names it again; nothing in it names a person. */
export function selectionQueryText(
  selection: Selection,
  more: { standing?: Standing | undefined; who?: string | undefined; after?: PageCursor | undefined } = {},
): string {
  const { standing, who, after } = more;
  return new URLSearchParams({
    ...selectionFields(selection),
    ...(standing && { standing }),
    ...(who && { who }),
    ...(after && { after: `${after.at.getTime()}.${after.skip}` }),
  }).toString();
}

export function selectionFields({ petitionId, from, to, ...rest }: Selection): Record<string, string> {
  return {
    ...(petitionId && { petition: petitionId }),
    ...rest,
    ...(from && { from: from.toISOString() }),
    ...(to && { to: to.toISOString() }),
  };
}

export type BurstView = {
  text: string;
  href: string;
  fields: { name: string; value: string }[];
};

export function burstView({ t }: T, reader: DeskReader, burst: Burst): BurstView {
  const { locale, zone } = reader;
  const { petitionId, hour, kind, key, count, total, hourId } = burst;
  const selection = { petitionId, [kind]: key, from: hour, to: addMilliseconds(hour, HOUR) };
  return {
    text: t(locale, `console.desk.burst.${kind}`, {
      count,
      total,
      at: formatDateTime(hour, locale, zone),
      title: titleOf(reader, petitionId),
    }),
    href: `${SIGNATURES}?${selectionQueryText(selection)}`,
    fields: Object.entries({ hour: hourId, kind, key }).map(([name, value]) => ({ name, value })),
  };
}
