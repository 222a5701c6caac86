import type { Locale, Localized } from '../lib/locales.ts';
import { isHelplineText } from './helplines.ts';

/** `unverified` is no channel: nothing is sent to it (law 9). */
export const CHANNEL_STATES = ['unverified', 'verified', 'failing', 'blocked'] as const;
type ChannelState = (typeof CHANNEL_STATES)[number];
export const CHANNEL_KINDS = ['email', 'form', 'post', 'via', 'do-not-contact'] as const;
type ChannelKind = (typeof CHANNEL_KINDS)[number];

export type Channel = {
  kind: ChannelKind;
  /** e-mail address, URL of a form, postal lines, id of the office that passes mail on, or why nobody may write */
  value: string;
  state: ChannelState;
  /** where it is published, and the calendar day (or month, `2019-07`) on which it stood there */
  source?: string;
  verifiedOn?: string;
  /** the last mail that came back, and how many have since it was verified */
  failedAt?: Date;
  failures?: number;
  /** why it is failing or blocked */
  reason?: string;
};

export const CHANNEL_CHANGES = [
  'added',
  'verified',
  'replaced',
  'removed',
  'blocked',
  'unblocked',
  'failed',
  'failing',
  'recovered',
] as const;

/** One thing that happened to a channel; the newest stands last. */
export type ChannelChange = {
  at: Date;
  change: (typeof CHANNEL_CHANGES)[number];
  kind: ChannelKind;
  value: string;
  source?: string;
  reason?: string;
  /** of a failure: there is no such address */
  isHard?: true;
  /** of the mail that failed: one that is reported twice counts once */
  deliveryId?: string;
  /** who did it, as `byOf` an actor says it; absent where mail came back */
  by?: string;
};

/** A person in office from one day on, and until the day `to`, on which they no longer hold it (YYYY-MM-DD). */
export type Holder = { name: string; title: Localized<string>; from: string; to?: string };

/** How much an office can take. 0 is none. */
export type Pace = { digestsPerMonth: number; lettersPerHour: number; lettersInAll: number };

/** When somebody is there to read: ISO weekdays (1 is Monday), and times of the day in the office's zone. */
export type Hours = { days: readonly number[]; from: string; to: string };

/**
 * Days on which it is closed beside the holidays of its country, from one to another, both closed (YYYY-MM-DD): what it
 * publishes itself (LFPA art. 28), an executive order. `source` is the page that says so.
 */
export type Closing = { from: string; to: string; because: string; source: string; by: string; at: Date };

export const COUNTRIES = ['US', 'MX'] as const;
export type Country = (typeof COUNTRIES)[number];

/** Departments whose own rules say how they are petitioned: DHS has 6 CFR Part 3. */
export const DEPARTMENTS = ['DHS'] as const;

export type Office = {
  /** slug */
  _id: string;
  name: Localized<string>;
  /** as a headline names it: "INM"; for subjects of mails */
  short?: Localized<string>;
  country: Country;
  /** what we write to it in */
  language: Locale;
  /** what it answers in, `language` among them */
  languages: readonly Locale[];
  /** IANA */
  zone: string;
  hours: Hours;
  /** in and about Washington, D.C., where Inauguration Day is kept */
  isInWashington?: boolean;
  /** the department that it belongs to, where that changes how it is petitioned */
  department?: (typeof DEPARTMENTS)[number];
  /** false where it does not itself detain or deport; an office of which nothing is known is spoken of as one that does */
  enforcesImmigrationLaw?: boolean;
  closings?: readonly Closing[];
  pace: Pace;
  holders: readonly Holder[];
  channels: readonly Channel[];
  /** never by e-mail, whatever is entered: the office serves people in need */
  isPostOnly: boolean;
  /** raising it ends every answer link that the office was sent before; absent is 0 */
  answerLinkVersion?: number;
  order: number;
  changes?: readonly ChannelChange[];
  /** raised by each change: two who change an office at once lose nothing */
  revision?: number;
};

type OfficeDefaults = 'languages' | 'hours' | 'pace';
/** As an older installation wrote it. */
export type StoredOffice = Omit<Office, OfficeDefaults> & Partial<Pick<Office, OfficeDefaults>>;

export const OFFICE_HOURS: Hours = { days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' };

/**
 * What an office gets unless an organiser says otherwise. One digest a month: offices file campaign mail away by its
 * sameness, and a month brings enough new people and words that no two look alike. Ten letters an hour are read as
 * letters, and 200 in all are as many as an office can answer one by one.
 */
const DEFAULT_PACE: Pace = { digestsPerMonth: 1, lettersPerHour: 10, lettersInAll: 200 };
export const NO_MAIL: Pace = { digestsPerMonth: 0, lettersPerHour: 0, lettersInAll: 0 };
/** The most that an organiser may set: more is what offices call a flood and filter. */
export const MOST_PACE: Pace = { digestsPerMonth: 2, lettersPerHour: 60, lettersInAll: 10_000 };

export function withDefaults(office: StoredOffice): Office {
  const { languages, hours, pace } = office;
  return {
    ...office,
    languages: languages ?? [office.language],
    hours: hours ?? OFFICE_HOURS,
    pace: pace ?? (office.isPostOnly ? NO_MAIL : DEFAULT_PACE),
  };
}

/** As short as it is known by. */
export function shortName({ name, short }: Office, locale: Locale): string {
  return (short ?? name)[locale];
}

/** The address that may receive mail, or undefined: the first that is verified. */
export function emailChannel(office: Office): Channel | undefined {
  if (office.isPostOnly || isDoNotContact(office) || isHelplineText(...Object.values(office.name)))
    return undefined;
  const channel = office.channels.find(({ kind, state }) => kind === 'email' && state === 'verified');
  return channel && !isHelplineText(channel.value, channel.source) ? channel : undefined;
}

/** After so many days somebody looks again whether an address is still published. */
export const SOURCE_OLD_DAYS = 180;

/** Nobody writes to it, by whatever way. */
export function isDoNotContact(office: Office): boolean {
  return office.channels.some(({ kind }) => kind === 'do-not-contact');
}

/** Who holds the office on a day (YYYY-MM-DD, in the office's zone), if that is known. */
export function holderOn(office: Office, day: string): Holder | undefined {
  return office.holders.find(({ from, to }) => from <= day && (to === undefined || day < to));
}
