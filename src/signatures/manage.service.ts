import type { Infra } from '../infra.ts';
import { AppError } from '../lib/errors.ts';
import type { Locale } from '../lib/locales.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import type { Petition } from '../petitions/petition.ts';
import type { LinkReader } from './linked.service.ts';
import type { MailChoices } from './mail-choice.service.ts';
import type { DetailsForm } from './signature.schema.ts';
import type { SignatureStore } from './signature.store.ts';
import { type Person, type Signature, signatureContext } from './signature.ts';
import { signedDetails } from './signed-details.service.ts';
import type { WordsRules } from './words-fields.ts';

export type Managed = { petition: Petition; signature: Signature; person: Person };

/** What a signer does with their own signature, by the manage link and nothing else. */
export function createManageService(
  deps: Pick<Infra, 'sealer' | 'clock' | 'logger'> &
    Pick<MailRoom, 'freeAnswers'> &
    WordsRules & {
      reader: LinkReader;
      store: Pick<SignatureStore, 'changeDetails' | 'withdrawSignature'>;
      mailChoices: Pick<MailChoices, 'choose' | 'getsUpdates'>;
    },
) {
  const { reader, store, mailChoices, freeAnswers, sealer, clock, logger } = deps;

  /** The box of updates is shown ticked only where they would come. @throws LINK_INVALID, LINK_EXPIRED (also once withdrawn) */
  async function getManaged(token: string): Promise<Managed> {
    const { petition, signature, link } = await reader.followLive('manage', token);
    if (signature.state !== 'confirmed' || !signature.sealed) {
      throw new AppError('LINK_EXPIRED', { petitionId: petition._id });
    }
    const person = sealer.open<Person>(signature.sealed, signatureContext(signature._id));
    const { consent } = signature;
    const updates = consent.updates && (await mailChoices.getsUpdates(link.emailKey));
    return { petition, signature: { ...signature, consent: { ...consent, updates } }, person };
  }

  /** @throws LINK_INVALID, LINK_EXPIRED */
  async function changeDetails(token: string, form: DetailsForm, shownIn?: Locale): Promise<Managed> {
    const { petition, signature, person } = await getManaged(token);
    const locale = shownIn ?? signature.locale;
    const details = signedDetails(deps, signature, person, form, locale);
    await mailChoices.choose(signature._id, { updates: form.updates, locale });
    // Something else about it changed in between: what is there now decides.
    if (!(await store.changeDetails(signature, details))) return changeDetails(token, form, shownIn);
    logger.info({ ref: signature.ref }, 'signature.changed');
    return { petition, signature: { ...signature, ...details }, person: { ...person, name: form.name } };
  }

  /** Personal data goes at once; the ledger lowers the count within its next entry. */
  async function withdraw(token: string): Promise<Petition> {
    const { petition, signature } = await getManaged(token);
    // Another press was first, or it was signed anew: what is there now decides.
    if (!(await store.withdrawSignature(signature._id, clock.now(), signature.linkVersion)))
      return withdraw(token);
    await freeAnswers(signature._id);
    logger.info({ ref: signature.ref, petitionId: petition._id }, 'signature.withdrawn');
    return petition;
  }

  /** Everything that is held about the signer, for the download. */
  async function exportOwn(token: string): Promise<Record<string, unknown>> {
    const { petition, signature, person } = await getManaged(token);
    const { country, region, source, locale, consent, consentVersion, wordsState, createdAt, confirmedAt } =
      signature;
    const { officeConsents, wordsOriginality, wordsSketch, signedWith, signals } = signature;
    return {
      petition: petition._id,
      ...person,
      country,
      region,
      source,
      signedWith,
      signals,
      language: locale,
      consent,
      consentVersion,
      wordsState,
      officeConsents,
      wordsOriginality,
      wordsSketch: wordsSketch?.toString('base64'),
      signedAt: createdAt,
      confirmedAt,
      placeInTheCount: signature.counted?.place,
    };
  }

  return { getManaged, changeDetails, withdraw, exportOwn };
}
export type ManageService = ReturnType<typeof createManageService>;
