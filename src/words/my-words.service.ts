import type { DeliveryStore } from '../deliveries/delivery.store.ts';
import type { Infra } from '../infra.ts';
import { AppError } from '../lib/errors.ts';
import type { Office } from '../offices/office.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { ManageService } from '../signatures/manage.service.ts';
import {
  CONSENT_VERSION,
  OFFICE_CONSENT_VERSION,
  type OfficeConsent,
  type Person,
  type Signature,
  signatureContext,
} from '../signatures/signature.ts';
import { type SketchWords, wordsFields } from '../signatures/words-fields.ts';
import { consentedOffices } from './office-consent.ts';
import { type Finding, findPersonalData, isUnsure } from './personal-data.ts';
import type { WordsService } from './words.service.ts';
import type { WordsStore } from './words.store.ts';
import { isLongEnough, textVersion } from './words.ts';

type SentWords = { office: Office; at?: Date };
export type MyWords = Awaited<ReturnType<ManageService['getManaged']>> & {
  /** all that the petition writes to, in order */
  offices: Office[];
  sent: SentWords[];
  /** what an organiser wrote to the writer of refused words */
  note?: string;
};

/** The boxes that were ticked, by office. */
export type Ticked = { name: ReadonlySet<string>; reply: ReadonlySet<string> };

/** What keeps words from going to an organiser. */
export type WordsFault =
  | { code: 'missing' | 'tooShort' | 'changed' }
  | { code: 'personal'; findings: Finding[]; isUnsure: boolean };

export type MyWordsDeps = Pick<Infra, 'sealer' | 'clock' | 'logger'> &
  Pick<ManageService, 'getManaged'> &
  Pick<OfficesRoom, 'listKnownOffices'> &
  Pick<DeliveryStore, 'listSentTo'> &
  Pick<WordsService, 'rate' | 'readNote'> & {
    store: Pick<WordsStore, 'saveWords'>;
    sketchWords: SketchWords;
  };

/** A supporter's own words, by the manage link: kept, looked at, let go to an organiser, and taken back. */
export function createMyWordsService(deps: MyWordsDeps) {
  const {
    getManaged,
    store,
    listKnownOffices,
    listSentTo,
    rate,
    readNote,
    sealer,
    sketchWords,
    clock,
    logger,
  } = deps;

  /** @throws LINK_INVALID, LINK_EXPIRED */
  async function getMyWords(token: string): Promise<MyWords> {
    const managed = await getManaged(token);
    const { petition, signature } = managed;
    const all = await listKnownOffices();
    const offices = all
      .filter(({ _id }) => petition.officeIds.includes(_id))
      .sort((a, b) => a.order - b.order);
    const sentTo = signature.ref === undefined ? [] : await listSentTo(signature.ref);
    const sent = sentTo.flatMap(({ officeId, at }) => {
      const office = all.find(({ _id }) => _id === officeId);
      return office ? [{ office, ...(at && { at }) }] : [];
    });
    const note = readNote(signature);
    return { ...managed, offices, sent, ...(note && { note }) };
  }

  /** Why these words may not go to an organiser yet; `hasLooked`: the writer says of what is unsure that it may stand. */
  function faultOf(person: Person, hasLooked: boolean): WordsFault | undefined {
    const { name, words } = person;
    if (!words) return { code: 'missing' };
    if (!isLongEnough(words)) return { code: 'tooShort' };
    const findings = findPersonalData({ name, words });
    if (findings.length === 0 || (hasLooked && isUnsure(findings))) return undefined;
    return { code: 'personal', findings, isUnsure: isUnsure(findings) };
  }

  /** Kept, and read by nobody; words that have not changed stay as they are. @throws LINK_INVALID, LINK_EXPIRED */
  async function saveDraft(token: string, words: string | undefined): Promise<void> {
    const { signature, person } = await getManaged(token);
    if (words === person.words) return;
    const next: Person = { name: person.name, email: person.email, ...(words && { words }) };
    const isSaved = await store.saveWords(signature._id, sealedOf(signature), {
      sealed: sealer.seal(next, signatureContext(signature._id)),
      'consent.shareWords': false,
      ...wordsFields({ signature, before: person.words, words, wordsState: undefined, sketchWords }),
    });
    // Something else about the signature changed in between: what is there now decides.
    if (!isSaved) return saveDraft(token, words);
    logger.info({ ref: signature.ref }, 'words.drafted');
  }

  /**
   * To the organiser's approval, with the consents per office. `shown` names the text that the button stood under.
   * Pressed again with nothing changed, an earlier decision stays. @throws LINK_INVALID, LINK_EXPIRED
   */
  async function share(
    token: string,
    given: { shown: string; hasLooked: boolean; ticked: Ticked },
  ): Promise<WordsFault | undefined> {
    const { petition, signature, person } = await getManaged(token);
    const { words } = person;
    if (words && textVersion(words) !== given.shown) return { code: 'changed' };
    const isShared = signature.consent.shareWords && signature.wordsState !== undefined;
    const fault = isShared ? undefined : faultOf(person, given.hasLooked);
    if (fault) return fault;
    const wordsState = signature.wordsState ?? 'waiting';
    const sealed = sealedOf(signature);
    const fields = {
      ...wordsFields({ signature, before: words, words, wordsState, sketchWords }),
      'consent.shareWords': true,
      consentVersion: CONSENT_VERSION,
    };
    const eligible = consentedOffices(petition, await listKnownOffices());
    const officeConsents = consentsOf(given.ticked, eligible, signature.officeConsents ?? []);
    const { officeConsents: _old, ...rest } = fields;
    const isSaved = await store.saveWords(signature._id, sealed, {
      ...rest,
      ...(officeConsents.length > 0 && { officeConsents }),
    });
    if (!isSaved) return share(token, given);
    if (!isShared) await rate({ ...signature, ...rest });
    logger.info({ ref: signature.ref, offices: officeConsents.length }, 'words.shared');
    return undefined;
  }

  /** Read by nobody from now on; kept as a draft, without any consent. @throws LINK_INVALID, LINK_EXPIRED */
  async function takeBack(token: string): Promise<void> {
    const { signature, person } = await getManaged(token);
    const { trimmed, ...whole } = person;
    const isSaved = await store.saveWords(signature._id, sealedOf(signature), {
      ...(trimmed && { sealed: sealer.seal(whole, signatureContext(signature._id)) }),
      'consent.shareWords': false,
      ...wordsFields({
        signature,
        before: person.words,
        words: person.words,
        wordsState: undefined,
        sketchWords,
      }),
    });
    if (!isSaved) return takeBack(token);
    logger.info({ ref: signature.ref }, 'words.taken-back');
  }

  function consentsOf(ticked: Ticked, offices: readonly Office[], before: readonly OfficeConsent[]) {
    return offices.flatMap(({ _id: officeId }): OfficeConsent[] => {
      const [name, reply] = [ticked.name.has(officeId), ticked.reply.has(officeId)];
      if (!name && !reply) return [];
      const known = before.find((one) => one.officeId === officeId);
      const isSame =
        known?.name === name && known.reply === reply && known.version === OFFICE_CONSENT_VERSION;
      return [isSame ? known : { officeId, name, reply, version: OFFICE_CONSENT_VERSION, at: clock.now() }];
    });
  }

  return { getMyWords, faultOf, saveDraft, share, takeBack };
}
export type MyWordsService = ReturnType<typeof createMyWordsService>;

/** `getManaged` answers only for what is sealed. */
function sealedOf({ sealed, petitionId }: Signature): Buffer {
  if (!sealed) throw new AppError('LINK_EXPIRED', { petitionId });
  return sealed;
}
