import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../lib/errors.ts';
import type { Office } from '../offices/office.ts';
import type { Catalog, Petition } from '../petitions/petition.ts';
import { findStarterFaults } from './check-starter.ts';
import { StarterData } from './starter.schema.ts';

export type Starter = { catalog: Catalog; petitions: Petition[]; offices: Office[] };

const FILES = ['sources', 'facts', 'demands', 'laws', 'offices', 'petitions'] as const;

/** The campaign that ships. @throws STARTER_INVALID naming every fault */
export async function loadStarter(folder = import.meta.dirname): Promise<Starter> {
  return checkStarter(await readStarter(folder));
}

/** The files as they lie there, unchecked. */
export async function readStarter(folder = import.meta.dirname): Promise<Record<string, unknown>> {
  const read = async (file: string) => JSON.parse(await readFile(join(folder, file), 'utf8'));
  const parts = await Promise.all(FILES.map(async (name) => [name, await read(`${name}.json`)] as const));
  const texts: Record<string, Record<string, unknown>> = {};
  for (const file of await readdir(join(folder, 'petitions'))) {
    const [slug = '', locale = ''] = file.split('.');
    texts[slug] = { ...texts[slug], [locale]: await read(join('petitions', file)) };
  }
  return { ...Object.fromEntries(parts), texts };
}

/** @throws STARTER_INVALID naming every fault */
export function checkStarter(raw: unknown): Starter {
  const read = StarterData.safeParse(raw);
  if (!read.success) {
    throw invalid(read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  const faults = findStarterFaults(read.data);
  if (faults.length > 0) throw invalid(faults);
  return toStarter(read.data);
}

function toStarter(data: StarterData): Starter {
  const byId = <T extends { id: string }>(all: readonly T[]) => new Map(all.map((one) => [one.id, one]));
  return {
    catalog: {
      sources: byId(data.sources),
      facts: byId(data.facts),
      demands: byId(data.demands),
      laws: byId(data.laws),
    },
    offices: data.offices,
    petitions: data.petitions.flatMap((petition): Petition[] => {
      const texts = data.texts[petition._id];
      return texts ? [{ ...petition, state: 'open', texts, opensAt: new Date(petition.opensAt) }] : [];
    }),
  };
}

function invalid(faults: string[]): AppError {
  return new AppError('STARTER_INVALID', {
    message: `The starter campaign has faults:\n  ${faults.join('\n  ')}`,
    faults,
  });
}
