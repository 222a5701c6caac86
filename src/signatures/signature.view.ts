import type { Infra } from '../infra.ts';
import { maskEmail } from '../lib/email-address.ts';
import type { FieldErrors } from '../lib/form-faults.ts';
import { formatDate } from '../lib/format.ts';
import type { Locale } from '../lib/locales.ts';
import { canonicalPlace, placeName } from '../lib/places.ts';
import type { TypedValues } from '../lib/typed.ts';
import { paths } from '../lib/urls.ts';
import { type Petition, petitionText } from '../petitions/petition.ts';
import type { Others } from './also.service.ts';
import { type AlsoView, alsoView } from './also.view.ts';
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
  /** the petitions that can be signed with the same details */
  also?: AlsoView;
  /** the others that were signed, each with its own page */
  signedToo: { petitionTitle: string; path: string }[];
  form: FormView;
};
/** The form that asks for the private link. */
export type LostLinkView = { petitionTitle: string; petitionPath: string; action: string; email: Field };

export function lostLinkView(
  petition: Petition,
  { t }: Infra['translator'],
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

export function createSignatureViews(
  deps: Pick<Infra, 'translator'> & {
    formView: FormViewOf;
    /** the token of the page where the owner of the address says that it was somebody else */
    notMeToken(petition: Petition, signature: Signature): string;
  },
) {
  const { translator, formView, notMeToken } = deps;
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

  function mySignatureView(
    managed: Managed,
    token: string,
    locale: Locale,
    more: { isSaved: boolean; others: Others; refused?: Refused; zone: string },
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
      ...alsoView(t, locale, `${action}/also`, more.others.open),
      signedToo: more.others.signed.map(({ petition: { texts }, manageToken }) => ({
        petitionTitle: texts[locale].title,
        path: paths.mySignature(locale, manageToken),
      })),
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

  return { confirmView, mySignatureView, askView, toldView };
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
