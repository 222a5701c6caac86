import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { freePort } from '../src/database/local/free-port.ts';
import { checkDoor, doorFault } from '../src/process/startup-checks.ts';
import { CHILD_ENV } from './support/child-env.ts';
import { makeDataDir, until } from './support/program.ts';

const ROOT = join(import.meta.dirname, '..');

let folder: string;
let taken: Server;
let takenPort: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'startup-'));
  await writeFile(join(folder, 'file'), '');
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  takenPort = (taken.address() as { port: number }).port;
});
afterAll(async () => {
  taken.close();
  await rm(folder, { recursive: true, force: true });
});

/** Starts the program as `npm start` does, and answers how that ended. */
async function start(env: Record<string, string>) {
  const child = spawn(process.execPath, ['src/start.mjs'], { cwd: ROOT, env: { ...CHILD_ENV, ...env } });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, said };
}

describe('what an operator can mend is said in one sentence, before there is a database', () => {
  test.each([
    [
      'a port that is taken',
      () => ({ PORT: String(takenPort) }),
      /^PORT: \d+ at 127\.0\.0\.1 is taken by another program/m,
    ],
    [
      'a host that is not here',
      () => ({ HOST: '198.51.100.1' }),
      /^HOST: 198\.51\.100\.1 is no address of this machine/m,
    ],
    [
      'a data folder that is a file',
      () => ({ DATA_DIR: join(folder, 'file') }),
      /^DATA_DIR: .*file is a file/m,
    ],
    [
      'a data folder below a file',
      () => ({ DATA_DIR: join(folder, 'file/x') }),
      /^DATA_DIR: .* is a file, or lies below one/m,
    ],
    ['a data folder that cannot be made', () => ({ DATA_DIR: '/proc/none' }), /^DATA_DIR: \/proc\/none can/m],
    [
      'a proxy by its name',
      () => ({ TRUSTED_PROXIES: '10.0.0.0/8 proxy.example' }),
      /TRUSTED_PROXIES: may hold addresses and ranges/,
    ],
    [
      'a public address with a path',
      () => ({ PUBLIC_URL: 'http://localhost/petitions' }),
      /PUBLIC_URL: must be the address of a whole host, without a path/,
    ],
    [
      'a database address that cannot be read',
      () => ({ MONGODB_URI: 'mongodb://' }),
      /^MONGODB_URI: it cannot be read/m,
    ],
  ] as [string, () => Record<string, string>, RegExp][])('%s', async (_what, env, words) => {
    const dataDir = join(folder, 'data');
    const { code, said } = await start({ DATA_DIR: dataDir, PORT: String(await freePort()), ...env() });
    expect(said).toMatch(words);
    expect(said).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
    const made = await readdir(dataDir).catch(() => []);
    expect(made.filter((name) => name.startsWith('database'))).toEqual([]);
  });

  test.each([
    ['EACCES', /PORT: 80 may not be opened by this user/],
    ['ENOTFOUND', /HOST: x\.example is a name that nobody knows/],
    ['EAI_AGAIN', /HOST: x\.example is a name that cannot be looked up now/],
    ['EAFNOSUPPORT', /HOST: x\.example is of a kind/],
    ['EOTHER', /HOST and PORT: nothing can be opened there/],
  ])('%s of the system', (code, words) => {
    expect(
      doorFault({ host: 'x.example', port: 80 }, Object.assign(new Error('x'), { code })).message,
    ).toMatch(words);
  });

  const settings = (env: Record<string, string>) => readConfig({ PORT: '0', ...env });
  const six = async () => [{ address: '::1', family: 6 }];

  test('a localhost that is an IPv6 address alone', async () => {
    await expect(checkDoor(settings({}), six)).rejects.toThrow(
      /HOST: 127\.0\.0\.1 is not where http:\/\/localhost:0 leads, as localhost is ::1 on this machine; set HOST=::1/,
    );
    await checkDoor(settings({ PUBLIC_URL: 'http://127.0.0.1:3000' }), six);
    await checkDoor(settings({}), async () => [...(await six()), { address: '127.0.0.1', family: 4 }]);
    await checkDoor(settings({ ROLES: 'mail' }), six);
  });
});

test.each([
  ['10.0.0.0/8 192.168.1.1,::1', true],
  ['2001:db8::/32', true],
  ['10.0.0.0/255.0.0.0', true],
  ['loopback, uniquelocal', true],
  ['10.0.0.0/33', false],
  ['10.0.0', false],
  ['proxy', false],
  ['nginx.internal', false],
])('TRUSTED_PROXIES "%s": taken? %s', (value, isTaken) => {
  const read = () => readConfig({ TRUSTED_PROXIES: value });
  if (isTaken) expect(read().trustedProxies.length).toBeGreaterThan(0);
  else expect(read).toThrow(/TRUSTED_PROXIES/);
});

test.each([
  ['https://petitions.example.org/path', false],
  ['http://localhost:3000/?x=1', false],
  ['http://localhost:3000/#x', false],
  ['http://user@localhost:3000', false],
  ['http://localhost:3000/', true],
])('PUBLIC_URL %s: taken? %s', (value, isTaken) => {
  const read = () => readConfig({ PUBLIC_URL: value });
  if (isTaken) expect(read().publicUrl).toBe('http://localhost:3000');
  else expect(read).toThrow(/PUBLIC_URL: must be the address of a whole host/);
});

test('SIGTERM to npm start stops the program, which drains and takes its database with it', {
  timeout: 90_000,
}, async () => {
  const data = await makeDataDir();
  const port = await freePort();
  const npm = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { ...CHILD_ENV, PORT: String(port), DATA_DIR: data.path, LOG_LEVEL: 'error' },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => npm.once('exit', resolve));
  const isUp = async () =>
    (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok ?? false;
  await until(isUp, 60_000);
  npm.kill('SIGTERM');
  await ended;
  await until(async () => !(await isUp()), 10_000);
  await until(
    async () => !(await readdir(data.path)).some((name) => ['server.lock', 'database.json'].includes(name)),
    20_000,
  );
  await data.remove();
});

test('every script that runs node hands its place over to it, so that signals reach it', async () => {
  const {
    default: { scripts },
  } = await import('../package.json', { with: { type: 'json' } });
  const runs = Object.entries(scripts as Record<string, string>).filter(
    // The check after npm ci ends by itself, in a moment.
    ([name, line]) => name !== 'postinstall' && /\b(node|vitest) /.test(line) && !line.includes('&&'),
  );
  expect(runs.length).toBeGreaterThan(4);
  for (const [name, line] of runs) expect(line, name).toMatch(/(^|=\d+ )exec /);
});
