import type { Localized } from '../lib/locales.ts';

/**
 * draft: being written. proposed: waits for a second person. sending: its mails are written, a batch at a time.
 * sent: every mail was written. cancelled: no more mail of it goes.
 */
export const UPDATE_STATES = ['draft', 'proposed', 'sending', 'paused', 'sent', 'cancelled'] as const;
export type UpdateState = (typeof UPDATE_STATES)[number];

export type UpdateText = { title: string; body: string };
/** Whole hours of the campaign's zone: from 9 until 20 is 9:00 to 19:59. */
export type SendHours = { from: number; until: number };
export type Said = { by: string; at: Date };
/** `through`: the id of the last signature whose mail was written. */
export type Progress = { through: string; rows: number };
/** How many asked for updates when it was approved; an estimate where a petition has too many to count. */
export type Expected = { count: number; isExact: boolean };

/** News of a petition to those who asked for it, and to everybody on its page. */
export type Update = {
  /** random */
  _id: string;
  petitionId: string;
  state: UpdateState;
  texts: Localized<UpdateText>;
  hours: SendHours;
  /** raised by every change: who acts on another than they read is told so */
  revision: number;
  written: Said;
  proposed?: Said;
  /** from then on it stands on the page */
  approved?: Said;
  expected?: Expected;
  progress?: Progress;
  /** the last pause, resumption or end */
  changed?: Said;
  /** taken off the page */
  withdrawn?: Said;
};

/** What its writer gives. */
export type Written = Pick<Update, 'texts' | 'hours'>;

/** So long after its approval it is no news any more: what was not mailed by then is not mailed. */
export const NEWS_DAYS = 14;

/** It stands on the page of its petition. */
export type PublishedUpdate = Update & { approved: Said };

export function isPublished(update: Update): update is PublishedUpdate {
  return update.approved !== undefined && update.withdrawn === undefined;
}

/** An empty line parts two paragraphs. */
export function paragraphsOf(body: string): string[] {
  return body
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s*\n\s*/g, ' ').trim())
    .filter((paragraph) => paragraph !== '');
}

/** `until` may lie before `from`: over midnight. */
export function isWithinHours({ from, until }: SendHours, at: Date, zone: string): boolean {
  const hour = Number(
    new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: zone }).format(at),
  );
  return from < until ? from <= hour && hour < until : from <= hour || hour < until;
}
