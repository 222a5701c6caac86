import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { claimDataDir } from '../../src/database/data-dir.ts';
import { findRunningDatabase, startLocalDatabase } from '../../src/database/local.ts';
import { silentLogger } from '../../src/lib/logger.ts';

let dataDir: string;
const ways = readConfig({ LOCAL_DATABASE: process.env.LOCAL_DATABASE }).localDatabaseWays;
const start = (over: Partial<Parameters<typeof startLocalDatabase>[0]> = {}) =>
  startLocalDatabase({
    dataDir,
    ways,
    path: process.env.PATH ?? '',
    logger: silentLogger,
    onProgress: () => undefined,
    ...over,
  });

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'local-database-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Insert through a connection of its own, durable. */
async function insert(uri: string, _id: number): Promise<void> {
  const connection = await mongoose.createConnection(uri).asPromise();
  await connection
    .collection('kept')
    .insertOne({ _id } as never, { writeConcern: { w: 'majority', journal: true } });
  await connection.close();
}
async function listKept(uri: string): Promise<unknown[]> {
  const connection = await mongoose.createConnection(uri).asPromise();
  const found = await connection.collection('kept').find().sort({ _id: 1 }).toArray();
  await connection.close();
  return found.map(({ _id }) => _id);
}

async function startParent(): Promise<{
  parent: ChildProcess;
  uri: string;
  pid: number;
  output: () => string;
}> {
  const parent = spawn(
    process.execPath,
    [join(import.meta.dirname, 'parent.fixture.ts'), dataDir, ways.join(',')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    },
  );
  let output = '';
  parent.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await vi.waitFor(() => expect(output).toContain('\n'), { timeout: 30_000, interval: 50 });
  return { parent, ...JSON.parse(output.split('\n')[0] ?? '{}'), output: () => output };
}

describe('the local database', () => {
  test('what was written is there after a stop and a new start', async () => {
    const first = await start();
    await insert(first.uri, 1);
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start();
    expect(await listKept(second.uri)).toEqual([1]);
    await second.stop();
  });

  test('the operator commands find it while it runs, and nothing when it does not', async () => {
    const database = await start();
    expect(await findRunningDatabase(dataDir)).toBe(database.uri);
    await database.stop();
    expect(await findRunningDatabase(dataDir)).toBeUndefined();
  });

  test('killed alone it is started again on the same port, with all that was acknowledged', async () => {
    const database = await start();
    await insert(database.uri, 1);
    const { pid } = database;
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(database.pid).not.toBe(pid), { timeout: 20_000, interval: 100 });
    expect(await listKept(database.uri)).toEqual([1]);
    await database.stop();
  });

  test('kill -9 of the program leaves no orphan, and a new start finds all that was acknowledged', async () => {
    const { parent, uri, pid } = await startParent();
    await insert(uri, 1);
    process.kill(Number(parent.pid), 'SIGKILL');
    const database = await start();
    expect(await listKept(database.uri)).toEqual([1]);
    await database.stop();
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 30_000, interval: 50 });
  });

  test('Ctrl-C in the terminal lets the program drain before the database goes', async () => {
    const { parent, uri, pid, output } = await startParent();
    process.kill(-Number(parent.pid), 'SIGINT');
    await insert(uri, 7);
    expect(isAlive(pid)).toBe(true);
    await new Promise((resolve) => parent.once('exit', resolve));
    expect(output()).toContain('drained');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000, interval: 50 });
  });

  test('a second server on the same directory is refused while the first lives, and not after', async () => {
    const { parent } = await startParent();
    await expect(claimDataDir(dataDir)).rejects.toThrow(expect.objectContaining({ code: 'DATA_DIR_IN_USE' }));
    process.kill(Number(parent.pid), 'SIGKILL');
    await new Promise((resolve) => parent.once('exit', resolve));
    const letGo = await claimDataDir(dataDir);
    await letGo();
  });

  test('where there is no database to be had, the error names every way', async () => {
    await expect(start({ ways: ['mongod', 'secantusd-rs'], path: '/nowhere' })).rejects.toThrow(
      /mongod[\s\S]*secantusd-rs[\s\S]*PyPI[\s\S]*MONGODB_URI/,
    );
  });
});
