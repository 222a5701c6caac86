import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { test as base, expect, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { readRunningDatabase } from '../../src/database/local/data-dir.ts';
import { type LocalDatabaseOptions, startLocalDatabase } from '../../src/database/local/local.ts';
import { identify, isAlive } from '../../src/database/local/process-identity.ts';
import { silentLogger } from '../../src/lib/logger.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };
const ways = readConfig({ LOCAL_DATABASE: process.env.LOCAL_DATABASE }).localDatabaseWays;

type Parent = { process: ChildProcess; pid: number; output(): string };

/** A data directory of its own, local databases on it, and programs that hold one. `close` waits until all are gone. */
async function openLocalRoom() {
  const dataDir = await mkdtemp(join(tmpdir(), 'local-database-'));
  const parents: ChildProcess[] = [];

  return {
    dataDir,
    start: (over: Partial<LocalDatabaseOptions> = {}) =>
      startLocalDatabase({
        dataDir,
        ways,
        path: process.env.PATH ?? '',
        logger: silentLogger,
        onProgress: () => undefined,
        ...over,
      }),
    /** The program of parent.fixture.ts, in a process group of its own. */
    async startParent(): Promise<Parent & { database: { uri: string; pid: number } }> {
      const fixture = join(import.meta.dirname, 'parent.fixture.ts');
      const child = spawn(process.execPath, [fixture, dataDir, ways.join(',')], {
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
      });
      parents.push(child);
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      await vi.waitFor(() => expect(output).toContain('\n'), PATIENCE);
      const database = JSON.parse(output.split('\n')[0] ?? '{}');
      return { process: child, pid: child.pid ?? 0, output: () => output, database };
    },
    running: () => readRunningDatabase(dataDir),
    async close() {
      for (const { pid, exitCode, signalCode } of parents) {
        if (pid !== undefined && exitCode === null && signalCode === null) process.kill(pid, 'SIGKILL');
      }
      await vi.waitFor(async () => expect(await readRunningDatabase(dataDir)).toBeUndefined(), PATIENCE);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
export type LocalRoom = Awaited<ReturnType<typeof openLocalRoom>>;

/** Each has a directory of its own; so they can run side by side, and wait for their servers together. */
export const test = base.extend<{ room: LocalRoom }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of what a fixture needs from it
  room: async ({}, use) => {
    const room = await openLocalRoom();
    await use(room);
    await room.close();
  },
});

/** Not a zombie either, which an orphan stays where nobody collects it. */
export async function isRunning(pid: number): Promise<boolean> {
  return isAlive(await identify(pid));
}

export async function untilGone(pid: number): Promise<void> {
  await vi.waitFor(async () => expect(await isRunning(pid)).toBe(false), PATIENCE);
}

/** Insert through a connection of its own, durable. */
export async function insert(uri: string, _id: number): Promise<void> {
  const connection = await mongoose.createConnection(uri).asPromise();
  await connection
    .collection<{ _id: number }>('kept')
    .insertOne({ _id }, { writeConcern: { w: 'majority', journal: true } });
  await connection.close();
}

export async function listKept(uri: string): Promise<number[]> {
  const connection = await mongoose.createConnection(uri).asPromise();
  const found = await connection.collection<{ _id: number }>('kept').find().sort({ _id: 1 }).toArray();
  await connection.close();
  return found.map(({ _id }) => _id);
}
