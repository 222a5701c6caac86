import type { Locale } from '../lib/locales.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';
import type { Petition } from '../petitions/petition.ts';
import type { LinkPurpose, Links } from './links.ts';
import { parseSignatureId, type Signature } from './signature.ts';

/** Whole addresses for a mail to the owner of a signature. */
export type MailLinks = {
  petitionUrl: string;
  shareUrl: string;
  /** the petition's page, as a message on WhatsApp names it */
  whatsappPageUrl: string;
  confirmUrl: string;
  manageUrl: string;
  wordsUrl: string;
  notMeUrl: string;
  unsubscribeUrl: string;
};
export type LinksFor = (
  signature: Pick<Signature, '_id' | 'linkVersion'>,
  petition: Petition,
  locale: Locale,
) => MailLinks;

export function createMailLinks(deps: { links: Pick<Links, 'mint'>; publicUrl: string }): LinksFor {
  return (signature, petition, locale) => {
    const { emailKey } = parseSignatureId(signature._id);
    const mint = (purpose: LinkPurpose) =>
      deps.links.mint(purpose, {
        petitionNumber: petition.number,
        emailKey,
        linkVersion: signature.linkVersion,
      });
    const url = (path: string) => absoluteUrl(deps.publicUrl, path);
    const manage = mint('manage');
    const petitionPath = paths.petition(locale, petition._id);
    return {
      petitionUrl: url(petitionPath),
      shareUrl: url(`${petitionPath}?source=email`),
      whatsappPageUrl: url(`${petitionPath}?source=whatsapp`),
      confirmUrl: url(paths.confirm(locale, mint('confirm'))),
      manageUrl: url(paths.mySignature(locale, manage)),
      wordsUrl: url(paths.myWords(locale, manage)),
      notMeUrl: url(paths.notMe(locale, mint('notMe'))),
      unsubscribeUrl: url(paths.unsubscribe(locale, mint('unsubscribe'))),
    };
  };
}
