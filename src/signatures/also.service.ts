import { randomInt } from 'node:crypto';
import type { Infra } from '../infra.ts';
import { addMilliseconds, MINUTE, SKEW_MS } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { Locale } from '../lib/locales.ts';
import { domainOf } from '../lib/misspelt-address.ts';
import { newRef } from '../lib/ref.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { isOpen, type Petition } from '../petitions/petition.ts';
import { type IntakeService, refuseUnlessOpen } from './intake.service.ts';
import type { LinkReader, LiveLinked } from './linked.service.ts';
import type { Links } from './links.ts';
import type { MailChoices } from './mail-choice.service.ts';
import type { SignalsOf } from './signals.ts';
import type { SignatureStore } from './signature.store.ts';
import {
  CONSENT_VERSION,
  isCountable,
  type Person,
  type Signature,
  signatureContext,
  signatureId,
} from './signature.ts';

/**
 * So long after the press that confirmed, the page of thanks thanks, and signs other petitions. Later it is a page that
 * was passed on (law 3).
 */
const THANKS_MS = 15 * MINUTE;

/** Whether a page of thanks is still its signer's own: pressed for lately, and by no clock that was ahead. */
export function isStillThanks({ issuedAt }: { issuedAt: Date }, now: Date): boolean {
  const age = now.getTime() - issuedAt.getTime();
  return age < THANKS_MS && age >= -SKEW_MS;
}

/** A page that only the mailbox has a link to; other petitions can be signed from it. */
export type OwnPage = { purpose: 'signed' | 'manage'; token: string };
type Owned = { page: OwnPage; linked: LiveLinked & { signature: { sealed: Buffer } }; person: Person };

/** `signed`: at once, and its page of thanks. `asked`: as by any form; the mailbox, at this domain, is told what there is to tell. */
export type Also = { did: 'signed'; signedToken: string } | { did: 'asked'; at: string };

/** The petitions that an address has not signed, and links to the pages of those that it has. */
export type Others = { open: Petition[]; signed: { petition: Petition; manageToken: string }[] };

