import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { SuppressionReason, SuppressionScope } from '../mail/mail.ts';
import type { Petition } from '../petitions/petition.ts';
import type { Linked, LinkReader } from './linked.ts';
import type { SignatureStore } from './signature.store.ts';
import { signatureId } from './signature.ts';

/** The two ways out that need no account and never end: "it was not me" and "no more updates" (law 17). */
export function createOptOutService(deps: {
  reader: LinkReader;
  store: Pick<SignatureStore, 'findSignature' | 'dropPending' | 'withdrawSignature' | 'dropUpdates'>;
  listPetitions(): Promise<readonly Petition[]>;
  suppress(address: {
    emailKey: string;
    scope: SuppressionScope;
    reason: SuppressionReason;
    network?: string;
  }): Promise<void>;
  clock: Clock;
  logger: Logger;
}) {
  const { reader, store, listPetitions, suppress, clock, logger } = deps;

  const { findSignature } = store;

  async function idsOfAddress(emailKey: string): Promise<string[]> {
    return (await listPetitions()).map((petition) => signatureId(petition._id, emailKey));
  }

  /** What the pages show before the button. Reads only. @throws LINK_INVALID */
  const getNotMe = (token: string): Promise<Linked> => reader.follow('notMe', token);
  const getUnsubscribe = (token: string): Promise<Linked> => reader.follow('unsubscribe', token);

  /**
   * Deletes what waits at the address, takes back the signature that the mail spoke of, ends all mail to it,
   * and counts against the network that posted it. @throws LINK_INVALID
   */
  async function notMe(token: string): Promise<Petition> {
    const { link, petition, id, signature } = await getNotMe(token);
    await suppress({
      emailKey: link.emailKey,
      scope: 'all',
      reason: 'not-me',
      ...(signature?.network && { network: signature.network }),
    });
    for (const pendingId of await idsOfAddress(link.emailKey))
      await store.dropPending(pendingId, clock.now());
    if (signature?.state === 'confirmed') await store.withdrawSignature(id, clock.now());
    logger.info({ petitionId: petition._id, ...(signature && { ref: signature.ref }) }, 'signature.disowned');
    return petition;
  }

  /** @throws LINK_INVALID */
  async function unsubscribe(token: string): Promise<Petition> {
    const { link, petition } = await getUnsubscribe(token);
    await suppress({ emailKey: link.emailKey, scope: 'updates', reason: 'unsubscribed' });
    for (const id of await idsOfAddress(link.emailKey)) await store.dropUpdates(id);
    logger.info({ petitionId: petition._id }, 'updates.unsubscribed');
    return petition;
  }

  /** At a person's written request: withdrawn or deleted on every petition. Answers on how many. */
  async function eraseAddress(emailKey: string): Promise<number> {
    let erased = 0;
    for (const id of await idsOfAddress(emailKey)) {
      const signature = await findSignature(id);
      if (signature?.state !== 'pending' && signature?.state !== 'confirmed') continue;
      if (signature.state === 'pending') await store.dropPending(id, clock.now());
      else await store.withdrawSignature(id, clock.now());
      erased += 1;
      logger.info({ ref: signature.ref, petitionId: signature.petitionId }, 'signature.erased');
    }
    return erased;
  }

  return { eraseAddress, getNotMe, getUnsubscribe, notMe, unsubscribe };
}
export type OptOutService = ReturnType<typeof createOptOutService>;
