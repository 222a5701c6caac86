import { createHash } from 'node:crypto';
import { type Campaign, isCampaignComplete } from '../campaign/campaign.ts';
import type { Locale } from '../lib/locales.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';
import { wrapText } from '../lib/wrap-text.ts';
import type { MailMessage } from '../mail/mail.ts';
import type { Delivery } from './delivery.ts';
import type { Digest } from './digest.ts';

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

  /** Stable for a delivery: an office that gets it once more could see that it is the same. */
  function messageIdOf(deliveryId: string): string {
    return `digest.${opaque(deliveryId)}@${mailDomain}`;
  }

  function composeDigest(input: {
    digest: Digest;
    delivery: Pick<Delivery, '_id' | 'petitionId'>;
    to: string;
    campaign: Campaign;
    /** the first message to this office on this petition; absent on the first itself */
    rootMessageId?: string | undefined;
  }): MailMessage & { messageId: string; from: { name: string; address: string } } {
    const { digest, delivery, to, campaign, rootMessageId } = input;
    const { locale } = digest;
    const petitionUrl = absoluteUrl(publicUrl, paths.petition(locale, delivery.petitionId));
    const who = isCampaignComplete(campaign) ? campaign : {};
    const { subject, html, text } = renderMail(
      'digest',
      locale,
      { ...digest, ...who, petitionUrl },
      'letter',
    );
    const address = `letters+${opaque(`${delivery._id}:from`)}@${mailDomain}`;
    const replyTo = campaign.contactEmail ?? address;
    return {
      to,
      from: { name: 'Safe Passage', address },
      replyTo,
      subject,
      html,
      text: wrapText(text),
      messageId: messageIdOf(delivery._id),
      ...(rootMessageId && { references: [rootMessageId] }),
      headers: {
        'Auto-Submitted': 'auto-generated',
        'Content-Language': locale,
        'List-Unsubscribe': `<mailto:${replyTo}?subject=STOP>`,
      },
    };
  }

  return { composeDigest, messageIdOf };
}
export type DigestMail = ReturnType<typeof createDigestMail>;

function opaque(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 24);
}
