import { formatDay } from '../lib/format.ts';
import type { Locale } from '../lib/locales.ts';
import { renderFact } from './fact-text.ts';
import { type Catalog, type Petition, pick } from './petition.ts';

/** "Erika Guevara-Rosas, La Silla Rota, June 2021" */
export function sourceName(catalog: Catalog, sourceId: string, locale: Locale): string {
  const source = catalog.sources.get(sourceId);
  return source ? `${source.author[locale]}, ${source.publisher}, ${formatDay(source.date, locale)}` : '';
}

/** "Erika Guevara-Rosas, “Mexico and …”, La Silla Rota, June 2021" */
export function sourceText(catalog: Catalog, sourceId: string, locale: Locale): string {
  const source = catalog.sources.get(sourceId);
  if (!source) return '';
  const { author, title, publisher } = source;
  return [
    author[locale],
    ...(title ? [`“${title[locale]}”`] : []),
    publisher,
    formatDay(source.date, locale),
  ].join(', ');
}

/** Facts that share a source stand together under it. */
export type FactGroup = { source: string; facts: { text: string; period: string }[] };

export function factGroups(petition: Petition, catalog: Catalog, locale: Locale): FactGroup[] {
  const groups = Map.groupBy(pick(petition.factIds, catalog.facts), ({ sourceId }) => sourceId);
  return [...groups].map(([sourceId, facts]) => ({
    source: sourceText(catalog, sourceId, locale),
    facts: facts.map((fact) => ({ text: renderFact(fact, locale), period: fact.period[locale] })),
  }));
}
