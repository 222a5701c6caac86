import { IntlMessageFormat } from 'intl-messageformat';
import { formatNumber } from '../lib/format.ts';
import { INTL_TAG, type Locale, type Localized } from '../lib/locales.ts';
import type { Catalog, Fact, Figure } from './petition.ts';
import { placeholders } from './text-checks.ts';

/** What stands before a number; Spanish takes the article before a share of a hundred. */
const BOUNDS: Localized<Record<Figure['bound'], { percent: string; count: string }>> = {
  en: {
    exactly: { percent: '', count: '' },
    over: { percent: 'more than ', count: 'more than ' },
    nearly: { percent: 'nearly ', count: 'nearly ' },
  },
  es: {
    exactly: { percent: 'el ', count: '' },
    over: { percent: 'más del ', count: 'más de ' },
    nearly: { percent: 'casi el ', count: 'casi ' },
  },
};

/** "more than 10,000", "más del 95%": the only place where a figure becomes text. */
export function figureText({ value, unit, bound }: Figure, locale: Locale): string {
  const kind = unit === 'percent' ? 'percent' : 'count';
  return `${BOUNDS[locale][bound][kind]}${formatNumber(value, locale)}${unit === 'percent' ? '%' : ''}`;
}

export function renderFact(fact: Fact, locale: Locale): string {
  return fill(fact.text[locale], fact.figures, locale);
}

/** Paragraphs of a petition. One that shows a figure which is gone, such as a withdrawn one, is not shown. */
export function renderBody(body: readonly string[], catalog: Catalog, locale: Locale): string[] {
  const known = new Set([...catalog.facts.values()].flatMap(({ figures }) => figures.map(({ id }) => id)));
  return body
    .filter((paragraph) => placeholders(paragraph).every((id) => known.has(id)))
    .map((paragraph) => renderParagraph(paragraph, catalog, locale));
}

/** Which may name any figure of the catalog by its id. */
export function renderParagraph(text: string, catalog: Catalog, locale: Locale): string {
  return fill(
    text,
    [...catalog.facts.values()].flatMap((fact) => fact.figures),
    locale,
  );
}

function fill(text: string, figures: readonly Figure[], locale: Locale): string {
  const values = Object.fromEntries(figures.map((figure) => [figure.id, figureText(figure, locale)]));
  // Apostrophes are letters here and not ICU's quotes.
  const filled = String(new IntlMessageFormat(text.replaceAll("'", '’'), INTL_TAG[locale]).format(values));
  return filled.charAt(0).toUpperCase() + filled.slice(1);
}
