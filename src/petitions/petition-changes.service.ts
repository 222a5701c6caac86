import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { AppError, invalidInput } from '../lib/errors.ts';
import type { Localized } from '../lib/locales.ts';
import type { PetitionStore } from './petition.store.ts';
import { type Petition, phaseOf, WAYS, type Way } from './petition.ts';

type Deps = Pick<Infra, 'clock' | 'logger'> & {
  store: PetitionStore;
  /** as it is kept: at most a second old */
  getPetition(slug: string): Promise<Petition>;
  /** what is kept is read anew by whoever asks next */
  forget(): void;
};

/** What organisers do to a petition as a whole. Whoever calls has it written down first: see audit.service.ts. */
export function createPetitionChanges({ store, clock, logger, getPetition, forget }: Deps) {
  /** @throws PETITION_NOT_FOUND; PETITION_STATE_CONFLICT, naming the phase that it is in, where the change did not fit it */
  async function change(slug: string, actor: Actor, event: string, make: (now: Date) => Promise<boolean>) {
    const now = clock.now();
    await getPetition(slug);
    const isDone = await make(now);
    forget();
    if (!isDone) throw conflict(await getPetition(slug), now);
    logger.info({ petitionId: slug, by: byOf(actor) }, event);
  }

  /** For good: what was anonymised after closing cannot be confirmed again (law 10). */
  async function closePetition(slug: string, actor: Actor, reason?: Localized<string>): Promise<void> {
    await change(slug, actor, 'petition.closed', (now) =>
      store.closePetition(slug, now, { by: byOf(actor), ...(reason && { reason }) }),
    );
  }

  /** Nobody can sign until it is resumed; whoever signed before can still confirm. */
  async function pausePetition(slug: string, actor: Actor): Promise<void> {
    await change(slug, actor, 'petition.paused', (now) => store.pause(slug, now));
  }

  async function resumePetition(slug: string, actor: Actor): Promise<void> {
    await change(slug, actor, 'petition.resumed', (now) => store.resume(slug, now));
  }

  /** Of one that has not opened yet: it opens by the clock. @throws INPUT_INVALID where that is not before its end */
  async function setOpening(slug: string, actor: Actor, opensAt: Date): Promise<void> {
    const { closesAt } = await getPetition(slug);
    if (closesAt && closesAt <= opensAt) throw refused('opensDay', 'afterEnd');
    if (opensAt <= clock.now()) throw refused('opensDay', 'over');
    await change(slug, actor, 'petition.opening-set', (now) => store.setOpening(slug, opensAt, now));
  }

  /**
   * It closes by the clock, for good; without a moment it stays open until somebody closes it.
   * @throws INPUT_INVALID where that is over, or before it opens
   */
  async function setEnd(slug: string, actor: Actor, closesAt?: Date): Promise<void> {
    const { opensAt } = await getPetition(slug);
    if (closesAt && closesAt <= clock.now()) throw refused('closesDay', 'over');
    if (closesAt && closesAt <= opensAt) throw refused('closesDay', 'beforeOpening');
    await change(slug, actor, 'petition.end-set', (now) => store.setEnd(slug, closesAt, now));
  }

  /** A language without a text has the site's own sentence. */
  async function setShareTexts(
    slug: string,
    actor: Actor,
    shareTexts: Partial<Localized<string>>,
  ): Promise<void> {
    await change(slug, actor, 'petition.share-texts', () => store.setShareTexts(slug, shareTexts));
  }

  /** At once: its pages answer 410, and nothing more goes to offices. Whoever signed keeps their own page. */
  async function takeDown(slug: string, actor: Actor, reason: string): Promise<void> {
    await change(slug, actor, 'petition.taken-down', (at) =>
      store.takeDown(slug, { at, by: byOf(actor), reason }),
    );
  }

  async function bringBack(slug: string, actor: Actor): Promise<void> {
    await change(slug, actor, 'petition.brought-back', () => store.bringBack(slug));
  }

  /**
   * By what ways this petition's words may reach an office; none at all is a choice too.
   * @throws PETITION_NOT_FOUND; INPUT_INVALID naming what can be chosen
   */
  async function setWays(
    slug: string,
    officeId: string,
    ways: readonly string[],
    actor: Actor,
  ): Promise<readonly Way[]> {
    const { officeIds } = await getPetition(slug);
    if (!officeIds.includes(officeId))
      throw invalidInput(`${slug} does not write to "${officeId}", but to ${officeIds.join(', ')}.`);
    const unknown = ways.find((way) => !WAYS.some((known) => known === way));
    if (unknown !== undefined) throw invalidInput(`"${unknown}" is no way. Ways are ${WAYS.join(', ')}.`);
    const chosen = WAYS.filter((way) => ways.includes(way));
    await change(slug, actor, 'petition.ways', () => store.setWays(slug, officeId, chosen));
    return chosen;
  }

  return {
    closePetition,
    pausePetition,
    resumePetition,
    setOpening,
    setEnd,
    setShareTexts,
    takeDown,
    bringBack,
    setWays,
  };
}

/** By the field of the form, for whoever shows one; in words for a command. */
function refused(field: string, fault: 'over' | 'afterEnd' | 'beforeOpening'): AppError {
  const message = {
    over: 'That moment is over.',
    afterEnd: 'It would open after it has closed.',
    beforeOpening: 'It would close before it opens.',
  }[fault];
  return new AppError('INPUT_INVALID', { message, field, fault });
}

function conflict(petition: Petition, now: Date): AppError {
  const phase = phaseOf(petition, now);
  const message = `This cannot be done to "${petition._id}" as it is now: ${phase}.`;
  return new AppError('PETITION_STATE_CONFLICT', { message, phase });
}
