import { randomUUID } from 'node:crypto';
import type { Infra } from '../infra.ts';
import type { RuleStore } from './rule.store.ts';
import type { Rule } from './rule.ts';

const AT_ONCE = 500;

/**
 * Carries rules out, a batch a step. Any number of these may step at once and be killed at any moment: whoever is changed
 * bears the rule's id and is not found again, and who has withdrawn meanwhile is let alone.
 */
export function createRuleWorker(
  deps: Pick<Infra, 'clock' | 'logger'> & { store: RuleStore; atOnce?: number },
) {
  const { store, clock, logger, atOnce = AT_ONCE } = deps;

  /** Returns whether more waits. */
  async function step(): Promise<boolean> {
    const lease = randomUUID();
    const rule = await store.claim(lease, clock.now());
    if (!rule) return false;
    let isMoved = false;
    try {
      isMoved = await (rule.state === 'cancelling' ? finish(rule, lease) : walk(rule, lease));
    } finally {
      await store.letGo(rule._id, lease);
    }
    return isMoved;
  }

  async function walk(rule: Rule, lease: string): Promise<boolean> {
    const isUndoing = rule.state === 'undoing';
    const next = await (isUndoing ? store.listChanged : store.listNext)(rule, atOnce);
    const last = next.at(-1);
    if (!last) return finish(rule, lease);
    const ids = next.map(({ _id }) => _id);
    const now = clock.now();
    const changed = isUndoing ? 0 : await store.changeAll(rule, ids, now);
    if (isUndoing) await store.changeBack(rule, ids, now);
    // All of one moment may fill a batch: those that are changed are not found again, so the cursor need not pass them.
    return store.advance(rule, lease, { cursor: last.confirmedAt, changed, now });
  }

  async function finish(rule: Rule, lease: string): Promise<boolean> {
    const to = ({ running: 'done', cancelling: 'cancelled', undoing: 'undone' } as const)[
      rule.state as 'running' | 'cancelling' | 'undoing'
    ];
    // A worker that was killed has changed some that it did not add up.
    const changed = rule.state === 'undoing' ? rule.changed : await store.countChanged(rule);
    const isEnded = await store.end(rule, lease, to, { changed, now: clock.now() });
    if (isEnded) logger.info({ rule: rule._id, verb: rule.verb, state: to, changed }, 'rule.ended');
    return isEnded;
  }

  return { step };
}
