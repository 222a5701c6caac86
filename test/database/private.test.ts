import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { childEnv } from '../../src/database/local/child-env.ts';
import { readRunningDatabase } from '../../src/database/local/data-dir.ts';
import { makeDataDir, type Program, readMailbox, startProgram, until } from '../support/program.ts';

const SECRETS = {
  MASTER_KEY: 'a1'.repeat(32),
  MAIL_WEBHOOK_SECRET: 'w'.repeat(40),
  UNKNOWN_TOKEN: 't'.repeat(40),
};

let folder: Awaited<ReturnType<typeof makeDataDir>>;
let program: Program;

beforeAll(async () => {
  folder = await makeDataDir();
  program = await startProgram({ DATA_DIR: join(folder.path, 'data'), ...SECRETS });
  const fields = { name: 'Ana', email: 'ana@home.example', country: 'US', region: 'US-TX', over16: 'on' };
  await fetch(`${program.url}/en/petitions/no-more-unsafe-returns/signatures`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  await until(async () => (await readMailbox(program.dataDir)).length === 1, 20_000);
});
afterAll(async () => {
  await program.stop();
  await folder.remove();
});

async function listOpen(path: string): Promise<string[]> {
  const { mode } = await stat(path);
  const own = (mode & 0o077) === 0 ? [] : [`${path} ${(mode & 0o777).toString(8)}`];
  const names = await readdir(path).catch(() => []);
  return [...own, ...(await Promise.all(names.map((name) => listOpen(join(path, name))))).flat()];
}

test('whatever the program and its database write is their owner’s alone', async () => {
  expect(await readdir(program.dataDir)).toEqual(expect.arrayContaining(['mailbox', 'database.json']));
  expect(await listOpen(program.dataDir)).toEqual([]);
});

// Where there is no /proc, the same environment is looked at below.
test.runIf(existsSync('/proc/self/environ'))(
  'no secret stands in the environment of the database or its watchdog',
  async () => {
    const running = await readRunningDatabase(program.dataDir);
    for (const pid of [running?.pid, running?.watchdog.pid]) {
      const environ = await readFile(`/proc/${pid}/environ`, 'utf8');
      expect(environ).toContain('PATH=');
      for (const [name, secret] of Object.entries(SECRETS)) {
        expect(environ).not.toContain(name);
        expect(environ).not.toContain(secret);
      }
    }
  },
);

describe('the environment of a child', () => {
  const env = {
    PATH: '/bin',
    HOME: '/root',
    LC_ALL: 'C',
    MASTER_KEY: 'x',
    SMTP_URL: 'x',
    DKIM_KEY: 'x',
    MAIL_WEBHOOK_SECRET: 'x',
    MONGODB_URI: 'x',
    NODE_OPTIONS: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    https_proxy: 'http://proxy.example',
    PIP_INDEX_URL: 'https://pip.example',
  };

  test('is what it needs to run', () => {
    expect(childEnv({}, env)).toEqual({ PATH: '/bin', HOME: '/root', LC_ALL: 'C' });
  });

  test('and the way out, where it fetches something', () => {
    expect(Object.keys(childEnv({ fetches: true }, env))).toEqual([
      'PATH',
      'HOME',
      'LC_ALL',
      'https_proxy',
      'PIP_INDEX_URL',
    ]);
  });
});
