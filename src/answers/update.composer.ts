import type { Config } from '../config.ts';
import type { Infra } from '../infra.ts';
import { formatDate } from '../lib/format.ts';
import { LANG_TAG, type Locale } from '../lib/locales.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import type { OutboxRow, Prepared, RenderMail } from '../mail/mail.ts';
import { oneClickHeaders } from '../mail/one-click.ts';
import { type Office, shortName } from '../offices/office.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { type Catalog, type Petition, petitionText } from '../petitions/petition.ts';
import type { LinksFor, MailLinks } from '../signatures/mail-links.ts';
import type { SignatureStore } from '../signatures/signature.store.ts';
import { type Person, parseSignatureId, signatureContext } from '../signatures/signature.ts';
import type { AnswerStore } from './answer.store.ts';
import { type Answer, type Published, paragraphsOf, translatedReason } from './answer.ts';
import { answerOfRow, isCorrection } from './update.service.ts';

/** What the template is given; links are whole addresses. `lang` is there where the office wrote in another language. */
type UpdateMailView = Pick<MailLinks, 'petitionUrl' | 'manageUrl' | 'unsubscribeUrl'> & {
  name: string;
  petitionTitle: string;
  officeName: string;
  /** for the subject */
  office: string;
  officeUrl: string;
  answeredOn: string;
  lang?: Locale;
  statements: { demand: string; label: string; reason?: string; translation?: string }[];
  paragraphs: string[];
  /** ours, where the office wrote in another language */
  translation?: string[];
  /** they were told something else before */
  isCorrection?: true;
};

export type UpdateComposerDeps = Pick<Infra, 'sealer' | 'translator'> &
  Pick<Config, 'publicUrl'> &
  Pick<SignatureStore, 'findSignature'> &
  Pick<PetitionService, 'findPetition'> &
  Pick<OfficesRoom, 'getOffice'> &
  Pick<MailRoom, 'findHold'> & {
    answers: Pick<AnswerStore, 'findAnswer'>;
    linksFor: LinksFor;
    catalog: Catalog;
    renderMail: RenderMail;
  };

type UpdateMail = {
  locale: Locale;
  name: string;
  links: Pick<MailLinks, 'petitionUrl' | 'manageUrl' | 'unsubscribeUrl'>;
  petition: Petition;
  office: Office;
  at: Date;
  published: Published;
  isCorrected: boolean;
};

/** The mail to a signer who asked for updates, from what is published at the moment of sending. */
export function createUpdateComposer(deps: UpdateComposerDeps) {
  const { answers, findSignature, findPetition, getOffice, findHold, sealer } = deps;

  async function prepare(row: OutboxRow): Promise<Prepared> {
    const { petitionId, emailKey } = parseSignatureId(row.subjectId);
    const [answer, signature, petition] = await Promise.all([
      answers.findAnswer(answerOfRow(row)),
      findSignature(row.subjectId),
      findPetition(petitionId),
    ]);
    if (!answer?.published || !petition) return cancel('gone');
    if (signature?.state !== 'confirmed' || !signature.sealed) return cancel('gone');
    if (!signature.consent.updates) return cancel('not asked for');
    // Who has signed since was never told what is corrected.
    const { told } = answer;
    if (isCorrection(row) && !(told && signature.confirmedAt && signature.confirmedAt <= told.at))
      return cancel('was not told');
    const hold = await findHold(emailKey, 'updates');
    if (hold) return hold === 'suppressed' ? cancel(hold) : { do: 'later', at: hold };
    const person = sealer.open<Person>(signature.sealed, signatureContext(signature._id));
    const office = await getOffice(answer.officeId);
    const { locale } = signature;
    const links = deps.linksFor(signature, petition, locale);
    const { subject, html, text } = await render({
      locale,
      name: person.name,
      links,
      petition,
      office,
      at: answer.at,
      published: answer.published,
      isCorrected: isCorrection(row),
    });
    const headers = {
      'Auto-Submitted': 'auto-generated',
      'Content-Language': LANG_TAG[locale],
      ...oneClickHeaders(links.unsubscribeUrl),
    };
    return { do: 'send', message: { to: person.email, subject, html, text, headers } };
  }

  async function render(input: UpdateMail) {
    const { locale, name, links, petition, office, at, published, isCorrected } = input;
    const isForeign = published.locale !== locale;
    const { petitionUrl, manageUrl, unsubscribeUrl } = links;
    return deps.renderMail('update', locale, {
      name,
      petitionTitle: petitionText(petition, locale).title,
      petitionUrl,
      officeName: office.name[locale],
      office: shortName(office, locale),
      officeUrl: absoluteUrl(deps.publicUrl, paths.office(locale, office._id)),
      answeredOn: formatDate(at, locale, office.zone),
      ...(isForeign && { lang: published.locale }),
      statements: published.statements.map(({ demandId, status, reason }) => {
        const translation = isForeign ? translatedReason(published, demandId) : undefined;
        return {
          demand: deps.catalog.demands.get(demandId)?.text[locale] ?? demandId,
          label: deps.translator.t(locale, `answer.status.${status}`),
          ...(reason && { reason }),
          ...(translation && { translation }),
        };
      }),
      paragraphs: paragraphsOf(published.text),
      ...(isForeign &&
        published.translation?.text && { translation: paragraphsOf(published.translation.text) }),
      ...(isCorrected && { isCorrection: true as const }),
      manageUrl,
      unsubscribeUrl,
    } satisfies UpdateMailView);
  }

  /** The mail as somebody would get it if this were published; its links lead to the site's first page. */
  async function previewUpdate(
    answer: Pick<Answer, 'petitionId' | 'officeId' | 'at'>,
    published: Published,
    { locale, name, isCorrected }: { locale: Locale; name: string; isCorrected: boolean },
  ) {
    const [petition, office] = await Promise.all([
      findPetition(answer.petitionId),
      getOffice(answer.officeId),
    ]);
    if (!petition) return undefined;
    const home = absoluteUrl(deps.publicUrl, `/${locale}`);
    const links = { petitionUrl: home, manageUrl: home, unsubscribeUrl: home };
    return render({ locale, name, links, petition, office, at: answer.at, published, isCorrected });
  }

  return { prepare, previewUpdate };
}
export type UpdateComposer = ReturnType<typeof createUpdateComposer>;

function cancel(reason: string): Prepared {
  return { do: 'cancel', reason };
}
