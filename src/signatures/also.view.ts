import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { paths } from '../lib/urls.ts';
import { type Petition, petitionText } from '../petitions/petition.ts';

/** The other petitions, each with a button of its own: `slug` is what it sends. */
export type AlsoView = {
  action: string;
  consent: string;
  petitions: { slug: string; petitionTitle: string; summary: string; petitionPath: string }[];
};

/** Nothing at all where there is no other petition to sign. */
export function alsoView(
  t: Translator['t'],
  locale: Locale,
  action: string,
  petitions: readonly Petition[],
): { also?: AlsoView } {
  if (petitions.length === 0) return {};
  const rows = petitions.map((petition) => {
    const { title, summary } = petitionText(petition, locale);
    return {
      slug: petition._id,
      petitionTitle: title,
      summary,
      petitionPath: paths.petition(locale, petition._id),
    };
  });
  return { also: { action, consent: t(locale, 'also.consent'), petitions: rows } };
}
