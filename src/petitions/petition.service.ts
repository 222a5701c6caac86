import { createCached } from '../lib/cached.ts';
import { type Clock, SECOND } from '../lib/clock.ts';
import { AppError, invalidInput } from '../lib/errors.ts';
import type { PetitionStore } from './petition.store.ts';
import { type Petition, WAYS, type Way } from './petition.ts';

/** Petitions are few and every request needs one: all of them are kept for a second, and longer while the database is away. */
export function createPetitionService({ store, clock }: { store: PetitionStore; clock: Clock }) {
  const all = createCached({ load: store.listPetitions, freshMs: SECOND, clock });

  async function listPetitions(): Promise<readonly Petition[]> {
    return all.get();
  }

  async function findPetition(slug: string): Promise<Petition | null> {
    return (await all.get()).find(({ _id }) => _id === slug) ?? null;
  }

  /** @throws PETITION_NOT_FOUND */
  async function getPetition(slug: string): Promise<Petition> {
    const found = await findPetition(slug);
    if (!found) throw notFound(slug);
    return found;
  }

  async function findPetitionByNumber(number: number): Promise<Petition | null> {
    return (await all.get()).find((petition) => petition.number === number) ?? null;
  }

  /** For good: what was anonymised after closing cannot be confirmed again (law 10). @throws PETITION_NOT_FOUND */
  async function closePetition(slug: string): Promise<void> {
    if (!(await store.closePetition(slug, clock.now()))) throw notFound(slug);
    all.forget();
  }

  /**
   * By what ways this petition's words may reach an office; none at all is a choice too.
   * @throws PETITION_NOT_FOUND; INPUT_INVALID naming what can be chosen
   */
  async function setWays(slug: string, officeId: string, ways: readonly string[]): Promise<readonly Way[]> {
    const { officeIds } = await getPetition(slug);
    if (!officeIds.includes(officeId))
      throw invalidInput(`${slug} does not write to "${officeId}", but to ${officeIds.join(', ')}.`);
    const unknown = ways.find((way) => !WAYS.some((known) => known === way));
    if (unknown !== undefined) throw invalidInput(`"${unknown}" is no way. Ways are ${WAYS.join(', ')}.`);
    const chosen = WAYS.filter((way) => ways.includes(way));
    if (!(await store.setWays(slug, officeId, chosen))) throw notFound(slug);
    all.forget();
    return chosen;
  }

  return {
    warm: all.warm,
    listPetitions,
    findPetition,
    getPetition,
    findPetitionByNumber,
    closePetition,
    setWays,
  };
}
export type PetitionService = ReturnType<typeof createPetitionService>;

function notFound(slug: string): AppError {
  return new AppError('PETITION_NOT_FOUND', { message: `There is no petition "${slug}".` });
}
