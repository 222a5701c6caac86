import { spawn } from 'node:child_process';
import { createSecretKey } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuditService } from '../../src/audit/audit.service.ts';
import { createAuditStore } from '../../src/audit/audit.store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { CHILD_ENV } from '../support/child-env.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const KILLS = 10 * Number(process.env.FAULT_ROUNDS ?? 0.6);
const FIXTURE = join(import.meta.dirname, 'audit-writer.fixture.ts');
/** So long at most it works after its first act, until it is killed. */
const LIVES_MS = 200;

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.drop());

test(`${KILLS} times kill -9 among acts: none is done that was not written down, and the chain holds`, {
  timeout: 10_000 * KILLS,
}, async () => {
  for (let turn = 0; turn < KILLS; turn += 1) await killOne(turn);
  const key = createSecretKey(Buffer.alloc(32, 7));
  const store = createAuditStore(database.connection);
  const audit = createAuditService({ store, key, clock: systemClock, logger: silentLogger });
  const { faults, open } = await audit.verify();
  expect(faults).toEqual([]);
  const acts = await audit.listActs({}, 1_000_000);
  const written = new Map(acts.map(({ of, outcome }) => [of[0], outcome]));
  const done = await database.connection.collection('done').find().toArray();
  expect(done.length).toBeGreaterThanOrEqual(KILLS);
  // Each act that was done has its line; each that the audit calls done was done.
  expect(done.filter(({ _id }) => !written.has(String(_id)))).toEqual([]);
  const isDone = new Set(done.map(({ _id }) => String(_id)));
  expect(acts.filter(({ of, outcome }) => outcome === 'done' && !isDone.has(of[0] ?? ''))).toEqual([]);
  // At most the one that it was killed in is left open.
  expect(open.length).toBeLessThanOrEqual(KILLS);
});

async function killOne(turn: number): Promise<void> {
  const child = spawn(process.execPath, [FIXTURE, String(turn)], {
    env: { ...CHILD_ENV, MONGODB_URI: database.uri },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await pause(Math.random() * LIVES_MS);
  child.kill('SIGKILL');
  await ended;
}
