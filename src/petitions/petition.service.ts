import { createCached } from '../lib/cached.ts';
import { type Clock, SECOND } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { PetitionStore } from './petition.store.ts';
import { isOpen, type Petition } from './petition.ts';

/** Petitions are few and every request needs one: all of them are kept for a second, and longer while the database is away. */
export function createPetitionService({ store, clock }: { store: PetitionStore; clock: Clock }) {
  const all = createCached({ load: store.listPetitions, freshMs: SECOND, clock });

  async function listPetitions(): Promise<readonly Petition[]> {
    return all.get();
  }

  async function listOpenPetitions(): Promise<Petition[]> {
    return (await all.get()).filter((petition) => isOpen(petition, clock.now()));
  }

  async function findPetition(slug: string): Promise<Petition | null> {
    return (await all.get()).find(({ _id }) => _id === slug) ?? null;
  }

  /** @throws PETITION_NOT_FOUND */
  async function getPetition(slug: string): Promise<Petition> {
    const found = await findPetition(slug);
    if (!found) throw new AppError('PETITION_NOT_FOUND');
    return found;
  }

  async function findPetitionByNumber(number: number): Promise<Petition | null> {
    return (await all.get()).find((petition) => petition.number === number) ?? null;
  }

  /** For good: what was anonymised after closing cannot be confirmed again (law 10). @throws PETITION_NOT_FOUND */
  async function closePetition(slug: string): Promise<void> {
    if (!(await store.closePetition(slug, clock.now()))) throw new AppError('PETITION_NOT_FOUND');
    all.forget();
  }

  return { listPetitions, listOpenPetitions, findPetition, getPetition, findPetitionByNumber, closePetition };
}
export type PetitionService = ReturnType<typeof createPetitionService>;
