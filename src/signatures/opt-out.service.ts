import type { Infra } from '../infra.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import type { Petition } from '../petitions/petition.ts';
import type { Linked, LinkReader } from './linked.service.ts';
import type { MailChoices } from './mail-choice.service.ts';
import type { SignatureStore } from './signature.store.ts';
import { parseSignatureId } from './signature.ts';

/** The two ways out that need no account and never end: "it was not me" and "no more updates" (law 17). */
export function createOptOutService(
  deps: Pick<Infra, 'clock' | 'logger'> &
    Pick<MailRoom, 'suppress' | 'freeAnswers' | 'forgetAnswers'> & {
      reader: LinkReader;
      store: Pick<
        SignatureStore,
        'findSignature' | 'dropPending' | 'removeSignature' | 'removeSignedWith' | 'dropUpdates'
      >;
      mailChoices: Pick<MailChoices, 'idsOfAddress' | 'isNotMe' | 'takeBackNotMe'>;
    },
) {
  const { reader, store, mailChoices, freeAnswers, forgetAnswers, suppress, clock, logger } = deps;

  const { idsOfAddress } = mailChoices;

  /** What the pages show before the button. Reads only. @throws LINK_INVALID */
  async function getNotMe(token: string): Promise<Linked & { isDone: boolean }> {
    const linked = await reader.follow('notMe', token);
    return { ...linked, isDone: await mailChoices.isNotMe(linked.link.emailKey) };
  }
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
    const ids = await idsOfAddress(link.emailKey);
    for (const one of ids) await forgetAnswers(one);
    for (const one of ids) if (one !== id) await store.dropPending(one, clock.now());
    await store.removeSignature(id, clock.now());
    // After it: what is being signed from its page meanwhile finds it gone, or is found here.
    for (const one of ids) await store.removeSignedWith(one, petition._id, clock.now());
    for (const one of ids) await freeAnswers(one);
    logger.info({ petitionId: petition._id, ...(signature && { ref: signature.ref }) }, 'signature.disowned');
    return petition;
  }

  /** "It was me after all", by the link that only the mailbox has: mail may come again. @throws LINK_INVALID */
  async function takeBackNotMe(token: string): Promise<Petition> {
    const { link, petition } = await getNotMe(token);
    await mailChoices.takeBackNotMe(link.emailKey);
    logger.info({ petitionId: petition._id }, 'signature.disowning-taken-back');
    return petition;
  }

  /** @throws LINK_INVALID */
  async function unsubscribe(token: string): Promise<Petition> {
    const { link, petition } = await getUnsubscribe(token);
    await endUpdates(link.emailKey);
    logger.info({ petitionId: petition._id }, 'updates.unsubscribed');
    return petition;
  }

  /** No more news of any petition. */
  async function endUpdates(emailKey: string): Promise<void> {
    await suppress({ emailKey, scope: 'updates', reason: 'unsubscribed' });
    for (const id of await idsOfAddress(emailKey)) await store.dropUpdates(id);
  }

  /** The petitions on which something is held of an address. */
  async function listErasable(emailKey: string): Promise<string[]> {
    const held: string[] = [];
    for (const id of await idsOfAddress(emailKey)) {
      const signature = await store.findSignature(id);
      if (signature && signature.state !== 'withdrawn') held.push(signature.petitionId);
    }
    return held;
  }

  /** What the signatures of an address are called in deliveries. */
  async function listRefs(emailKey: string): Promise<string[]> {
    const found = await Promise.all((await idsOfAddress(emailKey)).map((id) => store.findSignature(id)));
    return found.flatMap((signature) => signature?.ref ?? []);
  }

  /** At a person's written request: withdrawn or deleted on every petition. Answers on how many. */
  async function eraseAddress(emailKey: string): Promise<number> {
    const erased = new Set<string>();
    const ids = await idsOfAddress(emailKey);
    // Twice: what is being signed meanwhile from the page of one of them is there by then, or finds that one gone.
    for (const id of [...ids, ...ids]) {
      // What was asked for goes first: it could bring back what is erased.
      await forgetAnswers(id);
      const isErased = await store.removeSignature(id, clock.now());
      await freeAnswers(id);
      if (!isErased) continue;
      erased.add(id);
      logger.info({ petitionId: parseSignatureId(id).petitionId }, 'signature.erased');
    }
    return erased.size;
  }

  return {
    eraseAddress,
    listErasable,
    listRefs,
    getNotMe,
    getUnsubscribe,
    notMe,
    takeBackNotMe,
    unsubscribe,
    endUpdates,
  };
}
export type OptOutService = ReturnType<typeof createOptOutService>;
