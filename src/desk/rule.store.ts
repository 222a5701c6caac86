import type { Connection, QueryFilter, UpdateQuery } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { count, date, oneOf, openModel, part, text } from '../database/model.ts';
import { checkPipeline, type Stage } from '../database/pipeline.ts';
import { addMilliseconds, SECOND } from '../lib/clock.ts';
import { recomputeDueStages } from '../signatures/counting.ts';
import type { Signature } from '../signatures/signature.ts';
import { openSignatures } from '../signatures/signature-schema.store.ts';
import { selectionQuery } from './desk.store.ts';
import type { Selection } from './desk.ts';
import { AT_WORK, RULE_STATES, type Rule, type RuleState, VERBS, type Verb } from './rule.ts';

/** A worker that is killed leaves its rule to another after this. */
const LEASE_MS = 5 * SECOND;
/** As the ledger marks: one update of many costs a quarter of as many updates of one. */
const IDS_PER_UPDATE = 50;

type Change = {
  match: QueryFilter<Signature>;
  field: 'ruled.held' | 'ruled.state';
  set: object;
  back: object;
};
const HAS_PERSON = { sealed: { $exists: true } };
const CHANGES: Record<Verb, Change> = {
  hold: {
    match: { state: 'confirmed', held: false },
    field: 'ruled.held',
    set: { held: true },
    back: { held: false },
  },
  release: {
    match: { state: 'confirmed', held: true },
    field: 'ruled.held',
    set: { held: false },
    back: { held: true },
  },
  invalidate: {
    match: { state: 'confirmed' },
    field: 'ruled.state',
    set: { state: 'invalidated' },
    back: { state: 'confirmed' },
  },
  restore: {
    match: { state: 'invalidated', ...HAS_PERSON },
    field: 'ruled.state',
    set: { state: 'confirmed' },
    back: { state: 'invalidated' },
  },
};
type Walked = Pick<Rule, '_id' | 'verb' | 'selection' | 'cursor'>;

