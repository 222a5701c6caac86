import type { Office } from '../offices/office.ts';
import type { Catalog } from '../petitions/petition.ts';

/** Pages that a mail to an office may cite: where facts, laws and sources are published, and where offices are reached. */
export function publishedPages(offices: readonly Office[], catalog: Catalog): string[] {
  const cited = [catalog.facts, catalog.laws, catalog.sources].map((entries) => [...entries.values()]);
  const reached = offices.flatMap(({ channels }) => channels.map(({ source, value }) => [source, value]));
  return JSON.stringify([cited, reached]).match(/\bhttps?:\/\/[^\s"\\<>]+/g) ?? [];
}
