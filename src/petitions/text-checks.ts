import { LOCALES, type Locale, type Localized } from '../lib/locales.ts';
import type { Fact, PetitionText } from './petition.ts';

const PLACEHOLDER = /\{\s*(\w+)\s*\}/g;
const NUMBER = /\d+(?:[.,]\d+)*/g;
/** Days, years, hours and articles may stand in a text; a share, or a number that counts people, may not. */
const BARE_FIGURE =
  /\d+(?:[.,]\d+)*\s*(?:%|percent\b|per cent\b|por ciento\b)|\b\d{1,3}(?:[.,\s]\d{3})+\b|\b(?!(?:19|20)\d{2}\b)\d{3,}\b/giu;
const YEAR = /\b(?:19|20)\d{2}\b/g;

/** What is wrong with a text: which check found it, and what it found. */
export type TextFault =
  | { check: 'paragraphs' }
  | { check: 'otherFigures'; en: string; es: string }
  | { check: 'unknownFigure'; figure: string }
  | { check: 'bracket'; locale: Locale }
  | { check: 'byHand'; locale: Locale; figure: string }
  | { check: 'period'; locale: Locale; fact: string; year: string }
  | { check: 'numbers'; en: string; es: string };

type CheckedFact = Pick<Fact, 'id' | 'figures' | 'period'>;

/** Figures in the texts of both languages: the same ones, through their placeholders, never without their period. */
export function findTextFaults(texts: Localized<PetitionText>, facts: readonly CheckedFact[]): TextFault[] {
  const pieces = { en: piecesOf(texts.en), es: piecesOf(texts.es) };
  const whole = { en: pieces.en.join('\n'), es: pieces.es.join('\n') };
  const figures = facts.flatMap((fact) => fact.figures.map(({ id }) => id));
  return [
    ...(pieces.en.length === pieces.es.length ? [] : [{ check: 'paragraphs' } as const]),
    ...placeholderFaults(whole, figures),
    ...LOCALES.flatMap((locale) => byHand(locale, whole[locale].match(BARE_FIGURE))),
    ...LOCALES.flatMap((locale) => pieces[locale].flatMap((piece) => undated(locale, piece, facts))),
  ];
}

function piecesOf({ title, summary, body }: PetitionText): string[] {
  return [title, summary, ...body];
}

export function placeholderFaults(text: Localized<string>, known: readonly string[]): TextFault[] {
  const en = placeholders(text.en);
  const es = placeholders(text.es);
  return [
    ...(String(en) === String(es)
      ? []
      : [{ check: 'otherFigures', en: String(en), es: String(es) } as const]),
    ...[...new Set([...en, ...es])]
      .filter((name) => !known.includes(name))
      .map((figure) => ({ check: 'unknownFigure', figure }) as const),
    // What is left would be read as more of an ICU message, or as a tag of one.
    ...LOCALES.filter((locale) => /[{}<>]/.test(withoutPlaceholders(text[locale]))).map(
      (locale) => ({ check: 'bracket', locale }) as const,
    ),
  ];
}

/** A number in the text of a fact beside its placeholders. */
export function numbersByHand(text: string, locale: Locale): TextFault[] {
  return byHand(locale, withoutPlaceholders(text).match(NUMBER));
}

function byHand(locale: Locale, figures: readonly string[] | null): TextFault[] {
  return (figures ?? []).map((figure) => ({ check: 'byHand', locale, figure }));
}

/** Who reads one paragraph alone must learn of which year its figures are. */
function undated(locale: Locale, piece: string, facts: readonly CheckedFact[]): TextFault[] {
  const shown = placeholders(piece);
  return facts
    .filter(({ figures }) => figures.some(({ id }) => shown.includes(id)))
    .flatMap((fact) =>
      (fact.period[locale].match(YEAR) ?? [])
        .filter((year) => !piece.includes(year))
        .map((year) => ({ check: 'period', locale, fact: fact.id, year }) as const),
    );
}

/** Both languages have the same numbers, whatever is made of them. */
export function numberFaults(en: unknown, es: unknown): Extract<TextFault, { check: 'numbers' }>[] {
  return numbersIn(en) === numbersIn(es) ? [] : [{ check: 'numbers', en: numbersIn(en), es: numbersIn(es) }];
}

function numbersIn(text: unknown): string {
  return (withoutPlaceholders(JSON.stringify(text)).match(NUMBER) ?? []).sort().join(' ') || 'none';
}

/** Names of the figures that a text shows, sorted. */
export function placeholders(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name).sort();
}

function withoutPlaceholders(text: string): string {
  return text.replace(PLACEHOLDER, '');
}
