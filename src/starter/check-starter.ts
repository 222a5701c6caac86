import { isHelplineText } from '../offices/helplines.ts';
import { findTextFaults } from './check-texts.ts';
import type { StarterData } from './starter.schema.ts';

const EMAIL = /[^\s@]@[^\s@]/;

/** What zod cannot see: whether the parts agree with each other. Answers with every fault, none if all is well. */
export function findStarterFaults(data: StarterData): string[] {
  return [...duplicateIds(data), ...unknownReferences(data), ...helplines(data), ...findTextFaults(data)];
}

/** Every e-mail address in the data, whatever else is wrong with it: none may ship (law 9). */
export function findShippedAddresses(node: unknown, path = ''): string[] {
  if (typeof node === 'string') {
    return EMAIL.test(node) ? [`${path} holds an e-mail address: none may be shipped (law 9)`] : [];
  }
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, child]) =>
    findShippedAddresses(child, path ? `${path}.${key}` : key),
  );
}

function duplicateIds(data: StarterData): string[] {
  const groups = {
    source: data.sources.map(({ id }) => id),
    fact: data.facts.map(({ id }) => id),
    figure: data.facts.flatMap(({ figures }) => figures.map(({ id }) => id)),
    demand: data.demands.map(({ id }) => id),
    law: data.laws.map(({ id }) => id),
    office: data.offices.map(({ _id }) => _id),
    holiday: [...data.holidays.US.rules, ...data.holidays.MX.rules].map(({ id }) => id),
    petition: data.petitions.map(({ _id }) => _id),
    'petition number': data.petitions.map(({ number }) => String(number)),
  };
  return Object.entries(groups).flatMap(([kind, ids]) =>
    ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${kind} ${id} stands twice`),
  );
}

function unknownReferences(data: StarterData): string[] {
  const offices = new Set(data.offices.map(({ _id }) => _id));
  const slugs = new Set(data.petitions.map(({ _id }) => _id));
  const sources = idsOf(data.sources);
  return [
    ...missing('the folder of texts', 'petition', Object.keys(data.texts), slugs),
    ...data.facts.flatMap((fact) => missing(`fact ${fact.id}`, 'source', [fact.sourceId], sources)),
    ...data.corrections.flatMap(({ factId, replacedBy }) => [
      ...missing(`the correction of ${factId}`, 'fact', [replacedBy], idsOf(data.facts)),
      ...data.facts
        .filter(({ id }) => id === factId)
        .map(({ id }) => `fact ${id} is withdrawn by a correction and stands among the facts`),
    ]),
    ...data.demands.flatMap((demand) => [
      ...missing(`demand ${demand.id}`, 'office', demand.officeIds, offices),
      ...missing(`demand ${demand.id}`, 'addressee', demand.followsFor, new Set(demand.officeIds)),
    ]),
    ...petitionReferences(data, offices),
  ];
}

/** None is a target, by any of its ways. */
function helplines({ offices }: StarterData): string[] {
  return offices
    .filter(({ name, channels }) =>
      isHelplineText(name.en, name.es, ...channels.flatMap(({ value, source }) => [value, source])),
    )
    .map(({ _id }) => `office ${_id} is a helpline: nobody writes to one`);
}

function petitionReferences(data: StarterData, offices: ReadonlySet<string>): string[] {
  const [facts, demands, laws] = [idsOf(data.facts), idsOf(data.demands), idsOf(data.laws)];
  return data.petitions.flatMap((petition) => {
    const owner = `petition ${petition._id}`;
    const asked = data.demands
      .filter(({ id }) => petition.demandIds.includes(id))
      .flatMap(({ officeIds }) => officeIds);
    return [
      ...missing(owner, 'demand', petition.demandIds, demands),
      ...missing(owner, 'fact', petition.factIds, facts),
      ...missing(owner, 'law', petition.lawIds, laws),
      ...missing(owner, 'office', petition.officeIds, offices),
      ...petition.officeIds
        .filter((id) => !asked.includes(id))
        .map((id) => `${owner} writes to ${id}, of whom none of its demands asks anything`),
    ];
  });
}

function missing(owner: string, kind: string, ids: readonly string[], all: ReadonlySet<string>): string[] {
  return ids.filter((id) => !all.has(id)).map((id) => `${owner} names the ${kind} ${id}, which is not there`);
}

function idsOf(all: readonly { id: string }[]): Set<string> {
  return new Set(all.map(({ id }) => id));
}
