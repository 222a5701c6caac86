import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseUri: string;
  }
}

/** One database server for the run; each test file makes a database of its own on it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'safe-passage-test-'));
  const port = await freePort();
  const server: ChildProcess = spawn(
    'secantusd-rs',
    ['--port', String(port), '--storage-path', folder, '--sync-on-commit', '--cache-size', '512M'],
    { stdio: 'ignore' },
  );
  project.provide('databaseUri', `mongodb://127.0.0.1:${port}/?directConnection=true`);
  return async () => {
    server.kill('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
