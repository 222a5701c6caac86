import type { Audit } from '../audit/audit.service.ts';
import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { addMilliseconds, utcDay } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import { newRef } from '../lib/ref.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { isNarrow, type Selection } from './desk.ts';
import type { RuleStore } from './rule.store.ts';
import { needsSecond, type Rule, type RuleState, type Verb } from './rule.ts';

const LISTED = 50;

/** What organisers decide on many signatures at once; workers carry it out. */
export function createRules(
  deps: Pick<Infra, 'clock'> &
    Pick<PetitionService, 'listPetitions'> & {
      store: RuleStore;
      getTotal(petitionId: string): Promise<number>;
      audit: Pick<Audit, 'record'>;
    },
) {
  const { store, getTotal, listPetitions, audit, clock } = deps;

  /** Nothing is done to anybody: how many there would be, and whether a second person must say so too. */
  async function look(selection: Selection, verb: Verb): Promise<{ matched: number; isForTwo: boolean }> {
    const petitions = (await listPetitions())
      .map(({ _id }) => _id)
      .filter((id) => selection.petitionId === undefined || id === selection.petitionId);
    const people = await Promise.all(
      petitions.map(async (petitionId) => ({
        selected: await store.countMatched({ ...selection, petitionId }, verb),
        counted: await getTotal(petitionId),
      })),
    );
    const matched = people.reduce((sum, { selected }) => sum + selected, 0);
    return { matched, isForTwo: matched > 0 && needsSecond(people) };
  }

  /** @throws INPUT_INVALID for a selection of everybody or of nobody */
  async function make(actor: Actor, given: { selection: Selection; verb: Verb; why: string }): Promise<Rule> {
    const { verb, why } = given;
    refuseEverybody(given.selection);
    const now = clock.now();
    const { to } = given.selection;
    // Whoever confirms from now on is not its business.
    const end = addMilliseconds(now, 1);
    const selection = { ...given.selection, to: to && to < end ? to : end };
    const { matched, isForTwo } = await look(selection, verb);
    if (matched === 0) throw new AppError('INPUT_INVALID', { message: 'Nobody is selected.' });
    const rule: Rule = {
      _id: newRef(),
      verb,
      selection,
      why,
      by: byOf(actor),
      createdAt: now,
      state: isForTwo ? 'waiting' : 'running',
      matched,
      changed: 0,
    };
    await record(actor, rule, verb, { why, to: rule.state }, () => store.insertRule(rule));
    return rule;
  }

  /** @throws PAGE_NOT_FOUND */
  async function getRule(id: string): Promise<Rule> {
    const rule = await store.findRule(id);
    if (!rule) throw new AppError('PAGE_NOT_FOUND');
    return rule;
  }

  /**
   * The second yes. `isAlone`: nobody else may say it, so that its maker may on another day, which the audit says.
   * @throws PAGE_NOT_FOUND, SECOND_PERSON, SIGNATURE_STATE_CONFLICT
   */
  async function approve(actor: Actor, id: string, isAlone: boolean): Promise<void> {
    const rule = await getRule(id);
    const isOwn = rule.by === byOf(actor);
    const isAnotherDay = utcDay(rule.createdAt) !== utcDay(clock.now());
    const why = isOwn ? 'the same person on another day: nobody else may decide' : undefined;
    await record(actor, rule, 'approve', { why, to: 'running' }, async () => {
      if (isOwn && !(isAlone && isAnotherDay)) throw new AppError('SECOND_PERSON');
      await move(actor, id, 'waiting', 'running');
    });
  }

  /** What was done until then stays done, until it is undone. @throws PAGE_NOT_FOUND, SIGNATURE_STATE_CONFLICT */
  async function cancel(actor: Actor, id: string): Promise<void> {
    const rule = await getRule(id);
    const [from, to] =
      rule.state === 'waiting' ? (['waiting', 'refused'] as const) : (['running', 'cancelling'] as const);
    await record(actor, rule, 'cancel', { to }, () => move(actor, id, from, to));
  }

  /** @throws PAGE_NOT_FOUND, SIGNATURE_STATE_CONFLICT */
  async function undo(actor: Actor, id: string): Promise<void> {
    const rule = await getRule(id);
    // Undone once, and a worker that had slept through it came after.
    const from = rule.state === 'cancelled' || rule.state === 'undone' ? rule.state : 'done';
    await record(actor, rule, 'undo', { to: 'undoing' }, () => move(actor, id, from, 'undoing'));
  }

  async function move(actor: Actor, id: string, from: RuleState, to: RuleState): Promise<void> {
    if (!(await store.decide(id, from, to, { by: byOf(actor), now: clock.now() })))
      throw new AppError('SIGNATURE_STATE_CONFLICT');
  }

  function record<R>(
    actor: Actor,
    { _id, state, matched }: Rule,
    what: string,
    { why, to }: { why?: string | undefined; to: RuleState },
    work: () => Promise<R>,
  ): Promise<R> {
    const changes = [
      { field: 'rule', from: state, to },
      { field: 'signatures', to: String(matched) },
    ];
    return audit.record(actor, { act: `rule ${what}`, of: [_id], changes, ...(why && { why }) }, work);
  }

  /** How many of those it changed are still as it left them. */
  const countLeft = async (rule: Rule) => store.countChanged(rule);

  return {
    look,
    make,
    getRule,
    approve,
    cancel,
    undo,
    countLeft,
    listRules: () => store.listRules(LISTED),
    countWaiting: store.countWaiting,
  };
}
export type Rules = ReturnType<typeof createRules>;

/** @throws INPUT_INVALID */
function refuseEverybody(selection: Selection): void {
  if (!isNarrow(selection))
    throw new AppError('INPUT_INVALID', {
      message: 'This selects everybody. Narrow it by more than the petition.',
    });
}
