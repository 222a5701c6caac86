import type { Infra } from '../infra.ts';
import { AppError } from '../lib/errors.ts';
import type { Locale } from '../lib/locales.ts';
import { newRef } from '../lib/ref.ts';
import { dueRow, type OutboxRow } from '../mail/mail.ts';
import { isConfirmable, type Petition } from '../petitions/petition.ts';
import { isStillThanks } from './also.service.ts';
import type { LinkReader, LiveLinked } from './linked.service.ts';
import type { Links } from './links.ts';
import type { MailChoices } from './mail-choice.service.ts';
import type { SignalsOf } from './signals.ts';
import type { DetailsForm } from './signature.schema.ts';
import type { SignatureStore } from './signature.store.ts';
import { type LedgerCell, type Person, type Signature, signatureContext } from './signature.ts';
import { detailsOf, signedDetails } from './signed-details.service.ts';
import type { WordsRules } from './words-fields.ts';

/** `renew`: it was withdrawn and asked for again; its details are gone and are asked for anew. */
export type Confirmable = {
  step: 'confirm' | 'renew' | 'done';
  petition: Petition;
  signature: Signature;
  person: Person;
};

/** `manageToken`: to whoever pressed lately, as the mailbox is proven; a press on an old link gets none. */
export type Confirmed = { petition: Petition; signedToken: string; manageToken?: string };

export function createConfirmService(
  deps: Pick<Infra, 'sealer' | 'clock' | 'logger'> &
    WordsRules & {
      reader: LinkReader;
      links: Pick<Links, 'mint'>;
      store: Pick<SignatureStore, 'confirmSignature'>;
      insertRow(row: OutboxRow): Promise<void>;
      chooseMail: MailChoices['choose'];
      signalsOf: SignalsOf;
    },
) {
  const { reader, links, store, insertRow, chooseMail, signalsOf, sealer, clock, logger } = deps;

  /** What the page shows. Reads only. @throws LINK_INVALID, LINK_EXPIRED, PETITION_CLOSED */
  async function getConfirmable(token: string): Promise<Confirmable> {
    const { petition, signature } = await reader.followLive('confirm', token);
    const person = openPerson(signature);
    if (signature.state === 'confirmed') return { step: 'done', petition, signature, person };
    refuseLate(petition, signature);
    return { step: person.name === '' ? 'renew' : 'confirm', petition, signature, person };
  }

  /**
   * The button, on a page that is shown in this language. Without fields it confirms what the page showed; pressed twice it confirms once.
   * @throws LINK_INVALID, LINK_EXPIRED, PETITION_CLOSED; INPUT_INVALID when a renewed signature comes without details
   */
  async function confirmSignature(token: string, form?: DetailsForm, shownIn?: Locale): Promise<Confirmed> {
    const linked = await reader.followLive('confirm', token);
    if (linked.signature.state === 'confirmed') return finish(linked, linked.signature);
    refuseLate(linked.petition, linked.signature);
    const locale = shownIn ?? linked.signature.locale;
    const { details, ...given } = prepare(linked.signature, locale, form);
    const ref = linked.signature.ref ?? newRef();
    await chooseMail(linked.id, { updates: details.consent.updates, locale, isConfirming: true });
    const confirmedAt = clock.now();
    const isMine = await store.confirmSignature(linked.signature, details, { ref, ...given }, confirmedAt);
    // Somebody else pressed in between: what is there now decides.
    if (!isMine) return confirmSignature(token, form, shownIn);
    logger.info({ ref, petitionId: linked.petition._id }, 'signature.confirmed');
    return finish(linked, { ...linked.signature, confirmedAt });
  }

  function refuseLate(petition: Petition, { createdAt }: Signature): void {
    if (isConfirmable(petition, createdAt, clock.now())) return;
    const code = petition.takenDown ? 'PETITION_TAKEN_DOWN' : 'PETITION_CLOSED';
    throw new AppError(code, { petitionId: petition._id });
  }

  function prepare(signature: Signature, locale: Locale, form: DetailsForm | undefined) {
    const person = openPerson(signature);
    if (person.name === '' && !form) throw new AppError('INPUT_INVALID');
    const chosen = form ?? detailsOf(signature, person);
    const cell: LedgerCell = {
      country: chosen.country,
      ...(chosen.region && { region: chosen.region }),
      source: signature.source,
      locale,
    };
    const signals = signalsOf(person.email, signature.network);
    return { details: signedDetails(deps, signature, person, chosen, locale), cell, signals };
  }

  /** The receipt is keyed by the moment of confirming: pressing again repairs one that a crash swallowed. */
  async function finish({ petition, link }: LiveLinked, signature: Signature): Promise<Confirmed> {
    const now = clock.now();
    const _id = `receipt:${signature._id}:${signature.confirmedAt?.getTime() ?? 0}`;
    const { emailKey } = link;
    await insertRow(
      dueRow({ _id, kind: 'receipt', audience: 'person', subjectId: signature._id, emailKey }, now),
    );
    const target = { petitionNumber: petition.number, emailKey, linkVersion: signature.linkVersion };
    const isLate = !isStillThanks({ issuedAt: signature.confirmedAt ?? now }, now);
    return {
      petition,
      signedToken: links.mint('signed', target),
      ...(!isLate && { manageToken: links.mint('manage', target) }),
    };
  }

  function openPerson(signature: Signature): Person {
    if (!signature.sealed) throw new AppError('LINK_EXPIRED', { petitionId: signature.petitionId });
    return sealer.open<Person>(signature.sealed, signatureContext(signature._id));
  }

  return { getConfirmable, confirmSignature };
}
export type ConfirmService = ReturnType<typeof createConfirmService>;
