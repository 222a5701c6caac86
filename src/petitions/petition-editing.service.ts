import { isDeepStrictEqual } from 'node:util';
import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { AppError } from '../lib/errors.ts';
import type { Localized } from '../lib/locales.ts';
import { findPetitionFaults } from './checklist.ts';
import type { PetitionService } from './petition.service.ts';
import type { PetitionStore } from './petition.store.ts';
import {
  type Catalog,
  contentOf,
  isShown,
  type Petition,
  type PetitionContent,
  type PetitionVersion,
  versionOf,
} from './petition.ts';

/** Numbers below belong to petitions that ship. */
const FIRST_NUMBER = 1_001;
const EMPTY = { title: '', summary: '', body: [] };

type Deps = Pick<Infra, 'clock' | 'logger'> &
  Pick<PetitionService, 'getPetition' | 'listAllPetitions' | 'forget'> & {
    store: PetitionStore;
    getCatalog(): Promise<Catalog>;
    /** whether anybody has signed it, confirmed or not */
    isSigned(petitionId: string): Promise<boolean>;
  };

/** Drafts, their versions, and what may still be changed once people sign. */
export function createPetitionEditing(deps: Deps) {
  const { store, clock, logger, getPetition, listAllPetitions, forget, getCatalog, isSigned } = deps;

  /** From an old one, or empty. @throws PETITION_EXISTS when the slug is taken */
  async function createDraft(actor: Actor, slug: string, from?: string): Promise<void> {
    const source = from ? contentOf(await getPetition(from)) : undefined;
    for (;;) {
      forget();
      const all = await listAllPetitions();
      if (all.some(({ _id }) => _id === slug)) throw new AppError('PETITION_EXISTS');
      const draft: Petition = {
        _id: slug,
        number: Math.max(FIRST_NUMBER - 1, ...all.map(({ number }) => number)) + 1,
        state: 'draft',
        order: Math.max(0, ...all.map(({ order }) => order)) + 1,
        ...(source ?? {
          texts: { en: EMPTY, es: EMPTY },
          demandIds: [],
          officeIds: [],
          factIds: [],
          lawIds: [],
        }),
        opensAt: clock.now(),
        version: 1,
      };
      // Two who make one at the same time ask for the same number: the second takes the next.
      if (await store.insertPetition(draft)) break;
    }
    forget();
    logger.info({ petitionId: slug, by: byOf(actor) }, 'petition.drafted');
  }

  /**
   * `version`: the one that was edited. Once it is public a note in both languages says on its page what changed.
   * @throws PETITION_CHANGED when somebody has saved since; PETITION_FAULTY when what is public would no longer pass the
   * checks; INPUT_INVALID for demands and offices that are fixed
   */
  async function saveContent(
    actor: Actor,
    slug: string,
    save: { version: number; content: PetitionContent; note?: Localized<string> | undefined },
  ): Promise<void> {
    const read = await getFresh(slug);
    const { version, content, note } = save;
    if (versionOf(read) !== version) throw new AppError('PETITION_CHANGED');
    if (isDeepStrictEqual(contentOf(read), content)) return;
    if (isAsking(read, content) && (await isSigned(slug))) throw invalid('demands', 'fixed');
    const now = clock.now();
    if (read.state !== 'draft') {
      const faults = findPetitionFaults(content, await getCatalog());
      if (faults.length > 0) throw new AppError('PETITION_FAULTY', { faults });
      if (!note) throw invalid('noteEn', 'required');
    }
    const edit = note && read.state !== 'draft' ? { version: version + 1, at: now, note } : undefined;
    await store.keepVersion(earlier(read, now, byOf(actor)));
    const isSaved = await store.saveContent({ slug, version }, content, edit);
    forget();
    if (!isSaved) throw new AppError('PETITION_CHANGED');
    logger.info({ petitionId: slug, version: version + 1, by: byOf(actor) }, 'petition.saved');
  }

  /** Now, or by the clock. @throws PETITION_FAULTY naming what the checks found; PETITION_STATE_CONFLICT */
  async function openDraft(actor: Actor, slug: string, opensAt?: Date): Promise<void> {
    const read = await getFresh(slug);
    const faults = findPetitionFaults(read, await getCatalog());
    if (faults.length > 0) throw new AppError('PETITION_FAULTY', { faults });
    const now = clock.now();
    if (opensAt && opensAt <= now) throw invalid('opensDay', 'over');
    if (read.closesAt && read.closesAt <= (opensAt ?? now)) throw invalid('opensDay', 'afterEnd');
    const isDone = await store.openDraft(slug, versionOf(read), opensAt ?? now);
    forget();
    if (!isDone) throw new AppError('PETITION_STATE_CONFLICT');
    logger.info({ petitionId: slug, by: byOf(actor) }, 'petition.opened');
  }

  /** What was never public goes without a trace but that of the audit. @throws PETITION_STATE_CONFLICT */
  async function deleteDraft(actor: Actor, slug: string): Promise<void> {
    await getFresh(slug);
    const isDone = await store.deleteDraft(slug);
    forget();
    if (!isDone) throw new AppError('PETITION_STATE_CONFLICT');
    logger.info({ petitionId: slug, by: byOf(actor) }, 'petition.draft-deleted');
  }

  /** What a save is compared with must not be a second old. */
  function getFresh(slug: string): Promise<Petition> {
    forget();
    return getPetition(slug);
  }

  /** What replaced what: each earlier version, the newest first. */
  async function listVersions(slug: string): Promise<PetitionVersion[]> {
    return store.listVersions(slug);
  }

  return { createDraft, saveContent, openDraft, deleteDraft, listVersions, isSigned };
}
export type PetitionEditing = ReturnType<typeof createPetitionEditing>;

/** Whether what is asked, or of whom, would be another. */
function isAsking(read: Petition, { demandIds, officeIds }: PetitionContent): boolean {
  return (
    isShown(read) &&
    !(isDeepStrictEqual(read.demandIds, demandIds) && isDeepStrictEqual(read.officeIds, officeIds))
  );
}

function earlier(read: Petition, until: Date, by: string): PetitionVersion {
  const version = versionOf(read);
  const _id = `${read._id}:${String(version).padStart(6, '0')}`;
  return { _id, petitionId: read._id, version, until, by, ...contentOf(read) };
}

function invalid(field: string, fault: string): AppError {
  return new AppError('INPUT_INVALID', { field, fault });
}
