import { AppError } from '../lib/errors.ts';
import { cutText } from '../lib/text/cut-text.ts';
import { isHelplineText } from './helplines.ts';
import { type Channel, type ChannelChange, isDoNotContact, type Office } from './office.ts';

/** Mails that came back for another reason than "no such address", after which nothing more is sent there. */
const FAILURES_TO_FAIL = 3;
const CHANGES_KEPT = 200;
const REASON_LENGTH = 300;

export type Failure = {
  reason: string;
  at: Date;
  /** "no such address": once is enough */
  hard?: boolean | undefined;
  /** where the mail went; else the address that is written to now. A word about another one changes nothing */
  address?: string | undefined;
  /** a mail that is reported twice counts once */
  deliveryId?: string | undefined;
  /** when that mail was let go: one from before the address was last verified says nothing of it now */
  sentAt?: Date | undefined;
};

/** From now on this is the address that is written to, in the place of the one before; others stay as they are. */
export function putVerified(office: Office, channel: Channel, at: Date): Office {
  refuseTarget(office, channel);
  if (find(office, channel)?.state === 'blocked')
    throw refused(
      `${channel.value} is blocked${because(find(office, channel))}: first \`office channel unblock ${office._id} ${channel.value}\`.`,
      'blocked',
    );
  const before = written(office);
  const rest = office.channels.filter((one) => !isSame(one, channel));
  const place = rest.findIndex((one) => one === before || (!before && one.kind === 'email'));
  const index = place === -1 ? rest.length : place;
  const channels = rest.toSpliced(index, before && !isSame(before, channel) ? 1 : 0, channel);
  const changes = before && !isSame(before, channel) ? [change('replaced', before, at)] : [];
  return withChannels(office, channels, ...changes, change('verified', channel, at));
}

/** One more way to reach it. An e-mail address is written to when those before it fail or are blocked. */
export function addChannel(office: Office, channel: Channel, at: Date): Office {
  refuseTarget(office, channel);
  if (find(office, channel))
    throw refused(`${office._id} has this ${channel.kind} channel already.`, 'already');
  return withChannels(office, [...office.channels, channel], change('added', channel, at));
}

/** Nobody writes to it any more, by whatever way; the reason is shown. */
export function setDoNotContact(office: Office, reason: string, at: Date): Office {
  if (isDoNotContact(office))
    throw refused(`${office._id} is marked do-not-contact already.`, 'doNotContact');
  const channel: Channel = { kind: 'do-not-contact', value: reason, state: 'verified' };
  return withChannels(office, [...office.channels, channel], change('added', channel, at));
}

export function liftDoNotContact(office: Office, at: Date): Office {
  const marks = office.channels.filter(({ kind }) => kind === 'do-not-contact');
  if (marks.length === 0) throw refused(`${office._id} is not marked do-not-contact.`, 'gone');
  const channels = office.channels.filter(({ kind }) => kind !== 'do-not-contact');
  return withChannels(office, channels, ...marks.map((mark) => change('removed', mark, at)));
}

/** @param word the channel's value, or its kind when there is one such alone */
export function removeChannel(office: Office, word: string, at: Date): Office {
  const channel = named(office, word);
  const channels = office.channels.filter((one) => one !== channel);
  return withChannels(office, channels, change('removed', channel, at));
}

export function blockChannel(office: Office, word: string, at: Date, reason?: string): Office {
  const channel = named(office, word);
  if (channel.kind === 'do-not-contact')
    throw refused(`${office._id} is marked do-not-contact already.`, 'doNotContact');
  if (channel.state === 'blocked') throw refused(`${channel.value} is blocked already.`, 'blocked');
  return block(office, [channel], at, reason);
}

/** All addresses that it could be written to now: none takes the place of the first. */
export function blockEmail(office: Office, at: Date, reason?: string): Office {
  const channels = office.channels.filter(({ kind, state }) => kind === 'email' && state === 'verified');
  if (channels.length === 0)
    throw refused(`${office._id} has no verified e-mail channel: nothing is sent to it.`, 'noAddress');
  return block(office, channels, at, reason);
}

