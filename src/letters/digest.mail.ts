import { isCampaignComplete, siteNameOf } from '../campaign/campaign.ts';
import type { OfficeMail } from '../deliveries/rendered.ts';
import type { Translator } from '../lib/i18n.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';
import type { Digest } from './digest.ts';
import {
  addressesOf,
  type OfficeMailDeps,
  type OfficeMailInput,
  officeHeaders,
  plainLetter,
} from './office-mail.ts';

/** The mail of one digest, from data that was prepared before: headers by us alone, no word of a supporter in them. */
export function createDigestMail(deps: OfficeMailDeps & { translator: Pick<Translator, 't'> }) {
  const { publicUrl, mailDomain, renderLetter, translator } = deps;

  async function composeDigest(input: OfficeMailInput & { digest: Digest }): Promise<OfficeMail> {
    const { digest, delivery, to, campaign, date, rootMessageId, addressee, answerUrl } = input;
    const { locale } = digest;
    const petitionUrl = absoluteUrl(publicUrl, paths.petition(locale, delivery.petitionId));
    const siteName = siteNameOf(campaign, translator, locale);
    const who = { ...(isCampaignComplete(campaign) && campaign), siteName };
    const view = { ...digest, ...who, petitionUrl, addressee, answerUrl };
    const { subject, html, text } = await renderLetter('digest', locale, view);
    const { from, replies } = addressesOf(delivery.token, mailDomain);
    return {
      to,
      from: { name: siteName, address: from },
      replyTo: replies,
      subject,
      html,
      text: plainLetter(text, locale),
      messageId: `digest-${delivery.n}.${delivery.token}@${mailDomain}`,
      ...(rootMessageId && { references: [rootMessageId] }),
      headers: officeHeaders({ date, locale, stopAt: campaign.contactEmail ?? replies, isReport: true }),
    };
  }

  return { composeDigest };
}
export type DigestMail = ReturnType<typeof createDigestMail>;
