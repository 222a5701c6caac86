import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';
import { type Petition, petitionText } from '../petitions/petition.ts';
import { type AlsoView, alsoView } from './also.view.ts';
import type { Signature } from './signature.ts';
import type { ToldView } from './signature.view.ts';

export type Share = { label: string; href: string };
export type SignedView = {
  petitionTitle: string;
  petitionPath: string;
  byHandPath: string;
  place?: number;
  count: number;
  /** nobody can sign any more, so that nobody is asked to pass it on */
  isClosed: boolean;
  /** signed by one press from another one's page: no mail comes about it */
  isAlso: boolean;
  whatsapp: Share;
  /** what the system's own share sheet is given */
  sheet: { title: string; text: string; url: string };
  /** further ways, less used */
  shares: Share[];
  link: string;
  also?: AlsoView;
  /** to whoever has just pressed, and in nothing that can be passed on: the page's own address, and the way to own words */
  pressed?: { ownPath: string; wordsPath?: string };
};

/** The page of thanks, and what becomes of it when it is passed on. */
export function createSignedViews(deps: { translator: Pick<Translator, 't'>; publicUrl: string }) {
  const { publicUrl } = deps;
  const { t } = deps.translator;

  function signedView(input: {
    petition: Petition;
    signature: Signature;
    count: number;
    locale: Locale;
    alsoAction: string;
    others: readonly Petition[];
    isClosed?: boolean;
    pressed?: { ownPath: string; wordsPath?: string };
  }): SignedView {
    const { petition, signature, count, locale, alsoAction, others, isClosed = false, pressed } = input;
    return {
      ...ofPetition(petition, locale),
      byHandPath: paths.byHand(locale, petition._id),
      ...(signature.counted?.place !== undefined && { place: signature.counted.place }),
      count,
      isClosed,
      isAlso: signature.signedWith !== undefined,
      ...sharesOf(petition, locale),
      ...alsoView(t, locale, alsoAction, others),
      ...(pressed && { pressed }),
    };
  }

  /** Each way names itself in the link, so that the count can tell by which people came. */
  function sharesOf(petition: Petition, locale: Locale) {
    const { title } = petitionText(petition, locale);
    const link = linkOf(petition, locale);
    const own = petition.shareTexts?.[locale];
    const url = (source: string) => `${link}?source=${source}`;
    const text = (source: string) =>
      own ? `${own} ${url(source)}` : t(locale, 'signed.share.message', { title, link: url(source) });
    const message = (source: string) => encodeURIComponent(text(source));
    const page = (source: string) => encodeURIComponent(url(source));
    const share = (source: string, href: string): Share => ({
      label: t(locale, `signed.share.${source}`),
      href,
    });
    return {
      whatsapp: share('whatsapp', `https://wa.me/?text=${message('whatsapp')}`),
      sheet: { title, text: own ?? t(locale, 'signed.share.sheet', { title }), url: url('copy') },
      shares: [
        share('email', `mailto:?subject=${encodeURIComponent(title)}&body=${message('email')}`),
        share('sms', `sms:?&body=${message('sms')}`),
        share('facebook', `https://www.facebook.com/sharer/sharer.php?u=${page('facebook')}`),
        share('x', `https://x.com/intent/post?text=${message('x')}`),
      ],
      link: url('copy'),
    };
  }

  /** For whom the page of thanks was passed on to: nothing of whoever signed, and a way to sign. */
  function invitationView(petition: Petition, count: number, locale: Locale, isSignable: boolean) {
    const { petitionTitle, petitionPath } = ofPetition(petition, locale);
    const titleKey = isSignable ? 'signed.invite' : 'signed.invite.closed';
    const view: ToldView = {
      heading: t(locale, titleKey, { title: petitionTitle }),
      paragraphs: [
        t(locale, 'signed.total', { count, title: petitionTitle }),
        t(locale, isSignable ? 'signed.invite.text' : 'signed.invite.closed.text'),
        t(locale, 'signed.invite.own'),
      ],
      onPath: isSignable ? `${petitionPath}#sign` : petitionPath,
      on: t(locale, isSignable ? 'signed.invite.button' : 'confirm.petition'),
    };
    return { titleKey, view };
  }

  function linkOf(petition: Petition, locale: Locale): string {
    return absoluteUrl(publicUrl, paths.petition(locale, petition._id));
  }

  return { signedView, invitationView };
}
export type SignedViews = ReturnType<typeof createSignedViews>;

function ofPetition(petition: Petition, locale: Locale): { petitionTitle: string; petitionPath: string } {
  return {
    petitionTitle: petitionText(petition, locale).title,
    petitionPath: paths.petition(locale, petition._id),
  };
}
