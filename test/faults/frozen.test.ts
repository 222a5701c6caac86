import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { signatureId } from '../../src/signatures/signature.ts';
import {
  linkIn,
  makeDataDir,
  openBeside,
  type Program,
  readMailbox,
  startProgram,
  until,
} from '../support/program.ts';
import { gatherCrowd, SLUG } from './crowd.ts';

/** What a visitor waits for at most, and a moment for a machine that is busy with the tests. */
const ANSWER_MS = 5_000;
/** A page that nobody has asked for yet is made of what is in memory, after a look whether the database has it anew. */
const PAGE_MS = 3_000;
/** Longer than the deadline of one call, so that some are given up and some are answered late. */
const FROZEN_MS = 24_000;
const PAGES = [
  '/en',
  '/es',
  `/en/petitions/${SLUG}`,
  '/en/offices',
  '/en/privacy',
  `/api/petitions/${SLUG}/count`,
];

let folder: Awaited<ReturnType<typeof makeDataDir>>;
let program: Program;
let database: number;

beforeEach(async () => {
  folder = await makeDataDir();
  program = await startProgram({ DATA_DIR: folder.path });
  database = await program.databasePid();
});
afterEach(async () => {
  process.kill(database, 'SIGCONT');
  await program.stop();
  await folder.remove();
});

async function timed(url: string, init: RequestInit = {}) {
  const begun = performance.now();
  const answer = await fetch(program.url + url, { redirect: 'manual', ...init });
  const body = await answer.text();
  return { status: answer.status, headers: answer.headers, body, ms: performance.now() - begun };
}

const post = (url: string, fields: Record<string, string> = {}) =>
  timed(url, { method: 'POST', body: new URLSearchParams(fields) });

const sign = (email: string) =>
  post(`/en/petitions/${SLUG}/signatures`, {
    name: 'Ana Rosa',
    email,
    country: 'US',
    region: 'US-TX',
    words: 'Bring them home.',
    over16: 'on',
  });

it('a database that is frozen keeps nobody waiting: forms come back, pages are served, and all goes on after it', {
  timeout: 180_000,
}, async () => {
  await sign('first@home.example');
  await until(async () => (await readMailbox(folder.path)).length === 1, 20_000);
  const confirm = linkIn((await readMailbox(folder.path))[0], 'confirm');
  const crowd = gatherCrowd({ url: () => program.url, tag: 'ice', people: 10, restMs: 200 });
  await until(async () => crowd.acknowledged().length >= 50, 30_000);

  process.kill(database, 'SIGSTOP');
  const thaw = pause(FROZEN_MS).then(() => process.kill(database, 'SIGCONT'));
  const signs = await Promise.all(Array.from({ length: 20 }, (_, n) => sign(`cold-${n}@home.example`)));
  for (const { status, body, headers, ms } of signs) {
    expect(status).toBe(503);
    expect(body).toMatch(/value="cold-\d+@home\.example"/);
    expect(body).toContain('value="Ana Rosa"');
    expect(body).toContain('Bring them home.');
    expect(headers.get('retry-after')).toBe('5');
    expect(ms).toBeLessThan(ANSWER_MS);
  }
  for (const path of PAGES) {
    const { status, ms } = await timed(path);
    expect({ path, status }).toEqual({ path, status: 200 });
    expect(ms).toBeLessThan(PAGE_MS);
  }
  const { status, ms } = await post(confirm);
  expect(status).toBe(503);
  expect(ms).toBeLessThan(ANSWER_MS);
  const ready = await timed('/readyz');
  expect(ready.status).toBe(503);
  expect(ready.ms).toBeLessThan(ANSWER_MS);
  // No older than it says: the last that is known, and since when.
  const count = await timed(`/api/petitions/${SLUG}/count`);
  expect(JSON.parse(count.body)).toMatchObject({ count: 0, seq: 0 });
  expect(Number(count.headers.get('age'))).toBeGreaterThan(2);

  await thaw;
  const before = crowd.acknowledged().length;
  await until(async () => crowd.acknowledged().length > before + 20, 60_000);
  await crowd.leave();
  await until(async () => (await post(confirm)).status !== 503, 30_000);
  await until(async () => JSON.parse((await timed(`/api/petitions/${SLUG}/count`)).body).count === 1, 30_000);

  const { services, connection, close } = await openBeside(program, await program.databaseUri());
  const acknowledged = crowd.acknowledged();
  const ids = acknowledged.map((email) => signatureId(SLUG, services.keys.emailKeyOf(email)));
  const stored = await connection.collection('signatures').countDocuments({ _id: { $in: ids as never[] } });
  expect(stored).toBe(acknowledged.length);
  const waits = () => services.stores.outbox.countWaiting(new Date(Date.now() + HOUR));
  // A batch that was under way when the database froze is taken up again when its lease is over: its time is brought here.
  await connection.collection('outbox').updateMany({ state: 'sending' }, { $set: { dueAt: new Date() } });
  await until(async () => (await waits()) === 0, 60_000);
  await close();
  const mails = (await readMailbox(folder.path)).map(({ to }) => to);
  expect(acknowledged.filter((email) => !mails.includes(email))).toEqual([]);
  // Nobody has the same mail twice: who was confirmed has a receipt beside the first.
  const doubled = mails.filter((to, at) => mails.indexOf(to) !== at && to !== 'first@home.example');
  expect(doubled).toEqual([]);
});
