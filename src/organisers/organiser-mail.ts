import type { Locale } from '../lib/locales.ts';

/** What an organiser is written: a link that they need, or that something of their account was changed. */
const ORGANISER_MAILS = [
  'invited',
  'recover',
  'address',
  'address-changed',
  'password-changed',
  'factor-changed',
  'role-changed',
  'closed',
  'answer',
  'complaint',
  'failure',
  'summary',
  'audit-head',
] as const;
export type OrganiserMailKind = (typeof ORGANISER_MAILS)[number];

/** All of a mail to an organiser; sealed in its row. */
export type OrganiserMail = {
  kind: OrganiserMailKind;
  to: string;
  locale: Locale;
  path?: string;
  /** what its sentences say; nothing of a person */
  values?: Record<string, string | number>;
};

export function organiserMailContext(id: string): string {
  return `outbox:${id}`;
}
