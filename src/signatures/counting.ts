import { addMilliseconds, DAY } from '../lib/clock.ts';

/** A stage of an update pipeline. */
export type Stage = { $set: Record<string, unknown> };

/** How long a stub stays that no entry has removed: see `expiryStage`. */
export const STUB_DAYS = 7;

const REMOVE = '$$REMOVE';
const IS_COUNTABLE = { $and: [{ $eq: ['$state', 'confirmed'] }, { $ne: ['$held', true] }] };
const IS_PENDING = { $eq: ['$state', 'pending'] };
const IS_COUNTED = { $eq: ['$counted.on', true] };
const IS_DUE = { $ne: [{ $type: '$ledgerDue' }, 'missing'] };
const WAS_NEVER_CONFIRMED = { $eq: [{ $type: '$confirmedAt' }, 'missing'] };
const IS_STUB = {
  $or: [
    { $eq: ['$state', 'withdrawn'] },
    { $and: [{ $eq: ['$state', 'invalidated'] }, { $eq: [{ $type: '$sealed' }, 'missing'] }] },
  ],
};

/**
 * To be appended to the pipeline of every update that touches `state`, `held`, `sealed` or `confirmedAt` (law 6):
 * afterwards `ledgerDue` exists only while the person should stand in the count and does not, or the reverse,
 * and `expiresAt` only on what retention may delete.
 */
export function recomputeDueStages(now: Date): Stage[] {
  const letGo = {
    $cond: [WAS_NEVER_CONFIRMED, now, { $ifNull: ['$expiresAt', addMilliseconds(now, STUB_DAYS * DAY)] }],
  };
  return [leftDueStage(), dueStage(now), expiryStage(letGo)];
}

/** What an entry writes on one of its members; `place` is a number or an expression. */
export function markStages(mark: { seq: number; at: Date; on: boolean; place?: unknown }): Stage[] {
  const counted = {
    'counted.seq': mark.seq,
    'counted.on': mark.on,
    ...(mark.place === undefined ? {} : { 'counted.place': { $ifNull: ['$counted.place', mark.place] } }),
  };
  return [{ $set: { ...counted, leftDue: REMOVE } }, dueStage(mark.at), expiryStage(mark.at)];
}

/**
 * Takes away a mark whose entry is not there (a restored copy). A place that the ledger has given is kept. Who bore the
 * mark of a removal was in the count before it, so far as the ledger goes; who bore that of an addition was not.
 */
export function unmarkStages(isPlaced: boolean, now: Date): Stage[] {
  return [
    {
      $set: {
        'counted.seq': 0,
        'counted.on': isPlaced ? { $ne: ['$counted.on', true] } : false,
        'counted.repairs': { $add: [{ $ifNull: ['$counted.repairs', 0] }, 1] },
        'counted.place': isPlaced ? '$counted.place' : REMOVE,
      },
    },
    ...recomputeDueStages(now),
  ];
}

/** Who is due no more, and whom no entry took up: a worker may have read it as due just before. */
function leftDueStage(): Stage {
  const isLeaving = { $and: [IS_DUE, { $eq: [IS_COUNTABLE, IS_COUNTED] }] };
  return { $set: { leftDue: { $cond: [isLeaving, 0, { $ifNull: ['$leftDue', REMOVE] }] } } };
}

/** A signature that is due keeps its time, so that whoever has waited longest is counted first. */
function dueStage(now: Date): Stage {
  const due = { $ifNull: ['$ledgerDue', now] };
  return { $set: { ledgerDue: { $cond: [{ $ne: [IS_COUNTABLE, IS_COUNTED] }, due, REMOVE] } } };
}

/**
 * Pending ones keep the date they have; so does one found false before it was ever confirmed. A stub goes at once when
 * an entry has removed it. One that ceased to be due without an entry stays a while: a worker may have read it
 * as due just before, and an entry that adds somebody who is gone could never be set right by a later one.
 */
function expiryStage(letGo: unknown): Stage {
  const keep = { $ifNull: ['$expiresAt', REMOVE] };
  const stub = { $cond: [IS_DUE, REMOVE, letGo] };
  const isKept = { $or: [IS_PENDING, { $and: [{ $eq: ['$state', 'invalidated'] }, WAS_NEVER_CONFIRMED] }] };
  return { $set: { expiresAt: { $cond: [IS_STUB, stub, { $cond: [isKept, keep, REMOVE] }] } } };
}
