import { LOCALES, type Localized } from '../lib/locales.ts';
import type { Correction, Petition, PetitionText } from './petition.ts';

type Corrected = Pick<Petition, 'factIds' | 'texts'>;

/**
 * A stored petition without the withdrawn fact: the fact that takes its place stands in its list, and each paragraph
 * that showed a figure of it gives way to the paragraph of the shipped petition that shows the new one. Undefined when
 * the petition does not name the fact.
 */
export function correctPetition(
  stored: Corrected,
  shipped: Pick<Petition, 'texts'> | undefined,
  { factId, replacedBy = '' }: Pick<Correction, 'factId' | 'replacedBy'>,
): Corrected | undefined {
  const isNamed = stored.factIds.includes(factId) || JSON.stringify(stored.texts).includes(`{${factId}_`);
  if (!isNamed) return undefined;
  const factIds = [...new Set(stored.factIds.map((id) => (id === factId ? replacedBy : id)))];
  const texts = Object.fromEntries(
    LOCALES.map((locale) => [
      locale,
      correctText(stored.texts[locale], shipped?.texts[locale], [factId, replacedBy]),
    ]),
  ) as Localized<PetitionText>;
  return { factIds, texts };
}

function correctText(
  { title, summary, body }: PetitionText,
  shipped: PetitionText | undefined,
  [withdrawn, replacing]: readonly [string, string],
): PetitionText {
  const shows = (text: string, factId: string) => text.includes(`{${factId}_`);
  const instead = shipped?.body.filter((paragraph) => shows(paragraph, replacing)) ?? [];
  const kept = body.flatMap((paragraph) => (shows(paragraph, withdrawn) ? instead : [paragraph]));
  return {
    title: shows(title, withdrawn) ? (shipped?.title ?? '') : title,
    summary: shows(summary, withdrawn) ? (shipped?.summary ?? '') : summary,
    body: [...new Set(kept)],
  };
}
