import { createHash, randomBytes } from 'node:crypto';
import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { addMilliseconds, DAY } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import { newRef } from '../lib/ref.ts';
import type { DraftLinkStore } from './draft-link.store.ts';
import type { PetitionService } from './petition.service.ts';
import type { Petition } from './petition.ts';

/** An ally or a lawyer reads it within this; who needs longer gets another. */
const LINK_DAYS = 14;

/** A draft for whoever has the link, without an account. */
export function createDraftLinks(
  deps: Pick<Infra, 'clock'> &
    Pick<PetitionService, 'getPetition' | 'findPetition'> & { draftLinks: DraftLinkStore },
) {
  const { draftLinks: store, clock, getPetition, findPetition } = deps;

  /** What the link carries; it is shown once. @throws PETITION_STATE_CONFLICT unless it is a draft */
  async function create(slug: string, actor: Actor): Promise<string> {
    const { state } = await getPetition(slug);
    if (state !== 'draft') throw new AppError('PETITION_STATE_CONFLICT');
    const token = randomBytes(24).toString('base64url');
    const createdAt = clock.now();
    await store.deleteExpired(createdAt);
    const expiresAt = addMilliseconds(createdAt, LINK_DAYS * DAY);
    const by = byOf(actor);
    await store.insertLink({ _id: hash(token), ref: newRef(), petitionId: slug, by, createdAt, expiresAt });
    return token;
  }

  /** Once it is public its own page is shown instead. @throws PAGE_NOT_FOUND whatever is wrong with the link */
  async function follow(token: string): Promise<Petition> {
    const link = await store.findLink(hash(token), clock.now());
    const petition = link && (await findPetition(link.petitionId));
    if (!petition || petition.takenDown) throw new AppError('PAGE_NOT_FOUND');
    return petition;
  }

  const list = (slug: string) => store.listLinks(slug, clock.now());
  const revoke = (slug: string, ref: string) => store.revokeLink(slug, ref);

  return { create, follow, list, revoke };
}
export type DraftLinks = ReturnType<typeof createDraftLinks>;

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
