import { isPlainAddress } from '../lib/email-address.ts';
import { formatDate } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { placePhrase } from '../lib/place-phrase.ts';
import { languageOfText, type TextLanguage } from '../lib/text/language.ts';
import { paths } from '../lib/urls.ts';
import type { Office } from '../offices/office.ts';
import { type Catalog, petitionText, type Way, waysOf } from '../petitions/petition.ts';
import type { Box } from '../signatures/form.view.ts';
import { WORDS_MAX } from '../signatures/signature.schema.ts';
import { wordsStateOf } from '../signatures/signature.view.ts';
import type { MyWords, Ticked, WordsFault } from './my-words.service.ts';
import { consentWording, reachOf } from './office-consent.ts';
import type { PersonalDataKind } from './personal-data.ts';
import { isLongEnough, LEFT_OUT, QUOTED_FROM, quotableParagraphs, textVersion } from './words.ts';
import { findDoubtfulLinks } from './words-links.ts';

/** What was found, and why it should not go, kind by kind. */
type FindingView = { kind: string; why: string; texts: string[] };
type Common = {
  petitionTitle: string;
  minePath: string;
  state: string;
  sentTo: string[];
  /** why an organiser refused them */
  refusal?: { reason?: string; note?: string };
  /** what is quoted where an organiser shortened them, paragraph by paragraph */
  trimmed?: string[];
};

export type MyWordsView = Common & {
  action: string;
  words: string;
  max: number;
  from: number;
  isSaved: boolean;
  isShort: boolean;
  /** one fault of the field */
  fault?: string;
  findings: FindingView[];
  looked?: Box;
  prompts: { demand: string; questions: string[] }[];
};

export type PreviewView = Common & {
  editPath: string;
  action: string;
  shown: string;
  isShared: boolean;
  canSend: boolean;
  problem?: string;
  /** what is sent as it stands, and a mail program may take for a link */
  mayBeLinks: string[];
  findings: FindingView[];
  looked?: Box;
  offices: {
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
  }[];
};

const PROMPTS = ['a', 'b', 'c'] as const;
const SURE_ORDER: readonly PersonalDataKind[] = [
  'name',
  'phone',
  'email',
  'address',
  'a-number',
  'curp',
  'rfc',
  'identity',
  'passport',
  'ssn',
];

