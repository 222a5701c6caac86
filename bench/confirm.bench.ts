import { setTimeout as sleep } from 'node:timers/promises';
import { loadPosts } from './load.ts';
import { startProgram } from './program.ts';
import { attach, confirmPaths, SLUG, seedSignatures } from './seed.ts';
import { percentile, type Row, spread } from './table.ts';

const PER_SECOND = 300;
const LAG_SECONDS = 20;

/** Confirm POST/s; then the time from an acknowledged confirmation to its place in the public count, at 300 a second. */
export async function benchConfirm(): Promise<Row[]> {
  const program = await startProgram({ ROLES: 'web,ledger' });
  const database = await attach(program.dataDir);
  try {
    const { services } = database;
    const rates: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const paths = await confirmPaths(services, await seedSignatures(services, 4_000, `c${round}`));
      const result = await loadPosts(program.url, { seconds: 0, connections: 50, paths });
      if (result.other > 0) throw new Error(`${result.other} confirmations were not answered`);
      rates.push(result.perSecond);
    }
    await until(async () => (await count(program.url)) === 12_000);
    const paths = await confirmPaths(
      services,
      await seedSignatures(services, PER_SECOND * LAG_SECONDS, 'lag'),
    );
    const { lags, last } = await measureLag(program.url, paths, 12_000);
    const { ok } = await services.ledger.verify(SLUG);
    if (!ok || last !== 12_000 + paths.length)
      throw new Error(`the count is ${last}, not ${12_000 + paths.length}`);
    const p99 = percentile(lags, 0.99) / 1000;
    return [
      { what: 'confirm POST/s, 50 connections', ...spread(rates), unit: '/s' },
      {
        what: 'tally lag at 300 confirmations/s, p99 (count exact)',
        median: p99,
        min: Math.min(...lags) / 1000,
        max: Math.max(...lags) / 1000,
        unit: 's',
        atMost: 2,
      },
    ];
  } finally {
    await database.close();
    await program.stop();
  }
}

/** The n-th acknowledged confirmation is counted when the public count reaches n. */
async function measureLag(
  url: string,
  paths: readonly string[],
  base: number,
): Promise<{ lags: number[]; last: number }> {
  const acknowledgedAt: number[] = [];
  const lags: number[] = [];
  let isDone = false;
  const watcher = (async () => {
    while (
      lags.length < paths.length &&
      !(isDone && acknowledgedAt.length > 0 && Date.now() - (acknowledgedAt.at(-1) ?? 0) > 20_000)
    ) {
      const counted = (await count(url)) - base;
      const now = Date.now();
      while (lags.length < Math.min(counted, acknowledgedAt.length))
        lags.push(now - (acknowledgedAt[lags.length] ?? now));
      await sleep(25);
    }
  })();
  const start = Date.now();
  const sent: Promise<void>[] = [];
  for (const [index, path] of paths.entries()) {
    const wait = start + (index * 1000) / PER_SECOND - Date.now();
    if (wait > 1) await sleep(wait);
    sent.push(
      fetch(url + path, { method: 'POST', redirect: 'manual' }).then(({ status }) => {
        if (status !== 200) throw new Error(`a confirmation was answered with ${status}`);
        acknowledgedAt.push(Date.now());
      }),
    );
  }
  await Promise.all(sent);
  isDone = true;
  await watcher;
  return { lags, last: await count(url) };
}

async function count(url: string): Promise<number> {
  return ((await (await fetch(`${url}/api/petitions/${SLUG}/count`)).json()) as { count: number }).count;
}

async function until(check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await check()) return;
    await sleep(100);
  }
  throw new Error('waited in vain');
}
