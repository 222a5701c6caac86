import type { Infra } from '../infra.ts';
import { LANG_TAG, type Locale } from '../lib/locales.ts';
import type { MailMessage, RenderMail } from '../mail/mail.ts';
import { oneClickHeaders } from '../mail/one-click.ts';
import { type Petition, petitionText } from '../petitions/petition.ts';
import type { LinksFor, MailLinks } from './mail-links.ts';
import { PENDING_DAYS, type Person, type Signature } from './signature.ts';

export type MailInput = {
  petition: Petition;
  signature: Signature;
  person: Person;
  locale: Locale;
  isClosed?: boolean;
};

/** What an e-mail template is given. The way to stop is there only where there is something that a person can stop. */
type SignatureMailView = Omit<MailLinks, 'unsubscribeUrl' | 'shareUrl' | 'whatsappPageUrl'> & {
  name: string;
  petitionTitle: string;
  unsubscribeUrl?: string;
  /** in the count, once it is known */
  place?: number;
  /** while others can sign */
  shareUrl?: string;
  whatsappUrl?: string;
  days: number;
};

export type SignatureMailDeps = Pick<Infra, 'translator'> & { linksFor: LinksFor; renderMail: RenderMail };

export function createSignatureMail(deps: SignatureMailDeps) {
  const { linksFor, renderMail, translator } = deps;

  async function compose(name: string, input: MailInput): Promise<MailMessage> {
    const { petition, signature, person, locale } = input;
    const {
      unsubscribeUrl: stopUrl,
      shareUrl,
      whatsappPageUrl,
      ...addresses
    } = linksFor(signature, petition, locale);
    const { title } = petitionText(petition, locale);
    const place = signature.counted?.place;
    const own = petition.shareTexts?.[locale];
    const message = own
      ? `${own} ${whatsappPageUrl}`
      : translator.t(locale, 'signed.share.message', { title, link: whatsappPageUrl });
    // Only what a person can stop says how: a confirm mail is answered, not subscribed to.
    const unsubscribeUrl = name === 'receipt' && signature.consent.updates ? stopUrl : undefined;
    const { subject, html, text } = await renderMail(name, locale, {
      ...addresses,
      name: person.name,
      petitionTitle: title,
      ...(place !== undefined && { place }),
      ...(unsubscribeUrl && { unsubscribeUrl }),
      ...(!input.isClosed && {
        shareUrl,
        whatsappUrl: `https://wa.me/?text=${encodeURIComponent(message)}`,
      }),
      days: PENDING_DAYS,
    } satisfies SignatureMailView);
    return {
      to: person.email,
      subject,
      html,
      text,
      headers: {
        'Auto-Submitted': 'auto-generated',
        'Content-Language': LANG_TAG[locale],
        ...(unsubscribeUrl && oneClickHeaders(unsubscribeUrl)),
      },
    };
  }

  return {
    confirm: (input: MailInput) => compose('confirm', input),
    reminder: (input: MailInput) => compose('reminder', input),
    alreadySigned: (input: MailInput) => compose('already-signed', input),
    lostLink: (input: MailInput) => compose('lost-link', input),
    receipt: (input: MailInput) => compose('receipt', input),
  };
}
export type SignatureMail = ReturnType<typeof createSignatureMail>;
