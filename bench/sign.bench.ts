import { setTimeout as sleep } from 'node:timers/promises';
import { loadSign } from './load.ts';
import { type Program, startProgram } from './program.ts';
import { attach, SLUG, seedSignatures } from './seed.ts';
import { type Row, spread } from './table.ts';

const ROUNDS = 12;
const PYPI_ROUNDS = 3;
const SECONDS = 4;
const CONNECTIONS = 50;
const FEW = 1_000;
/** Until the database has written out what was stored or deleted at once: else the next round would pay for it. */
const SETTLE_MS = 65_000;
const BREATH_MS = 2_000;

type Stand = { program: Program; database: Awaited<ReturnType<typeof attach>>; answered: number };

/** Mail would take a share of the two cores that differs from run to run. */
async function openStand(env: Record<string, string> = {}): Promise<Stand> {
  const program = await startProgram({ ROLES: 'web,ledger', ...env });
  return { program, database: await attach(program.dataDir), answered: 0 };
}

async function closeStand({ program, database }: Stand): Promise<void> {
  await database.close();
  await program.stop();
}

/** One round of signing. An acknowledged signature that is not stored ends the bench. */
async function measure(stand: Stand): Promise<number> {
  const { program, database } = stand;
  const before = await database.signatures.countDocuments({});
  const load = { seconds: SECONDS, connections: CONNECTIONS, tag: `after-${stand.answered}`, slug: SLUG };
  const result = await loadSign(program.url, load);
  const stored = (await database.signatures.countDocuments({})) - before;
  if (result.other > 0) throw new Error(`${result.other} answers were no acknowledgement`);
  // Requests under way when the load ends are stored and not counted as answered.
  if (stored < result.answered) throw new Error(`${result.answered} acknowledged, ${stored} stored`);
  stand.answered += result.answered;
  return result.perSecond;
}

/**
 * Sign POST/s at few and at many stored signatures, in turns, so that both meet the same machine; and what a program
 * weighs that has taken some hundred thousand of them.
 */
export async function benchSign(many: number): Promise<Row[]> {
  const few = await openStand();
  const full = await openStand();
  try {
    const atRest = await full.program.rssMegabytes();
    for (const stand of [few, full]) await measure(stand);
    await seedSignatures(full.database.services, many, 'many');
    await sleep(SETTLE_MS);
    const pairs: { few: number; full: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await few.database.empty();
      await seedSignatures(few.database.services, FEW, `few-${round}`);
      await sleep(BREATH_MS);
      pairs.push({ few: await measure(few), full: await measure(full) });
    }
    const rss = await full.program.rssMegabytes();
    const rates = { few: spread(pairs.map((one) => one.few)), full: spread(pairs.map((one) => one.full)) };
    const ratios = spread(pairs.map((one) => (one.full / one.few) * 100));
    return [
      { what: 'sign POST/s acknowledged, 50 connections', ...rates.few, unit: '/s', atLeast: 1_500 },
      { what: `sign POST/s at ${many.toLocaleString('en-US')} stored`, ...rates.full, unit: '/s' },
      { what: 'cost growth: many stored against few', ...ratios, unit: '%', atLeast: 85 },
      { what: 'RSS at rest', ...spread([atRest]), unit: 'MB' },
      {
        what: `RSS after ${full.answered.toLocaleString('en-US')} sign POSTs`,
        ...spread([rss]),
        unit: 'MB',
        atMost: 350,
      },
    ];
  } finally {
    await closeStand(few);
    await closeStand(full);
  }
}

export async function benchSignOnPypi(): Promise<Row[]> {
  const stand = await openStand({ LOCAL_DATABASE: 'pypi' });
  try {
    const rates: number[] = [];
    for (let round = 0; round < PYPI_ROUNDS; round += 1) rates.push(await measure(stand));
    return [{ what: 'sign POST/s with the PyPI database', ...spread(rates), unit: '/s', atLeast: 150 }];
  } finally {
    await closeStand(stand);
  }
}
