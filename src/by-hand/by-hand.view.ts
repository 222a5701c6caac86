import type { Config } from '../config.ts';
import type { Infra } from '../infra.ts';
import { formatDay } from '../lib/format.ts';
import type { Locale } from '../lib/locales.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';
import { type Channel, emailChannel, type Office } from '../offices/office.ts';
import { type Catalog, demandsTo, type Petition, petitionText } from '../petitions/petition.ts';
import {
  type ComposeLinks,
  composeLinks,
  type HandLetter,
  handLetter,
  letterText,
  mailText,
  officesByHand,
} from './by-hand.ts';

type HandOfficeView = {
  id: string;
  name: string;
  demands: string[];
  email?: { address: string; links: ComposeLinks; seen: string };
  forms: { url: string; seen: string }[];
  posts: { lines: string; seen: string }[];
  /** through another office; `path` leads to where that one is shown */
  via: { name: string; path: string }[];
  hasWay: boolean;
  isPostOnly: boolean;
  lang: Locale;
  /** the letter is not in the language of the page */
  otherLanguage?: string;
  text: string;
  letterPath: string;
  isThanked: boolean;
};
export type ByHandView = {
  petitionTitle: string;
  petitionPath: string;
  isClosed: boolean;
  offices: HandOfficeView[];
};
export type HandLetterView = {
  heading: string;
  byHandPath: string;
  isClosed: boolean;
  otherLanguage?: string;
  address: string;
  letter: HandLetter;
};

/** What a person needs who writes to an office themselves. */
export function createByHandViews(
  deps: Pick<Infra, 'translator'> & Pick<Config, 'publicUrl'> & { catalog: Catalog },
) {
  const { translator, catalog, publicUrl } = deps;
  const { t } = translator;

  function byHandView(input: {
    petition: Petition;
    offices: readonly Office[];
    /** whose button was just pressed */
    thanked?: string | undefined;
    /** nobody signs any more; letters can still be written */
    isClosed?: boolean;
    locale: Locale;
  }): ByHandView {
    const { petition, offices, thanked, locale, isClosed = false } = input;
    return {
      petitionTitle: petitionText(petition, locale).title,
      petitionPath: paths.petition(locale, petition._id),
      isClosed,
      offices: officesByHand(petition, offices).map((office) => ({
        ...officeView(petition, office, offices, locale),
        isThanked: office._id === thanked,
      })),
    };
  }

  function officeView(petition: Petition, office: Office, offices: readonly Office[], locale: Locale) {
    const letter = handLetter(translator, catalog, petition, office);
    const email = emailChannel(office);
    const usable = (kind: Channel['kind']) =>
      office.channels.filter(
        (one) => one.kind === kind && one.state !== 'blocked' && one.state !== 'failing',
      );
    const forms = usable('form').filter(({ value }) => /^https?:\/\//i.test(value));
    const posts = usable('post');
    const via = usable('via').flatMap(({ value }) => {
      const other = offices.find(({ _id }) => _id === value);
      if (!other) return [];
      const isHere = officesByHand(petition, [other]).length > 0;
      const path = isHere ? `#office-${other._id}` : paths.office(locale, other._id);
      return [{ name: other.name[locale], path }];
    });
    return {
      id: office._id,
      name: office.name[locale],
      demands: demandsTo(office._id, petition, catalog).map(({ text }) => text[locale]),
      ...(email && {
        email: {
          address: email.value,
          links: composeLinks(email.value, letter.subject, mailText(letter, factsAt(petition, office))),
          seen: seenAt(email, locale),
        },
      }),
      forms: forms.map((one) => ({ url: one.value, seen: seenAt(one, locale) })),
      posts: posts.map((one) => ({ lines: one.value, seen: seenAt(one, locale) })),
      via,
      hasWay: email !== undefined || forms.length + posts.length + via.length > 0,
      isPostOnly: office.isPostOnly,
      lang: letter.lang,
      ...otherLanguage(letter, locale),
      text: letterText(letter),
      letterPath: paths.byHandLetter(locale, petition._id, office._id),
    };
  }

  function letterView(petition: Petition, office: Office, locale: Locale, isClosed = false): HandLetterView {
    const letter = handLetter(translator, catalog, petition, office);
    const post = office.channels.find(({ kind, state }) => kind === 'post' && state !== 'blocked');
    return {
      heading: t(locale, 'byHand.letter.title', { office: office.name[locale] }),
      byHandPath: paths.byHand(locale, petition._id),
      isClosed,
      ...otherLanguage(letter, locale),
      address: post?.value ?? '',
      letter,
    };
  }

  function otherLanguage({ lang }: HandLetter, locale: Locale): { otherLanguage?: string } {
    return lang === locale ? {} : { otherLanguage: t(locale, `byHand.language.${lang}`) };
  }

  function factsAt(petition: Petition, { language }: Office): string {
    const url = absoluteUrl(publicUrl, paths.petition(language, petition._id));
    return t(language, 'byHand.letter.factsAt', { url });
  }

  /** "Published at …, seen there on …" */
  function seenAt({ source, verifiedOn }: Channel, locale: Locale): string {
    if (!source || !verifiedOn) return '';
    return t(locale, 'byHand.seen', { source, date: formatDay(verifiedOn, locale) });
  }

  return { byHandView, letterView };
}
export type ByHandViews = ReturnType<typeof createByHandViews>;
