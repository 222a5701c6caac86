import { isPlainAddress } from '../lib/email-address.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { placePhrase } from '../lib/place-phrase.ts';
import { languageOfText, type TextLanguage } from '../lib/text/language.ts';
import type { Office } from '../offices/office.ts';
import { type Way, waysOf } from '../petitions/petition.ts';
import type { Box } from '../signatures/form.view.ts';
import type { MyWords, Ticked } from './my-words.service.ts';
import { consentWording, reachOf } from './office-consent.ts';
import { LEFT_OUT, quotableParagraphs } from './words.ts';

/** What one office would receive of the words, and the consent that it takes. */
export type OfficeView = {
  id: string;
  name: string;
  /** why it receives nothing, or not yet */
  note?: string;
  lang: Locale;
  /** what the words are written in */
  wordsLang: TextLanguage;
  /** in a digest, in a letter, or in either */
  how?: string;
  person?: string;
  paragraphs: string[];
  consent?: { warning: string; hint: string; boxes: Box[] };
};

export function officeView(
  t: Translator['t'],
  of: MyWords,
  office: Office,
  reader: Locale,
  boxes: Ticked,
): OfficeView {
  const { petition, person } = of;
  const { words = '' } = person;
  const reach = reachOf(petition, office);
  const isReached = reach === 'mail' || reach === 'unverified';
  const place = placePhrase(of.signature, office.language, office.country);
  return {
    id: office._id,
    name: office.name[reader],
    ...(reach !== 'mail' && { note: t(reader, `myWords.reach.${reach}`) }),
    lang: office.language,
    ...(isReached && { how: t(reader, `myWords.receives.${howOf(waysOf(petition, office._id))}`) }),
    ...(isReached && { person: t(office.language, 'letter.person', { place }) }),
    wordsLang: languageOfText(words),
    paragraphs: isReached ? quotableParagraphs(quotedOf(of, words), LEFT_OUT[office.language]) : [],
    ...(isReached && { consent: consentView(t, of, office, reader, boxes) }),
  };
}

function consentView(t: Translator['t'], mine: MyWords, office: Office, locale: Locale, ticked: Ticked) {
  const { person, petition } = mine;
  const values = { office: office.name[locale], name: person.name, email: person.email };
  const isLetter = waysOf(petition, office._id).includes('letters');
  return {
    warning: t(locale, `myWords.consent.${consentWording(office)}`, values),
    hint: t(locale, isLetter ? 'myWords.consent.letters' : 'myWords.consent.noLetters'),
    // An office cannot be counted on to write to an accent before the @: such an address gets its answers from us.
    boxes: (isPlainAddress(person.email) ? (['name', 'reply'] as const) : (['name'] as const)).map((box) => ({
      name: `${box}-${office._id}`,
      label: t(locale, `myWords.consent.${box}`, values),
      hint: t(locale, `myWords.consent.${box}.hint`, values),
      isTicked: ticked[box].has(office._id),
    })),
  };
}

/** Before the decision that is the whole: what an organiser means to cut is not settled. */
function quotedOf({ signature, person }: MyWords, words: string): string {
  return (signature.wordsState === 'approved' && person.trimmed) || words;
}

function howOf(ways: readonly Way[]): 'digest' | 'letters' | 'both' {
  if (!ways.includes('letters')) return 'digest';
  return ways.includes('digest') ? 'both' : 'letters';
}

/** What was consented to before. */
export function tickedOf({ signature: { officeConsents = [] } }: MyWords): Ticked {
  const of = (box: 'name' | 'reply') =>
    new Set(officeConsents.filter((one) => one[box]).map(({ officeId }) => officeId));
  return { name: of('name'), reply: of('reply') };
}
