import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../lib/errors.ts';
import { faultLines } from '../lib/form-faults.ts';
import type { Holidays } from '../offices/holidays.ts';
import type { Office } from '../offices/office.ts';
import type { Catalog, Petition } from '../petitions/petition.ts';
import { findShippedAddresses, findStarterFaults } from './check-starter.ts';
import { StarterData } from './starter.schema.ts';

export type Starter = { catalog: Catalog; petitions: Petition[]; offices: Office[]; holidays: Holidays };

const FILES = [
  'sources',
  'facts',
  'corrections',
  'demands',
  'laws',
  'offices',
  'holidays',
  'petitions',
] as const;

/** The campaign that ships. @throws STARTER_INVALID naming every fault */
export async function loadStarter(folder = import.meta.dirname): Promise<Starter> {
  return checkStarter(await readStarter(folder));
}

/** The files as they lie there, unchecked. @throws STARTER_INVALID when one is missing or is no JSON */
export async function readStarter(folder = import.meta.dirname): Promise<Record<string, unknown>> {
  const read = async (file: string): Promise<unknown> => {
    try {
      return JSON.parse(await readFile(join(folder, file), 'utf8'));
    } catch (error) {
      throw invalid([`${file}: ${error instanceof Error ? error.message : error}`]);
    }
  };
  const parts = await Promise.all(FILES.map(async (name) => [name, await read(`${name}.json`)] as const));
  const texts: Record<string, Record<string, unknown>> = {};
  for (const file of (await readdir(join(folder, 'petitions'))).filter((name) => name.endsWith('.json'))) {
    const [slug = '', locale = ''] = file.split('.');
    texts[slug] = { ...texts[slug], [locale]: await read(join('petitions', file)) };
  }
  return { ...Object.fromEntries(parts), texts };
}

/** @throws STARTER_INVALID naming every fault; faults of meaning are looked for once the shape is right */
export function checkStarter(raw: unknown): Starter {
  const read = StarterData.safeParse(raw);
  const faults = [
    ...(read.success ? findStarterFaults(read.data) : faultLines(read.error)),
    ...findShippedAddresses(raw),
  ];
  if (!read.success || faults.length > 0) throw invalid(faults);
  return toStarter(read.data);
}

function toStarter(data: StarterData): Starter {
  const byId = <T extends { id: string }>(all: readonly T[]) => new Map(all.map((one) => [one.id, one]));
  return {
    catalog: {
      sources: byId(data.sources),
      corrections: data.corrections.toSorted((a, b) => b.on.localeCompare(a.on)),
      facts: byId(data.facts),
      demands: byId(data.demands),
      laws: byId(data.laws),
    },
    offices: data.offices,
    holidays: data.holidays,
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