/** Blocked or failing no more: verified if somebody saw it published, and nothing that came back counts any more. */
export function unblockChannel(office: Office, word: string, at: Date): Office {
  const channel = named(office, word);
  if (channel.state !== 'blocked' && channel.state !== 'failing')
    throw refused(`${channel.value} is ${channel.state}, not blocked.`, 'gone');
  const { failedAt: _, failures: __, reason: ___, ...rest } = channel;
  const after: Channel = { ...rest, state: rest.source && rest.verifiedOn ? 'verified' : 'unverified' };
  refuseTarget(office, after);
  return withChannels(office, replace(office, channel, after), change('unblocked', after, at));
}

/** A mail came back. The office as it is when that is known already, or is about an address that is written to no more. */
export function failChannel(
  office: Office,
  { reason: said, at, hard, address, deliveryId, sentAt }: Failure,
): Office {
  const channel = address === undefined ? written(office) : writtenAt(office, address);
  if (!channel || (deliveryId && isKnown(office, deliveryId))) return office;
  if (sentAt && changesSince(office, channel).some((one) => isFresh(one) && one.at > sentAt)) return office;
  const reason = plain(said);
  const failures = (channel.failures ?? 0) + 1;
  const isFailing = hard === true || failures >= FAILURES_TO_FAIL;
  const after: Channel = {
    ...channel,
    failedAt: at,
    failures,
    reason,
    state: isFailing ? 'failing' : channel.state,
  };
  const what = isFailing ? 'failing' : 'failed';
  const entry = {
    ...change(what, after, at),
    reason,
    ...(hard && { isHard: true as const }),
    ...(deliveryId && { deliveryId }),
  };
  return withChannels(office, replace(office, channel, after), entry);
}

/**
 * One mail arrived after all: what its reports said of the address is taken back, and counts no more. The office as it is
 * when nothing was said, or when somebody has decided on the address since.
 */
export function recoverChannel(office: Office, deliveryId: string, at: Date): Office {
  const said = office.changes?.find((one) => one.deliveryId === deliveryId);
  const channel = office.channels.find(
    (one) => said && isSame(one, { ...one, kind: said.kind, value: said.value }) && one.state !== 'blocked',
  );
  if (!channel?.failures) return office;
  const since = changesSince(office, channel);
  const from = since.findLastIndex(isFresh);
  const failed = since.slice(from + 1).filter(({ change: what }) => what === 'failed' || what === 'failing');
  const taken = new Set(
    since.filter(({ change: what }) => what === 'recovered').map((one) => one.deliveryId),
  );
  if (!failed.some((one) => one.deliveryId === deliveryId) || taken.has(deliveryId)) return office;
  const left = failed.filter((one) => one.deliveryId !== deliveryId && !taken.has(one.deliveryId));
  const last = left.at(-1);
  const { failures: _, failedAt: __, reason: ___, ...rest } = channel;
  const isFailing = left.some(({ isHard }) => isHard) || left.length >= FAILURES_TO_FAIL;
  const after: Channel = {
    ...rest,
    ...(last && { failures: left.length, failedAt: last.at, ...(last.reason && { reason: last.reason }) }),
    state: isFailing ? 'failing' : 'verified',
  };
  return withChannels(office, replace(office, channel, after), {
    ...change('recovered', after, at),
    deliveryId,
  });
}

/** The office with who it was that made what is new in the list of changes. */
export function signedBy(by: string, before: Office, after: Office): Office {
  if (after === before || !after.changes) return after;
  const known = new Set(before.changes);
  return { ...after, changes: after.changes.map((one) => (known.has(one) ? one : { ...one, by })) };
}

/** No helpline, no office that may not be written to this way. @throws OFFICE_IS_HELPLINE, OFFICE_CHANNEL_INVALID */
function refuseTarget(office: Office, { kind, value, source }: Channel): void {
  refuseHelpline(office.name.en, office.name.es, value, source);
  if (office.isPostOnly && kind !== 'post')
    throw refused(`${office.name.en} is written to by post only: it serves people in need.`, 'postOnly');
  const mark = office.channels.find((one) => one.kind === 'do-not-contact');
  if (mark)
    throw refused(
      `${office._id} is marked do-not-contact (${mark.value}): first \`office do-not-contact ${office._id} --lift\`.`,
      'doNotContact',
    );
}

