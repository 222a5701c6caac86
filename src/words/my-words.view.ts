import { formatDate } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { paths } from '../lib/urls.ts';
import { type Catalog, petitionText } from '../petitions/petition.ts';
import type { Box } from '../signatures/form.view.ts';
import { WORDS_MAX } from '../signatures/signature.schema.ts';
import { wordsStateOf } from '../signatures/signature.view.ts';
import { type FindingView, foundView } from './found.view.ts';
import type { MyWords, Ticked, WordsFault } from './my-words.service.ts';
import { isLongEnough, LEFT_OUT, QUOTED_FROM, quotableParagraphs, textVersion } from './words.ts';
import { type OfficeView, officeView, tickedOf } from './words-for-office.view.ts';
import { findDoubtfulLinks } from './words-links.ts';

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
  offices: OfficeView[];
};

const PROMPTS = ['a', 'b', 'c'] as const;

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
      ...foundView(t, fault, locale),
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
    const { signature, person, offices } = mine;
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
      ...foundView(t, fault, locale),
      offices: offices.map((office) => officeView(t, mine, office, locale, ticked)),
    };
  }

  return { myWordsView, previewView };
}
export type MyWordsViews = ReturnType<typeof createMyWordsViews>;
