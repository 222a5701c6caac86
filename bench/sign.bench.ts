import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadSign } from './load.ts';
import { type Program, startProgram } from './program.ts';
import { attach, SLUG, seedSignatures } from './seed.ts';
import { openSink } from './sink.ts';
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

async function openStand(env: Record<string, string>, build?: string): Promise<Stand> {
  const program = await startProgram(env, build);
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
 * weighs that has taken some hundred thousand of them. All that `npm start` starts works meanwhile: mails go out.
 */
export async function benchSign(many: number): Promise<Row[]> {
  const sink = await openSink();
  const env = { SMTP_URL: sink.url };
  const few = await openStand(env);
  const full = await openStand(env);
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
    const rates = { few: spread(pairs.map((one) => one.few)), full: spread(pairs.map((one) => one.full)) };
    const ratios = spread(pairs.map((one) => (one.full / one.few) * 100));
    return [
      { what: 'sign POST/s acknowledged, 50 connections', ...rates.few, unit: '/s', atLeast: 1_500 },
      { what: `sign POST/s at ${many.toLocaleString('en-US')} stored`, ...rates.full, unit: '/s' },
      { what: 'cost growth: many stored against few', ...ratios, unit: '%', atLeast: 85 },
      ...rssRows('at rest', atRest),
      ...rssRows(
        `after ${full.answered.toLocaleString('en-US')} sign POSTs`,
        await full.program.rssMegabytes(),
      ),
    ];
  } finally {
    await closeStand(few);
    await closeStand(full);
    await sink.close();
  }
}

function rssRows(when: string, rss: Record<string, number>): Row[] {
  const most: Record<string, number> = { web: 300, workers: 200 };
  return Object.entries(rss).map(([part, megabytes]) => {
    const atMost = most[part];
    return { what: `RSS of ${part} ${when}`, ...spread([megabytes]), unit: 'MB', ...(atMost && { atMost }) };
  });
}

/** Against another build, given by its folder, in turns: what each one's `npm start` starts, mails going out. */
export async function benchSignAgainst(folder: string, rounds = ROUNDS): Promise<Row[]> {
  const sink = await openSink();
  const env = { SMTP_URL: sink.url };
  const stands = { own: await openStand(env), other: await openStand(env, resolve(folder)) };
  try {
    for (const stand of Object.values(stands)) await measure(stand);
    const pairs: { own: number; other: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const turn = { own: 0, other: 0 };
      for (const name of ['own', 'other'] as const) {
        await stands[name].database.empty();
        await sleep(BREATH_MS);
        turn[name] = await measure(stands[name]);
        // What still waits to be mailed would go on beside the other's turn.
        await stands[name].database.empty();
      }
      pairs.push(turn);
    }
    const ratios = pairs.map(({ own, other }) => (own / other) * 100);
    return [
      { what: 'sign POST/s', ...spread(pairs.map(({ own }) => own)), unit: '/s' },
      { what: `sign POST/s of ${folder}`, ...spread(pairs.map(({ other }) => other)), unit: '/s' },
      { what: 'this build against it', ...spread(ratios), unit: '%' },
      ...rssRows(
        `after ${stands.own.answered.toLocaleString('en-US')}`,
        await stands.own.program.rssMegabytes(),
      ),
    ];
  } finally {
    for (const stand of Object.values(stands)) await closeStand(stand);
    await sink.close();
  }
}

export async function benchSignOnPypi(): Promise<Row[]> {
  const stand = await openStand({ ROLES: 'web,ledger', LOCAL_DATABASE: 'pypi' });
  try {
    const rates: number[] = [];
    for (let round = 0; round < PYPI_ROUNDS; round += 1) rates.push(await measure(stand));
    return [{ what: 'sign POST/s with the PyPI database', ...spread(rates), unit: '/s', atLeast: 150 }];
  } finally {
    await closeStand(stand);
  }
}