/** The other petitions, each signed with one press from the details of a signature whose mailbox is proven (law 3). */
export function createAlsoService(
  deps: Pick<Infra, 'sealer' | 'clock' | 'logger'> &
    Pick<PetitionService, 'getPetition' | 'listPetitions'> & {
      reader: LinkReader;
      links: Pick<Links, 'mint'>;
      store: Pick<SignatureStore, 'findSignature' | 'insertAnew' | 'withdrawSignature' | 'listStates'>;
      intake: Pick<IntakeService, 'signKnown'>;
      mailChoices: Pick<MailChoices, 'choose' | 'getsUpdates'>;
      signalsOf: SignalsOf;
      networkKeyOf(network: string): string;
    },
) {
  const { reader, links, store, intake, mailChoices, signalsOf, networkKeyOf } = deps;
  const { getPetition, listPetitions, sealer, clock, logger } = deps;

  /**
   * What is there already is left alone and treated as by any form, but for what this very page has signed: pressed twice
   * it answers alike. @throws LINK_INVALID, LINK_EXPIRED, PAGE_EXPIRED, PETITION_NOT_FOUND, PETITION_CLOSED, PETITION_NOT_OPEN
   */
  async function signAlso(
    page: OwnPage,
    slug: string,
    shown: { locale: Locale; network: string },
  ): Promise<Also> {
    const owned = await follow(page, slug);
    const petition = await getPetition(slug);
    refuseUnlessOpen(petition, clock.now());
    const next = await derive(owned, petition, shown);
    if (await store.insertAnew(next)) return finish(owned, petition, next);
    const there = await store.findSignature(next._id);
    if (there && isFrom(page, owned, there)) return answer(owned, petition, there);
    const { consent, country, region, source } = next;
    await intake.signKnown({
      petition,
      emailKey: owned.linked.link.emailKey,
      person: personOf(owned),
      details: { consent, country, ...(region && { region }), source },
      ...shown,
    });
    return { did: 'asked', at: domainOf(owned.person.email) };
  }

  async function follow(page: OwnPage, slug?: string): Promise<Owned> {
    const linked = await reader.followLive(page.purpose, page.token);
    const { signature, link, petition } = linked;
    const { sealed } = signature;
    if (signature.state !== 'confirmed' || !sealed)
      throw new AppError('LINK_EXPIRED', { petitionId: petition._id });
    if (page.purpose === 'signed' && !isStillThanks(link, clock.now()))
      throw new AppError('PAGE_EXPIRED', { petitionId: slug });
    const person = sealer.open<Person>(sealed, signatureContext(signature._id));
    return { page, linked: { ...linked, signature: { ...signature, sealed } }, person };
  }

  /** The signature as this press makes it: who waits silently on the one waits on the other. Own words are about one petition. */
  async function derive(
    owned: Owned,
    petition: Petition,
    { locale, network }: { locale: Locale; network: string },
  ): Promise<Signature> {
    const { link, signature } = owned.linked;
    const now = clock.now();
    const _id = signatureId(petition._id, link.emailKey);
    const { country, region, held, consent } = signature;
    const place = { country, ...(region && { region }) };
    const updates = consent.updates && (await mailChoices.getsUpdates(link.emailKey));
    const source = 'petition';
    return {
      _id,
      petitionId: petition._id,
      ref: newRef(),
      state: 'confirmed',
      held,
      consent: { showName: consent.showName, shareWords: false, updates },
      consentVersion: CONSENT_VERSION,
      ...place,
      source,
      signedWith: signature.signedWith ?? signature.petitionId,
      locale,
      sealed: sealer.seal(personOf(owned), signatureContext(_id)),
      signals: signalsOf(owned.person.email, networkKeyOf(network)),
      linkVersion: randomInt(65_536),
      cell: { ...place, source, locale },
      createdAt: now,
      confirmedAt: now,
      ...(isCountable('confirmed', held) && { ledgerDue: now }),
    };
  }

  /** Whoever withdrew, disowned or erased the first one meanwhile takes back what was made from it. */
  async function finish(owned: Owned, petition: Petition, next: Signature): Promise<Also> {
    const { signature } = owned.linked;
    const first = await store.findSignature(signature._id);
    if (first?.state !== 'confirmed' || first.linkVersion !== signature.linkVersion) {
      await store.withdrawSignature(next._id, clock.now(), next.linkVersion);
      throw new AppError('LINK_EXPIRED', { petitionId: signature.petitionId });
    }
    // Only the language, and that the address is there: boxes of other petitions stay as they are.
    await mailChoices.choose(next._id, { updates: false, locale: next.locale });
    logger.info({ ref: next.ref, petitionId: petition._id, with: next.signedWith }, 'signature.also-signed');
    return answer(owned, petition, next);
  }

  /** A page of thanks that came from another one thanks no longer than that one. */
  function answer({ page, linked }: Owned, petition: Petition, signature: Signature): Also {
    const { emailKey, issuedAt } = linked.link;
    const signedToken = links.mint('signed', {
      petitionNumber: petition.number,
      emailKey,
      linkVersion: signature.linkVersion,
      ...(page.purpose === 'signed' && { issuedAt }),
    });
    return { did: 'signed', signedToken };
  }

  /** Signed since the page was opened, so by a press on it: a press that comes again. */
  function isFrom(page: OwnPage, { linked }: Owned, there: Signature): boolean {
    if (there.state !== 'confirmed' || !there.signedWith) return false;
    const lately = addMilliseconds(clock.now(), -THANKS_MS);
    const since = page.purpose === 'signed' ? linked.link.issuedAt : lately;
    return there.confirmedAt !== undefined && there.confirmedAt >= since;
  }

  /** For the page of a signature. Reads only. */
  async function listOthers(emailKey: string, petitionId: string): Promise<Others> {
    const others = (await listPetitions()).filter(({ _id }) => _id !== petitionId);
    const states = await store.listStates(others.map(({ _id }) => signatureId(_id, emailKey)));
    const confirmed = new Map(
      states.filter(({ state }) => state === 'confirmed').map((one) => [one._id, one]),
    );
    const signed = others.flatMap((petition) => {
      const found = confirmed.get(signatureId(petition._id, emailKey));
      if (!found) return [];
      const { linkVersion } = found;
      return [
        {
          petition,
          manageToken: links.mint('manage', { petitionNumber: petition.number, emailKey, linkVersion }),
        },
      ];
    });
    const now = clock.now();
    const open = others.filter(
      (petition) => isOpen(petition, now) && !confirmed.has(signatureId(petition._id, emailKey)),
    );
    return { open, signed };
  }

  return { signAlso, listOthers };
}
export type AlsoService = ReturnType<typeof createAlsoService>;

function personOf({ person }: Owned): Person {
  return { name: person.name, email: person.email };
}
