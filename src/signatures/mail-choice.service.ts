import type { Infra } from '../infra.ts';
import type { Locale } from '../lib/locales.ts';
import type { SuppressionStore } from '../mail/suppression.store.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import type { SignatureStore } from './signature.store.ts';
import { parseSignatureId, signatureId } from './signature.ts';

/** What the owner of an address chose on a page whose link is only in their mailbox. */
export type Choice = { updates: boolean; locale: Locale; isConfirming?: boolean };

/**
 * The newest word of a mailbox's owner on mail, given on a page that only the mailbox has a link to: it undoes what they, or
 * their mail program, said before, and nobody else's word does (law 17).
 */
export function createMailChoices(
  deps: Pick<Infra, 'clock'> &
    Pick<PetitionService, 'listAllPetitions'> & {
      suppressions: Pick<SuppressionStore, 'findSuppression' | 'liftAll' | 'lowerToUpdates'>;
      store: Pick<SignatureStore, 'dropUpdates' | 'setLocale'>;
    },
) {
  const { suppressions, store, listAllPetitions, clock } = deps;

  async function idsOfAddress(emailKey: string): Promise<string[]> {
    return (await listAllPetitions()).map((petition) => signatureId(petition._id, emailKey));
  }

  /**
   * Before the choice itself is written: a crash between leaves nobody subscribed who did not ask. Updates come by the boxes
   * ticked from now on; those of other petitions, ended by what is lifted, stay ended.
   */
  async function choose(id: string, { updates, locale, isConfirming = false }: Choice): Promise<void> {
    const { emailKey } = parseSignatureId(id);
    const others = (await idsOfAddress(emailKey)).filter((other) => other !== id);
    await store.setLocale(others, locale);
    const found = await suppressions.findSuppression(emailKey);
    if (!found) return;
    if (found.reason === 'no-such-address') {
      await suppressions.liftAll(emailKey);
    } else if (updates) {
      for (const other of others) await store.dropUpdates(other);
      await suppressions.liftAll(emailKey);
    } else if (isConfirming && found.scope === 'all') {
      await suppressions.lowerToUpdates(emailKey, clock.now());
    }
  }

  /** Whether updates that were asked for would go out now. */
  async function getsUpdates(emailKey: string): Promise<boolean> {
    const found = await suppressions.findSuppression(emailKey);
    return !found || found.restsUntil !== undefined;
  }

  async function isNotMe(emailKey: string): Promise<boolean> {
    return (await suppressions.findSuppression(emailKey))?.reason === 'not-me';
  }

  /** "It was me after all": as if it had not been said. What was deleted stays so. */
  async function takeBackNotMe(emailKey: string): Promise<void> {
    if (await isNotMe(emailKey)) await suppressions.liftAll(emailKey);
  }

  return { choose, getsUpdates, isNotMe, takeBackNotMe, idsOfAddress };
}
export type MailChoices = ReturnType<typeof createMailChoices>;
