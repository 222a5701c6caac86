import { LOCALES, type Localized } from '../lib/locales.ts';
import {
  numberFaults as faultsOfNumbers,
  findTextFaults as faultsOfTexts,
  numbersByHand,
  placeholderFaults,
  placeholders,
  type TextFault,
} from '../petitions/text-checks.ts';
import type { FactData, StarterData } from './starter.schema.ts';

/** What is wrong with the texts, in words for whoever edits the files: petitions/text-checks.ts looks for it. */
export function findTextFaults(data: StarterData): string[] {
  return [
    ...data.facts.flatMap(factFaults),
    ...data.petitions.flatMap(({ _id, factIds }) => {
      const texts = data.texts[_id];
      if (!texts) return [`petition ${_id} has no texts`];
      const facts = data.facts.filter(({ id }) => factIds.includes(id));
      return faultsOfTexts(texts, facts).map(textOf(`petition ${_id}`));
    }),
    ...numberFaults(data),
  ];
}

function factFaults(fact: FactData): string[] {
  const owner = `fact ${fact.id}`;
  const ids = fact.figures.map(({ id }) => id);
  const shown = LOCALES.flatMap((locale) => placeholders(fact.text[locale]));
  return [
    ...placeholderFaults(fact.text, ids).map(textOf(owner)),
    ...LOCALES.flatMap((locale) => numbersByHand(fact.text[locale], locale).map(textOf(owner))),
    ...ids
      .filter((id) => !shown.includes(id))
      .map((id) => `${owner} has the figure ${id} and does not show it`),
  ];
}

function textOf(owner: string) {
  return (fault: TextFault): string => {
    switch (fault.check) {
      case 'paragraphs':
        return `${owner} has more paragraphs in one language than in the other`;
      case 'otherFigures':
        return `${owner} shows other figures in English (${fault.en}) than in Spanish (${fault.es})`;
      case 'unknownFigure':
        return `${owner} shows the figure ${fault.figure}, which is none of its facts'`;
      case 'bracket':
        return `${owner} has a bracket in ${fault.locale} that is no placeholder`;
      case 'byHand':
        return `${owner} writes the figure ${fault.figure} by hand in ${fault.locale}: it has no period and no source`;
      case 'period':
        return `${owner} shows ${fault.fact} in ${fault.locale} without its period: ${fault.year} is missing there`;
      case 'numbers':
        return `${owner} has the numbers ${fault.en} in English and ${fault.es} in Spanish`;
    }
  };
}

/** Every pair of texts, wherever it lies, has the same numbers in both languages. */
function numberFaults(node: unknown, path = ''): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { en, es } = node as Partial<Localized<unknown>>;
  const here = en !== undefined && es !== undefined ? faultsOfNumbers(en, es).map(textOf(path)) : [];
  const below = Object.entries(node).flatMap(([key, child]) =>
    numberFaults(child, path ? `${path}.${key}` : key),
  );
  return [...here, ...below];
}
