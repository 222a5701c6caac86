import { addMilliseconds, DAY } from '../lib/clock.ts';

/** What is taken away, and for what: hourly numbers, words without names, who asked for news, who did what. */
export const EXPORT_KINDS = ['numbers', 'words', 'subscribers', 'audit'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];
export const FORMATS = ['csv', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

export type Row = Record<string, string | number>;
/** The same in every language: a program reads them. */
export const COLUMNS: Record<ExportKind, readonly string[]> = {
  numbers: ['petition', 'hour', 'added', 'removed', 'confirmed', 'waiting', 'form_shown', 'mails_sent'],
  words: ['petition', 'country', 'region', 'language', 'approved_at', 'words'],
  subscribers: ['petition', 'email', 'name', 'language', 'country', 'region', 'confirmed_at'],
  audit: ['seq', 'at', 'by', 'act', 'of', 'changes', 'why', 'ends', 'outcome', 'hash'],
};

/** Somebody's wish to take data away. No file is kept: each download is made anew while the grant lasts. */
export type Export = {
  /** a ref */
  _id: string;
  kind: ExportKind;
  /** of one petition alone */
  petitionId?: string;
  /** what for, in the words of who asked */
  why: string;
  askedBy: string;
  askedAt: Date;
  grantedBy?: string;
  grantedAt?: Date;
  /** refused, or ended before its time */
  endedBy?: string;
  endedAt?: Date;
};
export type ExportState = 'waiting' | 'open' | 'ended';

const GRANT_MS = 7 * DAY;
/** Whoever works alone waits so long in the place of a second person. */
const ALONE_AFTER_MS = DAY;
/** Nobody grants what was asked for longer ago. */
const WAITS_MS = 30 * DAY;

/** With names or addresses: a second person looks first. */
export function hasPeople(kind: ExportKind): boolean {
  return kind === 'subscribers';
}

/** Until when it may be downloaded; undefined while nobody has granted it. */
export function endOf({ grantedAt }: Pick<Export, 'grantedAt'>): Date | undefined {
  return grantedAt && addMilliseconds(grantedAt, GRANT_MS);
}

export function stateOf(one: Export, now: Date): ExportState {
  if (one.endedAt) return 'ended';
  const end = endOf(one);
  if (end) return end > now ? 'open' : 'ended';
  return addMilliseconds(one.askedAt, WAITS_MS) > now ? 'waiting' : 'ended';
}

/** `alone`: who asked may grant it themselves, as nobody else can, and a day has passed. */
export function mayGrant(
  one: Export,
  { by, isAlone, now }: { by: string; isAlone: boolean; now: Date },
): 'second' | 'alone' | undefined {
  if (stateOf(one, now) !== 'waiting') return undefined;
  if (one.askedBy !== by) return 'second';
  return isAlone && addMilliseconds(one.askedAt, ALONE_AFTER_MS) <= now ? 'alone' : undefined;
}
