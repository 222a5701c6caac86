import type { Locale } from '../lib/locales.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';
import type { MailMessage } from '../mail/mail.ts';
import { type Petition, petitionText } from '../petitions/petition.ts';
import type { LinkPurpose, Links } from './links.ts';
import { type Person, parseSignatureId, type Signature } from './signature.ts';

export type MailInput = { petition: Petition; signature: Signature; person: Person; locale: Locale };

/** What an e-mail template is given; links are whole addresses. */
export type SignatureMailView = {
  name: string;
  petitionTitle: string;
  petitionUrl: string;
  confirmUrl: string;
  manageUrl: string;
  wordsUrl: string;
  notMeUrl: string;
  unsubscribeUrl?: string;
  shareUrl: string;
  days: number;
};

export function createSignatureMail(deps: {
  links: Pick<Links, 'mint'>;
  publicUrl: string;
  renderMail(
    name: string,
    locale: Locale,
    view: SignatureMailView,
  ): Promise<{ subject: string; html: string; text: string }>;
  oneClickHeaders(url: string): Record<string, string>;
}) {
  const { links, publicUrl, renderMail, oneClickHeaders } = deps;

  async function compose(name: string, input: MailInput): Promise<MailMessage> {
    const { petition, signature, person, locale } = input;
    const { emailKey } = parseSignatureId(signature._id);
    const mint = (purpose: LinkPurpose) =>
      links.mint(purpose, { petitionNumber: petition.number, emailKey, linkVersion: signature.linkVersion });
    const url = (path: string) => absoluteUrl(publicUrl, path);
    // Only what a person can stop says how: a confirm mail is answered, not subscribed to.
    const unsubscribeUrl =
      name === 'receipt' && signature.consent.updates
        ? url(paths.unsubscribe(locale, mint('unsubscribe')))
        : undefined;
    const { subject, html, text } = await renderMail(name, locale, {
      name: person.name,
      petitionTitle: petitionText(petition, locale).title,
      petitionUrl: url(paths.petition(locale, petition._id)),
      confirmUrl: url(paths.confirm(locale, mint('confirm'))),
      manageUrl: url(paths.mySignature(locale, mint('manage'))),
      wordsUrl: url(paths.myWords(locale, mint('manage'))),
      notMeUrl: url(paths.notMe(locale, mint('notMe'))),
      ...(unsubscribeUrl && { unsubscribeUrl }),
      shareUrl: url(`${paths.petition(locale, petition._id)}?source=email`),
      days: 30,
    });
    return {
      to: person.email,
      subject,
      html,
      text,
      headers: {
        'Auto-Submitted': 'auto-generated',
        'Content-Language': locale,
        ...(unsubscribeUrl && oneClickHeaders(unsubscribeUrl)),
      },
    };
  }

  return {
    confirm: (input: MailInput) => compose('confirm', input),
    alreadySigned: (input: MailInput) => compose('already-signed', input),
    receipt: (input: MailInput) => compose('receipt', input),
  };
}
export type SignatureMail = ReturnType<typeof createSignatureMail>;
