import { setTimeout as sleep } from 'node:timers/promises';
import { loadSign } from './load.ts';
import { startProgram } from './program.ts';
import { attach, SLUG, seedSignatures } from './seed.ts';
import { type Row, spread } from './table.ts';

const ROUNDS = 3;
const SECONDS = 6;
const SETTLE_MS = 65_000;

type SignOptions = { url: string; tag: string; rounds?: number };

/** Signs with 50 connections and counts what is stored: an acknowledged one that is not there ends the bench. */
async function measure(
  services: Awaited<ReturnType<typeof attach>>,
  { url, tag, rounds = ROUNDS }: SignOptions,
): Promise<number[]> {
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = await services.signatures.countDocuments({});
    const result = await loadSign(url, {
      seconds: SECONDS,
      connections: 50,
      tag: `${tag}-${round}`,
      slug: SLUG,
    });
    const stored = (await services.signatures.countDocuments({})) - before;
    if (result.other > 0) throw new Error(`${result.other} answers were no acknowledgement`);
    // Requests under way when the load ends are stored and not counted as answered.
    if (stored < result.answered) throw new Error(`${result.answered} acknowledged, ${stored} stored`);
    rates.push(result.perSecond);
  }
  return rates;
}

/** Sign POST/s, at few and at many stored signatures, and what the program weighs after it. */
export async function benchSign(many: number): Promise<Row[]> {
  // Mail would take a share of the two cores that differs from run to run.
  const program = await startProgram({ ROLES: 'web,ledger' });
  const database = await attach(program.dataDir);
  try {
    const atRest = await program.rssMegabytes();
    await measure(database, { url: program.url, tag: 'warm', rounds: 1 });
    const few = await measure(database, { url: program.url, tag: 'few' });
    const missing = many - (await database.signatures.countDocuments({}));
    if (missing > 0) {
      await seedSignatures(database.services, missing, 'many');
      // Else the checkpoint of so much at once would be charged to what is measured next.
      await sleep(SETTLE_MS);
    }
    const later = await measure(database, { url: program.url, tag: 'later' });
    const growth = (spread(later).median / spread(few).median) * 100;
    const rss = await program.rssMegabytes();
    return [
      { what: 'sign POST/s acknowledged, 50 connections', ...spread(few), unit: '/s', atLeast: 1_500 },
      { what: `sign POST/s at ${many.toLocaleString('en-US')} stored`, ...spread(later), unit: '/s' },
      {
        what: 'cost growth: many stored against few',
        median: growth,
        min: growth,
        max: growth,
        unit: '%',
        atLeast: 85,
      },
      { what: 'RSS at rest', median: atRest, min: atRest, max: atRest, unit: 'MB' },
      { what: 'RSS after the signatures', median: rss, min: rss, max: rss, unit: 'MB', atMost: 350 },
    ];
  } finally {
    await database.close();
    await program.stop();
  }
}

export async function benchSignOnPypi(): Promise<Row[]> {
  const program = await startProgram({ ROLES: 'web,ledger', LOCAL_DATABASE: 'pypi' });
  const database = await attach(program.dataDir);
  try {
    const rates = await measure(database, { url: program.url, tag: 'pypi' });
    return [{ what: 'sign POST/s with the PyPI database', ...spread(rates), unit: '/s', atLeast: 150 }];
  } finally {
    await database.close();
    await program.stop();
  }
}
