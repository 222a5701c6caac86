import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identify, isAlive } from '../../src/database/local/process-identity.ts';
import { makeDataDir, type Program, readMailbox, startProgram, until } from '../support/program.ts';
import { SLUG } from './crowd.ts';

const BACK_MS = 30_000;

let folder: Awaited<ReturnType<typeof makeDataDir>>;
let program: Program;

beforeEach(async () => {
  folder = await makeDataDir();
});
afterEach(async () => {
  await program.stop();
  await folder.remove();
});

const start = async (env: Record<string, string> = {}) => {
  program = await startProgram({ DATA_DIR: folder.path, LOG_LEVEL: 'info', ...env });
};

async function sign(email: string): Promise<void> {
  const fields = { name: 'Ana Rosa', email, country: 'US', region: 'US-TX', over16: 'on' };
  const url = `${program.url}/en/petitions/${SLUG}/signatures`;
  const { status } = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
  expect(status).toBe(303);
}

async function takePort(server: Server, port: number): Promise<boolean> {
  server.listen(port, '127.0.0.1');
  return once(server, 'listening').then(
    () => true,
    () => false,
  );
}

const isWrittenTo = async (email: string) => (await readMailbox(folder.path)).some(({ to }) => to === email);

/** What the log said under this name, each line's fields. */
const logged = (event: string) =>
  program
    .said()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === event);

test('two processes serve: mail goes on without the web, pages go on without the workers', {
  timeout: 90_000,
}, async () => {
  await start();
  const [web, workers] = [await program.partPid('web'), await program.partPid('workers')];
  expect(web).toBeGreaterThan(0);
  expect(workers).toBeGreaterThan(0);
  expect(program.said().match(/Safe Passage is running/g)).toHaveLength(1);
  await sign('first@home.example');
  await until(() => isWrittenTo('first@home.example'), BACK_MS);

  await program.killOnly('workers');
  await sign('second@home.example');
  await until(() => isWrittenTo('second@home.example'), BACK_MS);
  expect(await program.partPid('web')).toBe(web);
  const second = await program.partPid('workers');
  expect(second).not.toBe(workers);

  await program.killOnly('web');
  await until(program.isUp, BACK_MS);
  expect(await program.partPid('workers')).toBe(second);
  await sign('third@home.example');
  await until(() => isWrittenTo('third@home.example'), BACK_MS);

  expect(logged('part.died').map(({ part, how }) => [part, how])).toEqual([
    ['workers', 'SIGKILL'],
    ['web', 'SIGKILL'],
  ]);
  await until(async () => logged('part.restarted').length === 2, BACK_MS);
  expect(program.said().match(/Safe Passage is running/g)).toHaveLength(1);
});

test('a part that dies again and again is started again after a longer and longer pause', {
  timeout: 90_000,
}, async () => {
  await start();
  for (let times = 1; times <= 3; times += 1) {
    await until(async () => (await program.partPid('workers')) !== undefined, BACK_MS);
    await program.killOnly('workers');
    await until(async () => logged('part.died').length === times, BACK_MS);
  }
  expect(logged('part.died').map(({ pauseMs }) => pauseMs)).toEqual([250, 500, 1_000]);
});

test('nobody is left when the starting process is killed: the parts stop, and so does the database', {
  timeout: 90_000,
}, async () => {
  await start();
  const pids = [await program.partPid('web'), await program.partPid('workers'), await program.databasePid()];
  const all = await Promise.all(pids.map((pid) => identify(pid ?? 0)));
  expect(await Promise.all(all.map(isAlive))).toEqual([true, true, true]);
  await program.killOnly('start');
  await until(async () => !(await Promise.all(all.map(isAlive))).includes(true), BACK_MS);
});

test('a part that is told to stop by itself drains and is started again', { timeout: 90_000 }, async () => {
  await start();
  process.kill((await program.partPid('web')) ?? 0, 'SIGTERM');
  await until(async () => logged('part.restarted').length === 1, BACK_MS);
  expect(logged('part.died')).toMatchObject([{ part: 'web', how: 'code 0' }]);
  expect(await program.isUp()).toBe(true);
});

test('a web that cannot come back for a reason that an operator can mend ends all, with that one sentence', {
  timeout: 90_000,
}, async () => {
  await start();
  const port = Number(new URL(program.url).port);
  const other = createServer();
  // On a busy machine the web may be back before the port is taken.
  await until(async () => {
    await program.killOnly('web').catch(() => undefined);
    return takePort(other, port);
  }, BACK_MS);
  try {
    expect(await program.exited).toBe(1);
  } finally {
    other.close();
  }
  expect(program.said().match(/PORT: \d+ at 127\.0\.0\.1 is taken by another program/g)).toHaveLength(1);
  expect(program.said()).not.toMatch(/^\s+at /m);
});

test('what only a part finds out ends the start of all, with one sentence', { timeout: 90_000 }, async () => {
  await start();
  expect(await program.stop()).toBe(0);
  const other = randomBytes(32).toString('hex');
  const words = await start({ MASTER_KEY: other }).catch(({ message }: Error) => message);
  expect(String(words).match(/the master key is not the one that this database was made with/g)).toHaveLength(
    1,
  );
  expect(words).not.toMatch(/^\s+at /m);
  await start();
});

test('both parts are one installation: without the relay that it had before, mail goes to the local mailbox', {
  timeout: 90_000,
}, async () => {
  await start({ SMTP_URL: 'smtp://127.0.0.1:9' });
  await program.stop();
  await start();
  await sign('local@home.example');
  await until(() => isWrittenTo('local@home.example'), BACK_MS);
  expect(logged('installation.left-to-others')).toEqual([]);
});

test('with ROLES it is one process, which does no more than they say', { timeout: 90_000 }, async () => {
  await start({ ROLES: 'web' });
  expect(await program.partPid('web')).toBeUndefined();
  expect(await program.partPid('workers')).toBeUndefined();
  await sign('waits@home.example');
  expect(await program.stop()).toBe(0);
  expect(await readMailbox(folder.path)).toEqual([]);

  await start();
  await until(() => isWrittenTo('waits@home.example'), BACK_MS);
});
