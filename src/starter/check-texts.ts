import { LOCALES, type Locale, type Localized } from '../lib/locales.ts';
import type { FactData, PetitionTextData, StarterData } from './starter.schema.ts';

const PLACEHOLDER = /\{\s*(\w+)\s*\}/g;
const NUMBER = /\d+(?:[.,]\d+)*/g;
/** Days, years, hours and articles may stand in a text; a share, or a number that counts people, may not. */
const BARE_FIGURE =
  /\d+(?:[.,]\d+)*\s*(?:%|percent\b|per cent\b|por ciento\b)|\b\d{1,3}(?:[.,\s]\d{3})+\b|\b(?!(?:19|20)\d{2}\b)\d{3,}\b/giu;
const YEAR = /\b(?:19|20)\d{2}\b/g;

/** Figures in the texts of both languages: the same ones, through their placeholders, never without their period. */
export function findTextFaults(data: StarterData): string[] {
  return [
    ...data.facts.flatMap(factFaults),
    ...data.petitions.flatMap(({ _id, factIds }) => {
      const texts = data.texts[_id];
      return texts
        ? petitionFaults(
            `petition ${_id}`,
            texts,
            data.facts.filter(({ id }) => factIds.includes(id)),
          )
        : [`petition ${_id} has no texts`];
    }),
    ...numberFaults(data),
  ];
}

function factFaults(fact: FactData): string[] {
  const owner = `fact ${fact.id}`;
  const ids = fact.figures.map(({ id }) => id);
  const shown = LOCALES.flatMap((locale) => placeholders(fact.text[locale]));
  return [
    ...placeholderFaults(owner, fact.text, ids),
    ...LOCALES.flatMap((locale) =>
      byHand(owner, locale, withoutPlaceholders(fact.text[locale]).match(NUMBER)),
    ),
    ...ids
      .filter((id) => !shown.includes(id))
      .map((id) => `${owner} has the figure ${id} and does not show it`),
  ];
}

function petitionFaults(
  owner: string,
  texts: Localized<PetitionTextData>,
  facts: readonly FactData[],
): string[] {
  const pieces = { en: piecesOf(texts.en), es: piecesOf(texts.es) };
  const whole = { en: pieces.en.join('\n'), es: pieces.es.join('\n') };
  const figures = facts.flatMap((fact) => fact.figures.map(({ id }) => id));
  return [
    ...(pieces.en.length === pieces.es.length
      ? []
      : [`${owner} has more paragraphs in one language than in the other`]),
    ...placeholderFaults(owner, whole, figures),
    ...LOCALES.flatMap((locale) => byHand(owner, locale, whole[locale].match(BARE_FIGURE))),
    ...LOCALES.flatMap((locale) => pieces[locale].flatMap((piece) => undated(owner, locale, piece, facts))),
  ];
}

function piecesOf({ title, summary, body }: PetitionTextData): string[] {
  return [title, summary, ...body];
}

function placeholderFaults(owner: string, text: Localized<string>, known: readonly string[]): string[] {
  const en = placeholders(text.en);
  const es = placeholders(text.es);
  return [
    ...(String(en) === String(es)
      ? []
      : [`${owner} shows other figures in English (${en}) than in Spanish (${es})`]),
    ...[...new Set([...en, ...es])]
      .filter((name) => !known.includes(name))
      .map((name) => `${owner} shows the figure ${name}, which is none of its facts'`),
    // What is left would be read as more of an ICU message, or as a tag of one.
    ...LOCALES.filter((locale) => /[{}<>]/.test(withoutPlaceholders(text[locale]))).map(
      (locale) => `${owner} has a bracket in ${locale} that is no placeholder`,
    ),
  ];
}

function byHand(owner: string, locale: Locale, figures: readonly string[] | null): string[] {
  return (figures ?? []).map(
    (figure) => `${owner} writes the figure ${figure} by hand in ${locale}: it has no period and no source`,
  );
}

/** Who reads one paragraph alone must learn of which year its figures are. */
function undated(owner: string, locale: Locale, piece: string, facts: readonly FactData[]): string[] {
  const shown = placeholders(piece);
  return facts
    .filter(({ figures }) => figures.some(({ id }) => shown.includes(id)))
    .flatMap((fact) =>
      (fact.period[locale].match(YEAR) ?? [])
        .filter((year) => !piece.includes(year))
        .map((year) => `${owner} shows ${fact.id} in ${locale} without its period: ${year} is missing there`),
    );
}

/** Every pair of texts, wherever it lies, has the same numbers in both languages. */
function numberFaults(node: unknown, path = ''): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { en, es } = node as Partial<Localized<unknown>>;
  const here =
    en !== undefined && es !== undefined && numbersIn(en) !== numbersIn(es)
      ? [`${path} has the numbers ${numbersIn(en)} in English and ${numbersIn(es)} in Spanish`]
      : [];
  const below = Object.entries(node).flatMap(([key, child]) =>
    numberFaults(child, path ? `${path}.${key}` : key),
  );
  return [...here, ...below];
}

function numbersIn(text: unknown): string {
  return (withoutPlaceholders(JSON.stringify(text)).match(NUMBER) ?? []).sort().join(' ') || 'none';
}

function placeholders(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name).sort();
}

function withoutPlaceholders(text: string): string {
  return text.replace(PLACEHOLDER, '');
}
