import { type Campaign, isCampaignComplete } from '../campaign/campaign.ts';
import type { Locale } from '../lib/locales.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';
import { wrapText } from '../lib/wrap-text.ts';
import type { MailMessage } from '../mail/mail.ts';
import type { Delivery } from './delivery.ts';
import type { Digest } from './digest.ts';

/** RFC 5322, 2.1.1 asks for at most 78. */
const LINE_WIDTH = 76;

/** The mail of one digest, from data that was prepared before: headers by us alone, no word of a supporter in them. */
export function createDigestMail(deps: {
  publicUrl: string;
  mailDomain: string;
  renderMail(
    name: string,
    locale: Locale,
    view: object,
    layout: 'letter',
  ): { subject: string; html: string; text: string };
}) {
  const { publicUrl, mailDomain, renderMail } = deps;

  function composeDigest(input: {
    digest: Digest;
    /** its token is opaque: it names the delivery in the sender's address, for bounces, and in the Message-ID */
    delivery: Pick<Delivery, 'token' | 'petitionId' | 'n'>;
    to: string;
    campaign: Campaign;
    date: Date;
    /** the first message to this office on this petition; absent on the first itself */
    rootMessageId?: string | undefined;
  }): MailMessage & { messageId: string; from: { name: string; address: string } } {
    const { digest, delivery, to, campaign, date, rootMessageId } = input;
    const { locale } = digest;
    const petitionUrl = absoluteUrl(publicUrl, paths.petition(locale, delivery.petitionId));
    const who = isCampaignComplete(campaign) ? campaign : {};
    const view = { ...digest, ...who, petitionUrl };
    const { subject, html, text } = renderMail('digest', locale, view, 'letter');
    const address = `letters+${delivery.token}@${mailDomain}`;
    const replyTo = campaign.contactEmail ?? address;
    return {
      to,
      from: { name: 'Safe Passage', address },
      replyTo,
      subject,
      html,
      text: wrapText(raiseHeadings(text, locale), LINE_WIDTH),
      messageId: `digest-${delivery.n}.${delivery.token}@${mailDomain}`,
      ...(rootMessageId && { references: [rootMessageId] }),
      headers: {
        Date: date.toUTCString().replace('GMT', '+0000'),
        'Auto-Submitted': 'auto-generated',
        'Content-Language': locale,
        'List-Unsubscribe': `<mailto:${mailtoAddress(replyTo)}?subject=STOP>`,
      },
    };
  }

  return { composeDigest };
}
export type DigestMail = ReturnType<typeof createDigestMail>;

/** The text template marks a heading by `# `; nobody's words can stand at the start of a line. */
function raiseHeadings(text: string, locale: Locale): string {
  return text.replace(/^# (.*)$/gm, (_, heading: string) => heading.toLocaleUpperCase(locale));
}

/** RFC 6068: what has a meaning in a URL is escaped. */
function mailtoAddress(address: string): string {
  return encodeURIComponent(address).replace('%40', '@');
}