/** Rules, and what they do to signatures. To do a step again does nothing more. */
export function createRuleStore(connection: Connection) {
  const signatures = openSignatures(connection);
  const rules = openModel<Rule>(connection, 'rules', {
    _id: text,
    verb: oneOf(VERBS),
    selection: part<Rule['selection']>({
      petitionId: String,
      domain: String,
      network: String,
      source: String,
      country: String,
      region: String,
      from: Date,
      to: date,
    }),
    why: text,
    by: text,
    createdAt: date,
    state: oneOf(RULE_STATES),
    matched: count,
    changed: count,
    cursor: Date,
    lease: String,
    leaseUntil: Date,
    decidedBy: String,
    decidedAt: Date,
    endedAt: Date,
  });

  const insertRule = (rule: Rule) => insertOnce(rules, rule);
  const findRule = async (id: string) => rules.findOne({ _id: id }).read('primary').lean<Rule>();
  /** The newest first. There are few: each is somebody's act. */
  const listRules = async (limit: number) =>
    rules.find().sort({ createdAt: -1 }).limit(limit).read('primary').lean<Rule[]>();

  /** Those that wait for a second person, and since when. */
  async function countWaiting(): Promise<{ count: number; since?: Date }> {
    const waiting = await rules.find({ state: 'waiting' }).sort({ createdAt: 1 }).lean<Rule[]>();
    return { count: waiting.length, ...(waiting[0] && { since: waiting[0].createdAt }) };
  }

  async function update(filter: QueryFilter<Rule>, change: UpdateQuery<Rule>): Promise<boolean> {
    return (await rules.updateOne(filter, change)).matchedCount === 1;
  }

  /** False when it is in that state no more. To undo begins at the first again. */
  const decide = (id: string, from: RuleState, to: RuleState, { by, now }: { by: string; now: Date }) =>
    update(
      { _id: id, state: from },
      {
        $set: { state: to, decidedBy: by, decidedAt: now },
        ...(to === 'undoing' && { $unset: { cursor: 1, endedAt: 1 } }),
      },
    );

  /** The longest waiting one that no other worker is at. */
  async function claim(lease: string, now: Date): Promise<Rule | null> {
    const found = await rules
      .find({ state: { $in: [...AT_WORK] } })
      .sort({ createdAt: 1 })
      .read('primary')
      .lean<Rule[]>();
    for (const { _id } of found) {
      const free = { _id, state: { $in: [...AT_WORK] }, leaseUntil: { $not: { $gt: now } } };
      if (await update(free, { $set: { lease, leaseUntil: addMilliseconds(now, LEASE_MS) } }))
        return findRule(_id);
    }
    return null;
  }

  /** False when another worker has it, or somebody has decided on it: what was done stays done. */
  const advance = (
    { _id, state }: Pick<Rule, '_id' | 'state'>,
    lease: string,
    { cursor, changed, now }: { cursor: Date; changed: number; now: Date },
  ) =>
    update(
      { _id, state, lease },
      { $set: { cursor, leaseUntil: addMilliseconds(now, LEASE_MS) }, $inc: { changed } },
    );

  const letGo = (id: string, lease: string) =>
    update({ _id: id, lease }, { $unset: { lease: 1, leaseUntil: 1 } });

  const end = (
    { _id, state }: Pick<Rule, '_id' | 'state'>,
    lease: string,
    to: RuleState,
    { changed, now }: { changed: number; now: Date },
  ) =>
    update(
      { _id, state, lease },
      { $set: { state: to, changed, endedAt: now }, $unset: { lease: 1, leaseUntil: 1, cursor: 1 } },
    );

  /** How many a rule would change now. */
  const countMatched = async (selection: Selection, verb: Verb) =>
    signatures.countDocuments({ ...selectionQuery(selection), ...CHANGES[verb].match }).read('primary');

  /** Whom it has changed, and nobody has changed since. */
  const countChanged = async ({ _id, verb, selection }: Walked) =>
    signatures.countDocuments({ ...wholeWalk(selection), ...asLeft({ _id, verb }) }).read('primary');

  /** The next of whom it changes, in the order of their confirming. */
  const listNext = async ({ verb, selection, cursor }: Walked, limit: number) =>
    list(
      { ...selectionQuery({ ...selection, ...(cursor && { from: cursor }) }), ...CHANGES[verb].match },
      limit,
    );

  /**
   * The next of whom it has changed. Who withdrew and signed anew has a later moment than the rule knows, so nothing ends
   * this walk.
   */
  const listChanged = async ({ _id, verb, selection, cursor }: Walked, limit: number) =>
    list({ ...wholeWalk(selection, cursor), ...asLeft({ _id, verb }) }, limit);

  async function list(filter: QueryFilter<Signature>, limit: number) {
    return signatures
      .find(filter, { confirmedAt: 1 })
      .sort({ confirmedAt: 1 })
      .limit(limit)
      .read('primary')
      .lean<{ _id: string; confirmedAt: Date }[]>();
  }

  /** Only those who are as the rule found them: who has withdrawn meanwhile is let alone. Answers how many. */
  function changeAll({ _id, verb }: Walked, ids: readonly string[], now: Date): Promise<number> {
    const { match, set, field } = CHANGES[verb];
    return write(ids, match, [{ $set: { ...set, [field]: _id } }, ...recomputeDueStages(now)]);
  }

  function changeBack({ _id, verb }: Walked, ids: readonly string[], now: Date): Promise<number> {
    const { back, field } = CHANGES[verb];
    return write(ids, asLeft({ _id, verb }), [
      { $set: back as Record<string, unknown> },
      { $unset: [field] },
      ...recomputeDueStages(now),
    ]);
  }

  async function write(
    ids: readonly string[],
    match: QueryFilter<Signature>,
    stages: readonly Stage[],
  ): Promise<number> {
    const update = checkPipeline(signatures, stages);
    const updates = [];
    for (let at = 0; at < ids.length; at += IDS_PER_UPDATE) {
      const filter = { _id: { $in: ids.slice(at, at + IDS_PER_UPDATE) }, ...match };
      updates.push({ updateMany: { filter, update } });
    }
    if (updates.length === 0) return 0;
    const { modifiedCount } = await signatures.bulkWrite(updates, {
      ordered: false,
      throwOnValidationError: true,
    });
    return modifiedCount;
  }

  return {
    insertRule,
    findRule,
    listRules,
    countWaiting,
    decide,
    claim,
    advance,
    letGo,
    end,
    countMatched,
    countChanged,
    listNext,
    listChanged,
    changeAll,
    changeBack,
  };
}
export type RuleStore = ReturnType<typeof createRuleStore>;

/** Whom it changed, and nothing has changed since: who was erased meanwhile has nobody to come back. */
function asLeft({ _id, verb }: Pick<Rule, '_id' | 'verb'>): QueryFilter<Signature> {
  const { set, field } = CHANGES[verb];
  return { ...set, ...('state' in set && HAS_PERSON), [field]: _id };
}

function wholeWalk({ from = new Date(0) }: Selection, cursor = from): QueryFilter<Signature> {
  return { confirmedAt: { $gte: cursor } };
}
