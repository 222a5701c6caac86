import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** As `npm start` has it: half the memory for young objects costs no request that could be measured, and saves 50 MB. */
export const START_FLAGS = ['--max-semi-space-size=8'];

export type Program = {
  url: string;
  dataDir: string;
  process: ChildProcess;
  /** of the web, of the workers, or of the one process that does both (`all`), in MB */
  rssMegabytes(): Promise<Record<string, number>>;
  stop(): Promise<void>;
};

const BUILD = join(import.meta.dirname, '..');

/** Starts what `npm start` starts, of this build or of another's folder; `dataDir` is kept when it was given. */
export async function startProgram(env: Record<string, string> = {}, build = BUILD): Promise<Program> {
  const dataDir = env.DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'safe-passage-bench-')));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const child = spawn(process.execPath, [...START_FLAGS, await entryOf(build, 'start')], {
    env: {
      ...process.env,
      PORT: String(port),
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
      ...env,
      DATA_DIR: dataDir,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  await ready(url, child);
  return {
    url,
    dataDir,
    process: child,
    rssMegabytes: () => rssOf(Number(child.pid)),
    async stop() {
      child.kill('SIGTERM');
      await exited;
      if (env.DATA_DIR === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}`);
    const isUp = await fetch(`${url}/readyz`)
      .then(({ ok }) => ok)
      .catch(() => false);
    if (isUp) return;
    await sleep(200);
  }
  throw new Error('the program did not become ready');
}

/** What `npm start` or `npm run cli` of a build runs. */
export async function entryOf(build: string, script: 'start' | 'cli'): Promise<string> {
  const { scripts } = JSON.parse(await readFile(join(build, 'package.json'), 'utf8'));
  return join(build, String(scripts[script]).split(' ').at(-1) ?? '');
}

/** Resident memory in MB (10^6 bytes), as the system sees it; of the parts where there are any. */
async function rssOf(pid: number): Promise<Record<string, number>> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,rss=,args=']);
  const lines = [...stdout.matchAll(/^ *(\d+) +(\d+) +(\d+) (.*)$/gm)];
  const megabytes = (kilobytes = '0') => Math.round((Number(kilobytes) * 1024) / 1e6);
  const parts = lines.flatMap(([, , parent, rss, args = '']) => {
    const name = /part\.ts (\w+)$/.exec(args)?.[1];
    return name && Number(parent) === pid ? [[name, megabytes(rss)] as const] : [];
  });
  if (parts.length > 0) return Object.fromEntries(parts);
  return { all: megabytes(lines.find(([, own]) => Number(own) === pid)?.[3]) };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
