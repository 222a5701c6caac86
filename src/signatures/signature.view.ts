import { maskEmail } from '../lib/email-address.ts';
import type { FieldErrors } from '../lib/form-faults.ts';
import { formatDate } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { canonicalPlace, placeName } from '../lib/places.ts';
import type { TypedValues } from '../lib/typed.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';
import { type Petition, petitionText } from '../petitions/petition.ts';
import type { Confirmable } from './confirm.service.ts';
import { BOXES, type Field, type FormView, type FormViewOf } from './form.view.ts';
import type { Managed } from './manage.service.ts';
import { shownDetails } from './shown-details.ts';
import type { DetailsForm } from './signature.schema.ts';
import type { Person, Signature } from './signature.ts';
import { detailsOf } from './signed-details.service.ts';

/** What was sent and refused, to be shown again. */
export type Refused = {
  values: TypedValues;
  errors: FieldErrors;
  /** what was sent, where nothing is wrong with it: it is shown once more because it is not what was shown */
  form?: DetailsForm;
  isUnlikeShown?: boolean;
};

/** What the button signs, to be read before it is pressed. */
export type Signing = {
  rows: { term: string; text: string }[];
  words?: string;
  /** sent along: what is signed must be what was shown */
  shown: string;
  /** the fields below were changed since the reader last saw this */
  isUnlikeShown: boolean;
};

export type ConfirmView = {
  isDone: boolean;
  isRenewed: boolean;
  petitionTitle: string;
  petitionPath: string;
  notMePath: string;
  /** absent while something must be filled in or corrected first */
  signing?: Signing;
  form: FormView;
};
export type SignedView = {
  petitionTitle: string;
  petitionPath: string;
  byHandPath: string;
  place?: number;
  count: number;
  /** nobody can sign any more, so that nobody is asked to pass it on */
  isClosed: boolean;
  shares: { label: string; href: string; isFirst: boolean }[];
  link: string;
};
export type MySignatureView = {
  petitionTitle: string;
  email: string;
  confirmedOn: string;
  place?: number;
  wordsState?: string;
  wordsPath: string;
  isSaved: boolean;
  downloadPath: string;
  withdrawPath: string;
  form: FormView;
};
/** The form that asks for the private link. */
export type LostLinkView = { petitionTitle: string; petitionPath: string; action: string; email: Field };

export function lostLinkView(
  petition: Petition,
  { t }: Pick<Translator, 't'>,
  locale: Locale,
  refused?: Refused,
): LostLinkView {
  const fault = refused?.errors.email;
  return {
    petitionTitle: petitionText(petition, locale).title,
    petitionPath: paths.petition(locale, petition._id),
    action: paths.lostLink(locale, petition._id),
    email: {
      name: 'email',
      value: refused?.values.email ?? '',
      ...(fault && { error: t(locale, `form.error.email.${fault}`) }),
    },
  };
}

/** A thing to be done by one button. */
export type AskView = {
  heading: string;
  paragraphs: string[];
  action: string;
  button: string;
  backPath?: string;
  back?: string;
};
/** What was done, and a way on. */
export type ToldView = { heading: string; paragraphs: string[]; onPath: string; on: string };

