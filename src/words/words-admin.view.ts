import { organiserOf } from '../lib/actor.ts';
import type { FieldErrors } from '../lib/form-faults.ts';
import { formatDateTime, formatList } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { placeName } from '../lib/places.ts';
import type { TypedValues } from '../lib/typed.ts';
import { type ConsoleFormView, consoleForm } from '../organisers/console-form.view.ts';
import { HOME } from '../organisers/visit.ts';
import { REFUSAL_REASONS } from '../signatures/signature.ts';
import type { ReadWords } from './words.service.ts';
import { findDoubtfulLinks } from './words-links.ts';

export const WORDS = `${HOME}/words`;

export type WordsReader = {
  locale: Locale;
  zone: string;
  /** names of organisers by their ref */
  names: ReadonlyMap<string, string>;
  /** as records name who reads */
  by: string;
  isAlone: boolean;
};
/** What was sent for these words and could not be taken. */
export type RefusedForm = { did: 'approve' | 'refuse'; errors: FieldErrors; values: TypedValues };

export type WordsAdminView = {
  petitionTitle: string;
  from: string;
  originality?: string;
  isMarked: boolean;
  pieces: { text: string; kind?: string }[];
  mayBeLinks?: string;
  /** who said yes before, or decided before */
  before: string[];
  approve: ConsoleFormView;
  refuse: ConsoleFormView;
};

/** Who a record names, as colleagues know them. */
export function namedBy({ names }: Pick<WordsReader, 'names'>, by: string): string {
  const ref = organiserOf(by);
  return ref === undefined ? by : (names.get(ref) ?? ref);
}

/** One text as an organiser reads it: whole, with what marked it, and both ways to decide. */
export function wordsAdminView(
  translator: Pick<Translator, 't' | 'has'>,
  one: ReadWords,
  reader: WordsReader,
  more: { petitionTitle: string; refused?: RefusedForm | undefined },
): WordsAdminView {
  const { locale, zone } = reader;
  const t: Translator['t'] = translator.t;
  const links = findDoubtfulLinks(one.words);
  const isMarked = one.notes.length > 0;
  return {
    petitionTitle: more.petitionTitle,
    from: t(locale, 'console.words.from', {
      place: placeName(one, locale),
      at: one.since ? formatDateTime(one.since, locale, zone) : '–',
    }),
    ...(one.originality !== undefined && {
      originality: t(locale, 'console.words.own', { share: Math.round(one.originality * 100) }),
    }),
    isMarked,
    pieces: one.pieces.map(({ text, kind }) => ({
      text,
      ...(kind && { kind: t(locale, `console.words.kind.${kind}`) }),
    })),
    ...(links.length > 0 && {
      mayBeLinks: t(locale, 'console.words.mayBeLinks', { texts: formatList(links, locale) }),
    }),
    before: beforeTexts(translator, one, reader),
    ...formsOf(translator, one, locale, { isMarked, refused: more.refused }),
  };
}

function beforeTexts({ t }: Pick<Translator, 't'>, one: ReadWords, reader: WordsReader): string[] {
  const { locale, zone, by, isAlone } = reader;
  const { first, decision, state } = one;
  const own = isAlone ? 'console.words.first.alone' : 'console.words.first.mine';
  const values = (said: { by: string; at: Date }) => ({
    name: namedBy(reader, said.by),
    at: formatDateTime(said.at, locale, zone),
  });
  return [
    ...(first ? [t(locale, first.by === by ? own : 'console.words.first', values(first))] : []),
    ...(decision ? [t(locale, 'console.words.before', { ...values(decision), state })] : []),
  ];
}

function formsOf(
  translator: Pick<Translator, 't' | 'has'>,
  one: ReadWords,
  locale: Locale,
  { isMarked, refused }: { isMarked: boolean; refused: RefusedForm | undefined },
) {
  const sent = (did: RefusedForm['did']) => (refused?.did === did ? refused : undefined);
  const failed = sent('approve');
  const approve = consoleForm(translator, locale, {
    action: `${WORDS}/${one.id}/approve`,
    submit: 'console.words.approve',
    fields: [
      { name: 'trimmed', type: 'area' },
      ...(isMarked ? [{ name: 'looked', type: 'box' } as const] : []),
    ],
    values: failed?.values ?? { trimmed: one.words },
    ...(failed && { errors: failed.errors }),
  });
  const refusing = sent('refuse');
  const refuse = consoleForm(translator, locale, {
    action: `${WORDS}/${one.id}/refuse`,
    submit: 'console.words.refuse',
    fields: [
      {
        name: 'reason',
        type: 'choice',
        options: REFUSAL_REASONS.map((value) => ({
          value,
          label: translator.t(locale, `myWords.refused.${value}`),
          isChosen: false,
        })),
      },
      { name: 'note', type: 'area' },
    ],
    isGrave: true,
    ...(refusing && { values: refusing.values, errors: refusing.errors }),
  });
  return { approve, refuse };
}
