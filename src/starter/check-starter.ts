import { LOCALES } from '../lib/locales.ts';
import type { StarterData } from './starter.schema.ts';

const PLACEHOLDER = /\{\s*(\w+)\s*\}/g;
const EMAIL = /[^\s@]+@[^\s@]+\.[a-z]/i;
/** Years, dates, law articles and address numbers are no figures; a number of people or a share is. */
const BARE_FIGURE = /\d+(?:[.,]\d+)*\s*%|\b\d{1,3}(?:[.,]\d{3})+\b/g;

/** What zod cannot see: whether the parts agree with each other. Answers with every fault, none if all is well. */
export function findStarterFaults(data: StarterData): string[] {
  return [
    ...duplicateIds(data),
    ...unknownReferences(data),
    ...data.facts.flatMap((fact) =>
      textFaults(`fact ${fact.id}`, fact.text, new Set(fact.figures.map(({ id }) => id))),
    ),
    ...petitionTextFaults(data),
    ...(EMAIL.test(JSON.stringify(data)) ? ['an e-mail address is shipped: none may be (law 9)'] : []),
  ];
}

function duplicateIds(data: StarterData): string[] {
  const groups = {
    source: data.sources.map(({ id }) => id),
    fact: data.facts.map(({ id }) => id),
    figure: data.facts.flatMap(({ figures }) => figures.map(({ id }) => id)),
    demand: data.demands.map(({ id }) => id),
    law: data.laws.map(({ id }) => id),
    office: data.offices.map(({ _id }) => _id),
    petition: data.petitions.map(({ _id }) => _id),
    'petition number': data.petitions.map(({ number }) => String(number)),
  };
  return Object.entries(groups).flatMap(([kind, ids]) =>
    ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${kind} ${id} stands twice`),
  );
}

function unknownReferences(data: StarterData): string[] {
  const offices = new Set(data.offices.map(({ _id }) => _id));
  const known = (ids: { id: string }[]) => new Set(ids.map(({ id }) => id));
  const [facts, demands, laws, sources] = [
    known(data.facts),
    known(data.demands),
    known(data.laws),
    known(data.sources),
  ];
  const missing = (owner: string, kind: string, ids: readonly string[], all: ReadonlySet<string>) =>
    ids.filter((id) => !all.has(id)).map((id) => `${owner} names the ${kind} ${id}, which is not there`);
  return [
    ...data.facts.flatMap((fact) => missing(`fact ${fact.id}`, 'source', [fact.sourceId], sources)),
    ...data.demands.flatMap((demand) => [
      ...missing(`demand ${demand.id}`, 'office', demand.officeIds, offices),
      ...missing(`demand ${demand.id}`, 'addressee', demand.followsFor, new Set(demand.officeIds)),
    ]),
    ...data.petitions.flatMap((petition) => {
      const owner = `petition ${petition._id}`;
      const asked = new Set(
        data.demands
          .filter(({ id }) => petition.demandIds.includes(id))
          .flatMap(({ officeIds }) => officeIds),
      );
      return [
        ...missing(owner, 'demand', petition.demandIds, demands),
        ...missing(owner, 'fact', petition.factIds, facts),
        ...missing(owner, 'law', petition.lawIds, laws),
        ...missing(owner, 'office', petition.officeIds, offices),
        ...petition.officeIds
          .filter((id) => !asked.has(id))
          .map((id) => `${owner} writes to ${id}, of whom none of its demands asks anything`),
      ];
    }),
  ];
}

function petitionTextFaults(data: StarterData): string[] {
  return data.petitions.flatMap(({ _id, factIds }) => {
    const texts = data.texts[_id];
    if (!texts) return [`petition ${_id} has no texts`];
    const figures = new Set(
      data.facts.filter(({ id }) => factIds.includes(id)).flatMap((fact) => fact.figures.map(({ id }) => id)),
    );
    const whole = (locale: 'en' | 'es') =>
      [texts[locale].title, texts[locale].summary, ...texts[locale].body].join('\n');
    return textFaults(`petition ${_id}`, { en: whole('en'), es: whole('es') }, figures, false);
  });
}

/** Both languages must show the same figures, each through its placeholder. */
function textFaults(
  owner: string,
  text: { en: string; es: string },
  figures: ReadonlySet<string>,
  needsAll = true,
): string[] {
  const [en, es] = LOCALES.map((locale) =>
    [...text[locale].matchAll(PLACEHOLDER)].map(([, name = '']) => name).sort(),
  );
  const bare = LOCALES.flatMap((locale) =>
    (text[locale].match(BARE_FIGURE) ?? []).map((figure) => ({ locale, figure })),
  );
  return [
    ...(String(en) === String(es)
      ? []
      : [`${owner} shows other figures in English (${en}) than in Spanish (${es})`]),
    ...(en ?? [])
      .filter((name) => !figures.has(name))
      .map((name) => `${owner} shows the figure ${name}, which is none of its facts'`),
    ...bare.map(
      ({ locale, figure }) =>
        `${owner} writes the figure ${figure} by hand in ${locale}: it has no period and no source`,
    ),
    ...(needsAll
      ? [...figures]
          .filter((name) => !en?.includes(name))
          .map((name) => `${owner} has the figure ${name} and does not show it`)
      : []),
  ];
}
