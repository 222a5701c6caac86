import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identify, isAlive } from '../../src/database/local/process-identity.ts';
import { makeDataDir, type Program, readMailbox, startProgram, until } from '../support/program.ts';
import { SLUG } from './crowd.ts';

const BACK_MS = 30_000;

let folder: Awaited<ReturnType<typeof makeDataDir>>;
let program: Program | undefined;

beforeAll(async () => {
  folder = await makeDataDir();
});
afterAll(async () => {
  await program?.stop();
  await folder.remove();
});

/** The one that runs is stopped, and another one started on the same data. */
const start = async (env: Record<string, string> = {}): Promise<Program> => {
  await program?.stop();
  program = undefined;
  program = await startProgram({ DATA_DIR: folder.path, LOG_LEVEL: 'info', ...env });
  return program;
};
/** The one that runs, as an earlier test has left it; else a new one. */
const running = async (): Promise<Program> => ((await program?.isUp()) && program ? program : start());

async function sign({ url: site }: Program, email: string): Promise<void> {
  const fields = { name: 'Ana Rosa', email, country: 'US', region: 'US-TX', over16: 'on' };
  const url = `${site}/en/petitions/${SLUG}/signatures`;
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
const logged = ({ said }: Program, event: string) =>
  said()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === event);

test('two processes serve: mail goes on without the web, pages go on without the workers', {
  timeout: 90_000,
}, async () => {
  const server = await start();
  const [web, workers] = [await server.partPid('web'), await server.partPid('workers')];
  expect(web).toBeGreaterThan(0);
  expect(workers).toBeGreaterThan(0);
  expect(server.said().match(/Safe Passage is running/g)).toHaveLength(1);
  await sign(server, 'first@home.example');
  await until(() => isWrittenTo('first@home.example'), BACK_MS);

  await server.killOnly('workers');
  await sign(server, 'second@home.example');
  await until(() => isWrittenTo('second@home.example'), BACK_MS);
  expect(await server.partPid('web')).toBe(web);
  const second = await server.partPid('workers');
  expect(second).not.toBe(workers);

  await server.killOnly('web');
  await until(server.isUp, BACK_MS);
  expect(await server.partPid('workers')).toBe(second);
  await sign(server, 'third@home.example');
  await until(() => isWrittenTo('third@home.example'), BACK_MS);

  expect(logged(server, 'part.died').map(({ part, how }) => [part, how])).toEqual([
    ['workers', 'SIGKILL'],
    ['web', 'SIGKILL'],
  ]);
  await until(async () => logged(server, 'part.restarted').length === 2, BACK_MS);
  expect(server.said().match(/Safe Passage is running/g)).toHaveLength(1);
});

test('a part that is told to stop by itself drains and is started again', { timeout: 90_000 }, async () => {
  const server = await running();
  const before = logged(server, 'part.restarted').length;
  process.kill((await server.partPid('web')) ?? 0, 'SIGTERM');
  await until(async () => logged(server, 'part.restarted').length === before + 1, BACK_MS);
  expect(logged(server, 'part.died').at(-1)).toMatchObject({ part: 'web', how: 'code 0' });
  expect(await server.isUp()).toBe(true);
});

test('a part that dies again and again is started again after a longer and longer pause', {
  timeout: 90_000,
}, async () => {
  const server = await running();
  const deaths = () => logged(server, 'part.died').filter(({ part }) => part === 'workers');
  for (let times = deaths().length + 1; times <= 3; times += 1) {
    await until(async () => (await server.partPid('workers')) !== undefined, BACK_MS);
    await server.killOnly('workers');
    await until(async () => deaths().length === times, BACK_MS);
  }
  expect(deaths().map(({ pauseMs }) => pauseMs)).toEqual([250, 500, 1_000]);
});

test('nobody is left when the starting process is killed: the parts stop, and so does the database', {
  timeout: 90_000,
}, async () => {
  const server = await running();
  await until(async () => (await server.partPid('workers')) !== undefined, BACK_MS);
  const pids = [await server.partPid('web'), await server.partPid('workers'), await server.databasePid()];
  const all = await Promise.all(pids.map((pid) => identify(pid ?? 0)));
  expect(await Promise.all(all.map(isAlive))).toEqual([true, true, true]);
  await server.killOnly('start');
  await until(async () => !(await Promise.all(all.map(isAlive))).includes(true), BACK_MS);
});

test('a web that cannot come back for a reason that an operator can mend ends all, with that one sentence', {
  timeout: 90_000,
}, async () => {
  const server = await start();
  const port = Number(new URL(server.url).port);
  const other = createServer();
  // On a busy machine the web may be back before the port is taken.
  await until(async () => {
    await server.killOnly('web').catch(() => undefined);
    return takePort(other, port);
  }, BACK_MS);
  try {
    expect(await server.exited).toBe(1);
  } finally {
    other.close();
  }
  expect(server.said().match(/PORT: \d+ at 127\.0\.0\.1 is taken by another program/g)).toHaveLength(1);
  expect(server.said()).not.toMatch(/^\s+at /m);
});

test('what only a part finds out ends the start of all, with one sentence', { timeout: 90_000 }, async () => {
  const server = await start();
  expect(await server.stop()).toBe(0);
  const other = randomBytes(32).toString('hex');
  const words = await start({ MASTER_KEY: other }).catch(({ message }: Error) => message);
  expect(String(words).match(/the master key is not the one that this database was made with/g)).toHaveLength(
    1,
  );
  expect(words).not.toMatch(/^\s+at /m);
});

test('both parts are one installation: without the relay that it had before, mail goes to the local mailbox', {
  timeout: 90_000,
}, async () => {
  await start({ SMTP_URL: 'smtp://127.0.0.1:9' });
  const server = await start();
  await sign(server, 'local@home.example');
  await until(() => isWrittenTo('local@home.example'), BACK_MS);
  expect(logged(server, 'installation.left-to-others')).toEqual([]);
});

test('with ROLES it is one process, which does no more than they say', { timeout: 90_000 }, async () => {
  const web = await start({ ROLES: 'web' });
  expect(await web.partPid('web')).toBeUndefined();
  expect(await web.partPid('workers')).toBeUndefined();
  await sign(web, 'waits@home.example');
  expect(await web.stop()).toBe(0);
  expect(await isWrittenTo('waits@home.example')).toBe(false);

  await start();
  await until(() => isWrittenTo('waits@home.example'), BACK_MS);
});