export function createMyWordsViews(deps: { translator: Pick<Translator, 't' | 'has'>; catalog: Catalog }) {
  const { translator, catalog } = deps;
  const { t } = translator;

  function common(
    { petition, signature, person, sent, note }: MyWords,
    token: string,
    locale: Locale,
  ): Common {
    const state = person.words ? wordsStateOf(signature) : 'none';
    const { reason } = signature.wordsDecision ?? {};
    return {
      petitionTitle: petitionText(petition, locale).title,
      minePath: paths.mySignature(locale, token),
      state: t(locale, `myWords.state.${state}`),
      sentTo: sent.map(({ office, at }) =>
        at
          ? t(locale, 'myWords.sentOn', {
              office: office.name[locale],
              date: formatDate(at, locale, office.zone),
            })
          : office.name[locale],
      ),
      ...(state === 'refused' &&
        (reason || note) && {
          refusal: {
            ...(reason && { reason: t(locale, `myWords.refused.${reason}`) }),
            ...(note && { note }),
          },
        }),
      ...(state === 'approved' &&
        person.trimmed && { trimmed: quotableParagraphs(person.trimmed, LEFT_OUT[locale]) }),
    };
  }

  function myWordsView(
    mine: MyWords,
    token: string,
    locale: Locale,
    more: {
      isSaved: boolean;
      refused?: { words: string; fault?: WordsFault | { code: string } | undefined };
    },
  ): MyWordsView {
    const fault = more.refused?.fault;
    const words = more.refused?.words ?? mine.person.words ?? '';
    return {
      ...common(mine, token, locale),
      action: paths.myWords(locale, token),
      words,
      max: WORDS_MAX,
      from: QUOTED_FROM,
      isSaved: more.isSaved,
      isShort: words !== '' && !isLongEnough(words),
      ...(fault &&
        fault.code !== 'personal' && {
          fault: t(locale, `myWords.fault.${fault.code}`, { from: QUOTED_FROM }),
        }),
      ...found(fault, locale),
      prompts: mine.petition.demandIds.flatMap((id) => {
        const demand = catalog.demands.get(id);
        const questions = PROMPTS.map((letter) => `myWords.prompt.${id}.${letter}`)
          .filter((key) => translator.has(locale, key))
          .map((key) => t(locale, key));
        return demand && questions.length > 0 ? [{ demand: demand.text[locale], questions }] : [];
      }),
    };
  }

  function previewView(
    mine: MyWords,
    token: string,
    locale: Locale,
    more: { ticked?: Ticked; fault?: WordsFault | { code: 'unreadable' } | undefined } = {},
  ): PreviewView {
    const { petition, signature, person, offices } = mine;
    const { words = '' } = person;
    const { ticked = tickedOf(mine), fault } = more;
    return {
      ...common(mine, token, locale),
      editPath: paths.myWords(locale, token),
      action: `${paths.myWords(locale, token)}/preview`,
      shown: textVersion(words),
      isShared: signature.consent.shareWords && signature.wordsState !== undefined,
      canSend: !fault || fault.code === 'changed' || (fault.code === 'personal' && fault.isUnsure),
      ...(fault &&
        fault.code !== 'personal' && {
          problem: t(locale, `myWords.fault.${fault.code}`, { from: QUOTED_FROM }),
        }),
      mayBeLinks: findDoubtfulLinks(words),
      ...found(fault, locale),
      offices: offices.map((office) => officeView(mine, office, locale, ticked)),
    };

    function officeView(
      of: MyWords,
      office: Office,
      reader: Locale,
      boxes: Ticked,
    ): PreviewView['offices'][number] {
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
        ...(isReached && { consent: consentView(of, office, reader, boxes) }),
      };
    }
  }

  function consentView(mine: MyWords, office: Office, locale: Locale, ticked: Ticked) {
    const { person, petition } = mine;
    const values = { office: office.name[locale], name: person.name, email: person.email };
    const isLetter = waysOf(petition, office._id).includes('letters');
    return {
      warning: t(locale, `myWords.consent.${consentWording(office)}`, values),
      hint: t(locale, isLetter ? 'myWords.consent.letters' : 'myWords.consent.noLetters'),
      // An office cannot be counted on to write to an accent before the @: such an address gets its answers from us.
      boxes: (isPlainAddress(person.email) ? (['name', 'reply'] as const) : (['name'] as const)).map(
        (box) => ({
          name: `${box}-${office._id}`,
          label: t(locale, `myWords.consent.${box}`, values),
          hint: t(locale, `myWords.consent.${box}.hint`, values),
          isTicked: ticked[box].has(office._id),
        }),
      ),
    };
  }

  function found(
    fault: WordsFault | { code: string } | undefined,
    locale: Locale,
  ): { findings: FindingView[]; looked?: Box } {
    if (!fault || !('findings' in fault)) return { findings: [] };
    const kinds = SURE_ORDER.filter((kind) => fault.findings.some((one) => one.kind === kind));
    return {
      findings: kinds.map((kind) => ({
        kind: t(locale, `myWords.found.${kind}`),
        why: t(locale, `myWords.why.${kind}`),
        texts: [...new Set(fault.findings.filter((one) => one.kind === kind).map(({ text }) => text))],
      })),
      ...(fault.isUnsure && {
        looked: {
          name: 'looked',
          label: t(locale, 'myWords.looked'),
          hint: t(locale, 'myWords.looked.hint'),
          isTicked: false,
        },
      }),
    };
  }

  return { myWordsView, previewView };
}
export type MyWordsViews = ReturnType<typeof createMyWordsViews>;

/** Before the decision that is the whole: what an organiser means to cut is not settled. */
function quotedOf({ signature, person }: MyWords, words: string): string {
  return (signature.wordsState === 'approved' && person.trimmed) || words;
}

function howOf(ways: readonly Way[]): 'digest' | 'letters' | 'both' {
  if (!ways.includes('letters')) return 'digest';
  return ways.includes('digest') ? 'both' : 'letters';
}

function tickedOf({ signature: { officeConsents = [] } }: MyWords): Ticked {
  const of = (box: 'name' | 'reply') =>
    new Set(officeConsents.filter((one) => one[box]).map(({ officeId }) => officeId));
  return { name: of('name'), reply: of('reply') };
}