/** @throws OFFICE_IS_HELPLINE: there is no override */
export function refuseHelpline(...texts: readonly (string | undefined)[]): void {
  const said = texts.find((text) => isHelplineText(text));
  if (said === undefined) return;
  throw new AppError('OFFICE_IS_HELPLINE', {
    message: `"${said}" is, or was published by, a helpline. Families use helplines to find children: none is ever a target, and nothing overrides that. Enter the office that is responsible for it.`,
    fault: 'helpline',
  });
}

function named(office: Office, word: string): Channel {
  const exact = office.channels.filter(({ value }) => value.toLowerCase() === word.toLowerCase());
  const found = exact.length > 0 ? exact : office.channels.filter(({ kind }) => kind === word);
  const [channel] = found;
  if (channel && found.length === 1) return channel;
  const all = office.channels.map(({ kind, value }) => `  ${kind}  ${value}`).join('\n') || '  none';
  const how = channel ? `more than one channel "${word}"` : `no channel "${word}"`;
  throw refused(`${office._id} has ${how}. It has:\n${all}`, 'gone');
}

function block(office: Office, which: readonly Channel[], at: Date, reason?: string): Office {
  const why = reason === undefined ? {} : { reason: plain(reason) };
  const channels = office.channels.map((one) => {
    if (!which.includes(one)) return one;
    const { reason: _, ...rest } = one;
    return { ...rest, ...why, state: 'blocked' as const };
  });
  return withChannels(office, channels, ...which.map((one) => ({ ...change('blocked', one, at), ...why })));
}

function written(office: Office): Channel | undefined {
  return office.channels.find(({ kind, state }) => kind === 'email' && state === 'verified');
}

function writtenAt(office: Office, address: string): Channel | undefined {
  return office.channels.find(
    ({ kind, state, value }) =>
      kind === 'email' && state === 'verified' && value.toLowerCase() === address.toLowerCase(),
  );
}

function changesSince({ changes = [] }: Office, { kind, value }: Channel): ChannelChange[] {
  return changes.filter((one) => one.kind === kind && one.value.toLowerCase() === value.toLowerCase());
}

/** Somebody said that it is right: what came back before says nothing of it any more. */
function isFresh({ change: what }: ChannelChange): boolean {
  return what === 'verified' || what === 'unblocked';
}

function isKnown({ changes = [] }: Office, deliveryId: string): boolean {
  return changes.some((one) => one.deliveryId === deliveryId);
}

function find(office: Office, channel: Channel): Channel | undefined {
  return office.channels.find((one) => isSame(one, channel));
}

function isSame(a: Channel, b: Channel): boolean {
  return a.kind === b.kind && a.value.toLowerCase() === b.value.toLowerCase();
}

function replace(office: Office, before: Channel, after: Channel): Channel[] {
  return office.channels.map((one) => (one === before ? after : one));
}

function withChannels(office: Office, channels: readonly Channel[], ...entries: ChannelChange[]): Office {
  return { ...office, channels, changes: [...(office.changes ?? []), ...entries].slice(-CHANGES_KEPT) };
}

function change(what: ChannelChange['change'], { kind, value, source }: Channel, at: Date): ChannelChange {
  return { at, change: what, kind, value, ...(source && { source }) };
}

function because(channel: Channel | undefined): string {
  return channel?.reason ? ` (${channel.reason})` : '';
}

/** A server's or an office's words, for one line of a terminal. */
function plain(text: string): string {
  return cutText(text.replace(/[\p{C}\s]+/gu, ' ').trim(), REASON_LENGTH);
}

function refused(message: string, fault: string): AppError {
  return new AppError('OFFICE_CHANNEL_INVALID', { message, fault });
}
