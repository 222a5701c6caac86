import type { Config } from '../config.ts';
import type { Infra } from '../infra.ts';
import { addMilliseconds, MINUTE } from '../lib/clock.ts';
import { parseEmailAddress } from '../lib/email-address.ts';
import { LANG_TAG, type Locale } from '../lib/locales.ts';
import { newRef } from '../lib/ref.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import {
  type Composer,
  dueRow,
  type MailMessage,
  type OutboxRow,
  type Prepared,
  type RenderMail,
} from '../mail/mail.ts';
import { oneClickHeaders } from '../mail/one-click.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { isShown, type Petition, petitionText } from '../petitions/petition.ts';
import type { LinksFor, MailLinks } from '../signatures/mail-links.ts';
import type { SignatureStore } from '../signatures/signature.store.ts';
import { type Person, parseSignatureId, signatureContext, signatureId } from '../signatures/signature.ts';
import { isOld } from './update.service.ts';
import type { UpdateStore } from './update.store.ts';
import { isWithinHours, paragraphsOf, type Update } from './update.ts';
import { updateOfRow } from './update.worker.ts';

/** While it is paused, or the hours are over, a row is looked at this often. */
const LOOK_MS = 10 * MINUTE;
const TEST = 'news-test';

/** What the template is given; links are whole addresses. */
type UpdateMailView = Pick<MailLinks, 'petitionUrl' | 'unsubscribeUrl'> & {
  title: string;
  paragraphs: string[];
  name?: string;
  petitionTitle: string;
  pageUrl: string;
  /** not in a mail that an organiser sends to themselves */
  manageUrl?: string;
};
/** What a test mail is sent with, sealed in its row. */
type TestMail = { to: string; name: string; locale: Locale };

export type UpdateComposerDeps = Pick<Infra, 'sealer' | 'clock'> &
  Pick<Infra['keys'], 'emailKeyOf'> &
  Pick<Config, 'publicUrl'> &
  Pick<SignatureStore, 'findSignature'> &
  Pick<PetitionService, 'findPetition'> &
  Pick<MailRoom, 'findHold' | 'allowNews' | 'insertRows'> & {
    store: Pick<UpdateStore, 'findUpdate'>;
    linksFor: LinksFor;
    getZone(): Promise<string>;
    renderMail: RenderMail;
  };

/** The mail of an update, from what is true at the moment of sending. */
export function createUpdateComposers(deps: UpdateComposerDeps) {
  const { store, findSignature, findPetition, findHold, allowNews, getZone, sealer, clock } = deps;

  async function prepare(row: OutboxRow): Promise<Prepared> {
    const { petitionId, emailKey } = parseSignatureId(row.subjectId);
    const [update, signature, petition] = await Promise.all([
      store.findUpdate(updateOfRow(row)),
      findSignature(row.subjectId),
      findPetition(petitionId),
    ]);
    if (!update || !petition || update.state === 'cancelled') return cancel('cancelled');
    const now = clock.now();
    if (isOld(update, now)) return cancel('no news any more');
    if (signature?.state !== 'confirmed' || !signature.sealed) return cancel('gone');
    if (signature.held) return cancel('held');
    if (!signature.consent.updates) return cancel('not asked for');
    const isNow = isWithinHours(update.hours, now, await getZone());
    if (update.state === 'paused' || !isNow || !isShown(petition))
      return { do: 'later', at: addMilliseconds(now, LOOK_MS) };
    const hold = await findHold(emailKey, 'updates');
    if (hold) return hold === 'suppressed' ? cancel(hold) : { do: 'later', at: hold };
    const at = await allowNews(emailKey, row._id);
    if (at) return { do: 'later', at };
    const person = sealer.open<Person>(signature.sealed, signatureContext(signature._id));
    const { locale } = signature;
    const links = deps.linksFor(signature, petition, locale);
    return { do: 'send', message: await compose(update, petition, { ...links, locale, ...person }) };
  }

  async function prepareTest(row: OutboxRow): Promise<Prepared> {
    const update = await store.findUpdate(row.subjectId);
    const petition = update && (await findPetition(update.petitionId));
    if (!row.sealed || !petition) return cancel('gone');
    const { to, name, locale } = sealer.open<TestMail>(row.sealed, testContext(row._id));
    return { do: 'send', message: await composeTest(update, petition, { to, name, locale }) };
  }

  async function composeTest(update: Update, petition: Petition, { to, name, locale }: TestMail) {
    const emailKey = deps.emailKeyOf(parseEmailAddress(to)?.canonical ?? to);
    const known = { _id: signatureId(petition._id, emailKey), linkVersion: 1 };
    const { petitionUrl, unsubscribeUrl } = deps.linksFor(known, petition, locale);
    return compose(update, petition, { email: to, name, locale, petitionUrl, unsubscribeUrl });
  }

  async function compose(
    update: Update,
    petition: Petition,
    to: Pick<MailLinks, 'petitionUrl' | 'unsubscribeUrl'> &
      Pick<Person, 'email' | 'name'> & { locale: Locale; manageUrl?: string },
  ): Promise<MailMessage> {
    const { locale, petitionUrl, unsubscribeUrl, manageUrl } = to;
    const { title, body } = update.texts[locale];
    const { subject, html, text } = await deps.renderMail('news', locale, {
      title,
      paragraphs: paragraphsOf(body),
      name: to.name,
      petitionTitle: petitionText(petition, locale).title,
      petitionUrl,
      pageUrl: absoluteUrl(deps.publicUrl, paths.updates(locale, petition._id)),
      unsubscribeUrl,
      ...(manageUrl && { manageUrl }),
    } satisfies UpdateMailView);
    const headers = {
      'Auto-Submitted': 'auto-generated',
      'Content-Language': LANG_TAG[locale],
      ...oneClickHeaders(unsubscribeUrl),
    };
    return { to: to.email, subject, html, text, headers };
  }

  /** To the organiser alone, in both languages. */
  async function sendTest(updateId: string, to: Omit<TestMail, 'locale'>): Promise<void> {
    const rows = (['en', 'es'] as const).map((locale) => {
      const _id = `${TEST}:${newRef()}`;
      const sealed = sealer.seal({ ...to, locale }, testContext(_id));
      return dueRow({ _id, kind: TEST, audience: 'organiser', subjectId: updateId, sealed }, clock.now());
    });
    const failed = (await deps.insertRows(rows)).find(Boolean);
    if (failed) throw failed;
  }

  return {
    composers: { news: { prepare }, [TEST]: { prepare: prepareTest } } satisfies Record<string, Composer>,
    /** as it would come to this person now; nothing is sent */
    composeTest,
    sendTest,
  };
}

function testContext(rowId: string): string {
  return `outbox:${rowId}`;
}

function cancel(reason: string): Prepared {
  return { do: 'cancel', reason };
}
