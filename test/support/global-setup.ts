import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { readConfig } from '../../src/config.ts';
import { startLocalDatabase } from '../../src/database/local/local.ts';
import { silentLogger } from '../../src/lib/logger.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseUri: string;
  }
}

/** One database server for the run, found as the program finds it; each test file makes a database of its own on it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'safe-passage-test-'));
  const database = await startLocalDatabase({
    dataDir,
    ways: readConfig({ LOCAL_DATABASE: process.env.LOCAL_DATABASE }).localDatabaseWays,
    path: process.env.PATH ?? '',
    logger: silentLogger,
    onProgress: (text) => console.log(text),
  });
  console.log(`database of this run: ${database.way}`);
  project.provide('databaseUri', database.uri);
  return async () => {
    await database.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