export function createSignatureViews(deps: {
  translator: Pick<Translator, 't'>;
  formView: FormViewOf;
  /** the token of the page where the owner of the address says that it was somebody else */
  notMeToken(petition: Petition, signature: Signature): string;
  publicUrl: string;
}) {
  const { translator, formView, notMeToken, publicUrl } = deps;
  const { t } = translator;

  function confirmView(shown: Confirmable, token: string, locale: Locale, refused?: Refused): ConfirmView {
    const { petition, signature, person, step } = shown;
    const stored = step === 'confirm' ? detailsOf(signature, person) : undefined;
    const form = refused ? refused.form : stored;
    return {
      isDone: step === 'done',
      isRenewed: step === 'renew',
      ...ofPetition(petition, locale),
      ...(form && { signing: signingView(form, person.email, locale, refused?.isUnlikeShown) }),
      notMePath: paths.notMe(locale, notMeToken(petition, signature)),
      form: formView({
        locale,
        action: paths.confirm(locale, token),
        submit: t(locale, 'form.confirm'),
        consent: t(locale, 'confirm.consent'),
        values: refused?.values ?? valuesOf(signature, person),
        errors: refused?.errors ?? {},
        isFirst: false,
      }),
    };
  }

  function signingView(form: DetailsForm, email: string, locale: Locale, isUnlikeShown = false): Signing {
    const ticked = BOXES.filter((name) => form[name]).map((name) => t(locale, `form.${name}`));
    const row = (name: string, text: string) => ({ term: t(locale, `confirm.${name}`), text });
    return {
      rows: [
        row('name', form.name),
        row('place', placeName(canonicalPlace(form), locale)),
        row('email', maskEmail(email)),
        row('boxes', ticked.length > 0 ? ticked.join(' · ') : t(locale, 'confirm.boxes.none')),
      ],
      ...(form.words && { words: form.words }),
      shown: shownDetails(form),
      isUnlikeShown,
    };
  }

  function signedView(
    petition: Petition,
    signature: Signature,
    count: number,
    locale: Locale,
    isClosed = false,
  ): SignedView {
    const link = absoluteUrl(publicUrl, paths.petition(locale, petition._id));
    const message = (source: string) =>
      encodeURIComponent(
        t(locale, 'signed.share.message', {
          title: petitionText(petition, locale).title,
          link: `${link}?source=${source}`,
        }),
      );
    const page = (source: string) => encodeURIComponent(`${link}?source=${source}`);
    const share = (source: string, href: string, isFirst = false) => ({
      label: t(locale, `signed.share.${source}`),
      href,
      isFirst,
    });
    const subject = encodeURIComponent(petitionText(petition, locale).title);
    return {
      ...ofPetition(petition, locale),
      byHandPath: paths.byHand(locale, petition._id),
      ...(signature.counted?.place !== undefined && { place: signature.counted.place }),
      count,
      isClosed,
      shares: [
        share('whatsapp', `https://wa.me/?text=${message('whatsapp')}`, true),
        share('email', `mailto:?subject=${subject}&body=${message('email')}`),
        share('sms', `sms:?&body=${message('sms')}`),
        share('facebook', `https://www.facebook.com/sharer/sharer.php?u=${page('facebook')}`),
        share('x', `https://x.com/intent/post?text=${message('x')}`),
      ],
      link: `${link}?source=copy`,
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

  function mySignatureView(
    managed: Managed,
    token: string,
    locale: Locale,
    more: { isSaved: boolean; refused?: Refused; zone: string },
  ): MySignatureView {
    const { petition, signature, person } = managed;
    const action = paths.mySignature(locale, token);
    return {
      petitionTitle: petitionText(petition, locale).title,
      email: person.email,
      confirmedOn: signature.confirmedAt ? formatDate(signature.confirmedAt, locale, more.zone) : '',
      ...(signature.counted?.place !== undefined && { place: signature.counted.place }),
      ...(person.words && { wordsState: t(locale, `mine.words.${wordsStateOf(signature)}`) }),
      wordsPath: paths.myWords(locale, token),
      isSaved: more.isSaved,
      downloadPath: `${action}/download`,
      withdrawPath: `${action}/withdraw`,
      form: formView({
        locale,
        action,
        submit: t(locale, 'form.save'),
        values: more.refused?.values ?? withoutWords(valuesOf(signature, person)),
        errors: more.refused?.errors ?? {},
        isFirst: false,
      }),
    };
  }

  /** The page before the button. */
  function askView(
    name: 'withdraw' | 'notMe' | 'itWasMe' | 'unsubscribe',
    petition: Petition,
    action: string,
    locale: Locale,
    backPath?: string,
  ): AskView {
    return {
      heading: t(locale, `${name}.title`),
      paragraphs: [t(locale, `${name}.text`, { title: petitionText(petition, locale).title })],
      action,
      button: t(locale, `${name}.button`),
      ...(backPath && { backPath, back: t(locale, `${name}.back`) }),
    };
  }

  function toldView(
    name: 'withdrawn' | 'notMe.done' | 'itWasMe.done' | 'unsubscribe.done',
    locale: Locale,
    petition?: Petition,
  ): ToldView {
    const title = name === 'withdrawn' ? 'withdrawn.title' : name;
    return {
      heading: t(locale, title),
      paragraphs: [t(locale, `${name}.text`)],
      onPath: petition ? paths.petition(locale, petition._id) : paths.home(locale),
      on: t(locale, petition ? 'told.petition' : 'told.home'),
    };
  }

  return { confirmView, signedView, invitationView, mySignatureView, askView, toldView };
}
export type SignatureViews = ReturnType<typeof createSignatureViews>;

function ofPetition(petition: Petition, locale: Locale): { petitionTitle: string; petitionPath: string } {
  return {
    petitionTitle: petitionText(petition, locale).title,
    petitionPath: paths.petition(locale, petition._id),
  };
}

/** Words that nobody is to read are a draft; those that their writer shared and that cannot go yet are held. */
export function wordsStateOf({ consent, wordsState }: Signature): string {
  return consent.shareWords ? (wordsState ?? 'held') : 'draft';
}

/** Their own page asks for words: this one leaves them as they are. */
function withoutWords({ words: _words, shareWords: _shareWords, ...values }: TypedValues): TypedValues {
  return values;
}

/** What is stored, as the form would have sent it. */
function valuesOf(signature: Signature, person: Person): TypedValues {
  const { consent, country, region = '' } = signature;
  const boxes = Object.entries(consent).flatMap(([name, isTicked]) => (isTicked ? [[name, 'on']] : []));
  return {
    name: person.name,
    country: person.name === '' ? '' : country,
    region: person.name === '' ? '' : region,
    // Whether they may be read is asked together with them.
    ...((person.words || consent.shareWords) && { words: person.words ?? '' }),
    ...Object.fromEntries(boxes),
  };
}
