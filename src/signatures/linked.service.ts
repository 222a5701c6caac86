import { AppError } from '../lib/errors.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import type { Petition } from '../petitions/petition.ts';
import type { Link, LinkPurpose, Links } from './links.ts';
import type { SignatureStore } from './signature.store.ts';
import { type Signature, signatureId } from './signature.ts';

export type Linked = { link: Link; petition: Petition; id: string; signature: Signature | null };
export type LiveLinked = Linked & { signature: Signature };

/** Finds what a sealed link speaks of: one read by `_id`. */
export function createLinkReader(
  deps: Pick<PetitionService, 'findPetitionByNumber'> &
    Pick<SignatureStore, 'findSignature'> & { links: Pick<Links, 'read'> },
) {
  const { links, findPetitionByNumber, findSignature } = deps;

  /** @throws LINK_INVALID */
  async function follow(purpose: LinkPurpose, token: string): Promise<Linked> {
    const link = links.read(purpose, token);
    const petition = await findPetitionByNumber(link.petitionNumber);
    if (!petition) throw new AppError('LINK_INVALID');
    const id = signatureId(petition._id, link.emailKey);
    return { link, petition, id, signature: await findSignature(id) };
  }

  /** @throws LINK_INVALID; LINK_EXPIRED when the signature is gone, found false, or its older links were ended */
  async function followLive(purpose: LinkPurpose, token: string): Promise<LiveLinked> {
    const linked = await follow(purpose, token);
    const { signature, link, petition } = linked;
    if (!signature || signature.linkVersion !== link.linkVersion || signature.state === 'invalidated') {
      throw new AppError('LINK_EXPIRED', { petitionId: petition._id });
    }
    return { ...linked, signature };
  }

  return { follow, followLive };
}
export type LinkReader = ReturnType<typeof createLinkReader>;
