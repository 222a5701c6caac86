import type { Infra } from '../infra.ts';
import { createCached } from '../lib/cached.ts';
import { SECOND } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { PetitionStore } from './petition.store.ts';
import { isShown, type Petition } from './petition.ts';
import { createPetitionChanges } from './petition-changes.service.ts';

/** Petitions are few and every request needs one: all of them are kept for a second, and longer while the database is away. */
export function createPetitionService(deps: Pick<Infra, 'clock' | 'logger'> & { store: PetitionStore }) {
  const { store, clock } = deps;
  const all = createCached({ load: store.listPetitions, freshMs: SECOND, clock });

  /** Also drafts, and what was taken down. */
  async function listAllPetitions(): Promise<readonly Petition[]> {
    return all.get();
  }

  /** Those that everybody may read. */
  async function listPetitions(): Promise<readonly Petition[]> {
    return (await all.get()).filter(isShown);
  }

  /** Whatever it is: whoever signed has a link that must not end when the page is taken down. */
  async function findPetition(slug: string): Promise<Petition | null> {
    return (await all.get()).find(({ _id }) => _id === slug) ?? null;
  }

  /** Whatever it is. @throws PETITION_NOT_FOUND */
  async function getPetition(slug: string): Promise<Petition> {
    const found = await findPetition(slug);
    if (!found) throw notFound(slug);
    return found;
  }

  /** For pages that everybody may read. @throws PETITION_NOT_FOUND also for a draft; PETITION_TAKEN_DOWN */
  async function getShownPetition(slug: string): Promise<Petition> {
    const found = await getPetition(slug);
    if (found.takenDown) throw new AppError('PETITION_TAKEN_DOWN');
    if (!isShown(found)) throw notFound(slug);
    return found;
  }

  async function findPetitionByNumber(number: number): Promise<Petition | null> {
    return (await all.get()).find((petition) => petition.number === number) ?? null;
  }

  return {
    warm: all.warm,
    forget: all.forget,
    listAllPetitions,
    listPetitions,
    findPetition,
    getPetition,
    getShownPetition,
    findPetitionByNumber,
    ...createPetitionChanges({ ...deps, getPetition, forget: all.forget }),
  };
}
export type PetitionService = ReturnType<typeof createPetitionService>;

function notFound(slug: string): AppError {
  return new AppError('PETITION_NOT_FOUND', { message: `There is no petition "${slug}".` });
}
