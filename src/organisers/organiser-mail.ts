import type { Locale } from '../lib/locales.ts';
import type { OutboxRow } from '../mail/mail.ts';

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
] as const;
export type OrganiserMailKind = (typeof ORGANISER_MAILS)[number];

/** All of a mail to an organiser; sealed in its row. */
export type OrganiserMail = { kind: OrganiserMailKind; to: string; locale: Locale; path?: string };

export function organiserMailContext(id: string): string {
  return `outbox:${id}`;
}

/** A row of the outbox; `id` names its reason. */
export function organiserRow(id: string, subjectId: string, sealed: Buffer, now: Date): OutboxRow {
  return {
    _id: id,
    kind: 'organiser',
    audience: 'organiser',
    subjectId,
    sealed,
    state: 'due',
    dueAt: now,
    attempts: 0,
    createdAt: now,
  };
}
