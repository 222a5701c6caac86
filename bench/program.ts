import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** As `npm start` has it: half the memory for young objects costs no request that could be measured, and saves 50 MB. */
export const START_FLAGS = ['--max-semi-space-size=8'];

export type Program = {
  url: string;
  dataDir: string;
  process: ChildProcess;
  rssMegabytes(): Promise<number>;
  stop(): Promise<void>;
};

/** Starts the real program in a process of its own; `dataDir` is kept when it was given. */
export async function startProgram(env: Record<string, string> = {}): Promise<Program> {
  const dataDir = env.DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'safe-passage-bench-')));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const child = spawn(process.execPath, [...START_FLAGS, join(import.meta.dirname, '../src/server.ts')], {
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
    rssMegabytes: () => rssMegabytes(Number(child.pid)),
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

/** Resident memory in MB (10^6 bytes), as the system sees it. */
async function rssMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round((Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024) / 1e6);
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
