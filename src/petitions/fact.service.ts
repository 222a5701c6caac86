import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { createCached } from '../lib/cached.ts';
import { SECOND } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { Localized } from '../lib/locales.ts';
import type { FactStore } from './fact.store.ts';
import {
  bodyOf,
  changedAt,
  correctionsOf,
  type FactBody,
  type FactRecord,
  isWithdrawn,
  toFact,
} from './fact-record.ts';
import type { Catalog } from './petition.ts';

/**
 * Facts as they are on record. Every page, mail and printout asks here for what it says, so that what is put right once is
 * right everywhere, in every process within a second.
 */
export function createFacts(
  deps: Pick<Infra, 'clock' | 'logger'> & {
    factStore: FactStore /** what ships beside the facts */;
    shipped: Catalog;
  },
) {
  const { factStore: store, shipped, clock, logger } = deps;
  const all = createCached({
    load: async () => {
      const records = await store.listFacts();
      const facts = records.filter((one) => !isWithdrawn(one)).map(toFact);
      const corrections = [...correctionsOf(records), ...shipped.corrections].sort((a, b) =>
        b.on.localeCompare(a.on),
      );
      const catalog: Catalog = { ...shipped, facts: new Map(facts.map((one) => [one.id, one])), corrections };
      return { records, catalog };
    },
    freshMs: SECOND,
    clock,
  });

  const getCatalog = async (): Promise<Catalog> => (await all.get()).catalog;
  const listFacts = async (): Promise<readonly FactRecord[]> => (await all.get()).records;

  /** @throws PAGE_NOT_FOUND */
  async function getFact(id: string): Promise<FactRecord> {
    const found = (await listFacts()).find(({ _id }) => _id === id);
    if (!found) throw new AppError('PAGE_NOT_FOUND');
    return found;
  }

  /** When one of these was last put right or withdrawn. */
  const factsChangedAt = async (ids: readonly string[]) => changedAt(await listFacts(), ids);

  type Change = { version: number; reason: Localized<string> };

  /** @throws FACT_CHANGED when somebody was first, or it is withdrawn */
  async function correctFact(
    id: string,
    actor: Actor,
    { version, reason }: Change,
    body: FactBody,
  ): Promise<void> {
    await change(id, actor, { version, reason }, 'corrected', body);
  }

  /** For good: its id is not used again. @throws as `correctFact` */
  async function withdrawFact(id: string, actor: Actor, given: Change): Promise<void> {
    await change(id, actor, given, 'withdrawn');
  }

  async function change(
    id: string,
    actor: Actor,
    { version, reason }: Change,
    kind: 'corrected' | 'withdrawn',
    body?: FactBody,
  ): Promise<void> {
    all.forget();
    const read = await getFact(id);
    if (read.version !== version || isWithdrawn(read)) throw new AppError('FACT_CHANGED');
    const entry = { change: kind, at: clock.now(), by: byOf(actor), reason, was: bodyOf(read) };
    const isDone = await store.changeFact(read, body ?? bodyOf(read), entry);
    all.forget();
    if (!isDone) throw new AppError('FACT_CHANGED');
    logger.info({ factId: id, by: byOf(actor) }, `fact.${kind}`);
  }

  return { warm: all.warm, getCatalog, listFacts, getFact, factsChangedAt, correctFact, withdrawFact };
}
export type Facts = ReturnType<typeof createFacts>;

/** What ships, as it is put on record when the program first starts. */
export function recordsOf({ facts }: Pick<Catalog, 'facts'>, at: Date): FactRecord[] {
  return [...facts.values()].map((fact, order) => ({
    _id: fact.id,
    order,
    version: 1,
    ...bodyOf(fact),
    history: [{ change: 'published', at, by: 'starter' }],
  }));
}
