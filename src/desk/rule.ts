import type { Selection } from './desk.ts';

/** What a rule does to everybody whom it selects. */
export const VERBS = ['hold', 'release', 'invalidate', 'restore'] as const;
export type Verb = (typeof VERBS)[number];

/**
 * waiting: for a second person. running, cancelling and undoing: a worker is at it. cancelled: stopped on the way; what
 * was done stays until it is undone.
 */
export const RULE_STATES = [
  'waiting',
  'refused',
  'running',
  'done',
  'cancelling',
  'cancelled',
  'undoing',
  'undone',
] as const;
export type RuleState = (typeof RULE_STATES)[number];
/** What a worker takes up. */
export const AT_WORK = ['running', 'cancelling', 'undoing'] as const satisfies readonly RuleState[];

/** One act on many, that anybody can look up and undo. A signature that it changes carries its id. */
export type Rule = {
  _id: string;
  verb: Verb;
  /** always with an end, so that who confirms later is not its business */
  selection: Selection & { to: Date };
  why: string;
  by: string;
  createdAt: Date;
  state: RuleState;
  /** how many there were when it was made */
  matched: number;
  /** how many were changed so far; exact once it has ended */
  changed: number;
  /** up to whose moment of confirming it has come */
  cursor?: Date;
  /** of the worker that is at it */
  lease?: string;
  leaseUntil?: Date;
  /** who made the last decision on it: approved, refused, cancelled, undone */
  decidedBy?: string;
  decidedAt?: Date;
  endedAt?: Date;
};

/** Above this share of a petition's count a second person says yes too. */
const ALONE_UP_TO = 0.2;

/** `people`: on each petition, how many are selected and how many stand in its count. */
export function needsSecond(people: readonly { selected: number; counted: number }[]): boolean {
  return people.some(({ selected, counted }) => selected > counted * ALONE_UP_TO);
}

export function isAtWork(state: RuleState): boolean {
  return AT_WORK.some((one) => one === state);
}
