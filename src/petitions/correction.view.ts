import { formatDay } from '../lib/format.ts';
import type { Locale } from '../lib/locales.ts';
import { sourceText } from './fact-source.ts';
import { renderFact } from './fact-text.ts';
import type { Catalog } from './petition.ts';

export type CorrectionView = {
  id: string;
  title: string;
  on: string;
  wrong: string;
  right: string;
  /** what stands in its place, with period and source */
  now?: { text: string; period: string; source: string };
};

export function correctionViews(catalog: Catalog, locale: Locale): CorrectionView[] {
  return catalog.corrections.map(({ factId, replacedBy, on, title, wrong, right }) => {
    const fact = catalog.facts.get(replacedBy ?? '');
    return {
      id: factId,
      title: title[locale],
      on: formatDay(on, locale),
      wrong: wrong[locale],
      right: right[locale],
      ...(fact && {
        now: {
          text: renderFact(fact, locale),
          period: fact.period[locale],
          source: sourceText(catalog, fact.sourceId, locale),
        },
      }),
    };
  });
}
