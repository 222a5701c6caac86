import type { Locale, Localized } from '../lib/locales.ts';

/** `unverified` is no channel: nothing is sent to it (law 9). */
export type ChannelState = 'unverified' | 'verified' | 'failing' | 'blocked';
export type ChannelKind = 'email' | 'post' | 'form';

export type Channel = {
  kind: ChannelKind;
  /** e-mail address, postal lines or URL */
  value: string;
  state: ChannelState;
  /** where it is published, and the calendar day (or month, `2019-07`) on which it stood there */
  source?: string;
  verifiedOn?: string;
};

/** A person in office from one day to another; letters name only the present one, if known. */
export type Holder = { name: string; title: Localized<string>; from: string; to?: string };

export type Office = {
  /** slug */
  _id: string;
  name: Localized<string>;
  country: 'US' | 'MX';
  language: Locale;
  /** IANA */
  zone: string;
  holders: readonly Holder[];
  channels: readonly Channel[];
  /** never by e-mail, whatever is entered: the office serves people in need */
  isPostOnly: boolean;
  /** raising it ends every answer link that the office was sent before; absent is 0 */
  answerLinkVersion?: number;
  order: number;
};

/** The address that may receive mail, or undefined. */
export function emailChannel(office: Office): Channel | undefined {
  if (office.isPostOnly) return undefined;
  return office.channels.find((channel) => channel.kind === 'email' && channel.state === 'verified');
}
