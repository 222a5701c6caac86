import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../lib/errors.ts';
import { claimFile } from './claim-file.ts';
import { awaitEnd, isAlive, type ProcessIdentity } from './process-identity.ts';

/**
 * The content of DATA_DIR/database.json: which database process has the files open. It is there as long as that process
 * runs.
 */
export type RunningDatabase = ProcessIdentity & {
  way: string;
  port: number;
  uri: string;
  watchdog: ProcessIdentity;
  /** the program that it serves */
  owner: ProcessIdentity;
};

/** What is known of an engine's files: beside them, in `database-ENGINE.json`. */
export type EngineRecord = { way: string; password: string; hasUser: boolean };

const HOLDER_MS = 1_000;

const runningFile = (dataDir: string) => join(dataDir, 'database.json');
const recordFile = (dataDir: string, engine: string) => join(dataDir, `database-${engine}.json`);

export async function readRunningDatabase(dataDir: string): Promise<RunningDatabase | undefined> {
  const known = await readJson<RunningDatabase>(runningFile(dataDir));
  return known && (await isAlive(known)) ? known : undefined;
}

export function writeRunningDatabase(dataDir: string, running: RunningDatabase): Promise<void> {
  return writeJson(runningFile(dataDir), running);
}

export async function forgetRunningDatabase(dataDir: string): Promise<void> {
  await rm(runningFile(dataDir), { force: true });
}

/** Undefined unless a database of this engine has once started here. */
export function readEngineRecord(dataDir: string, engine: string): Promise<EngineRecord | undefined> {
  return readJson<EngineRecord>(recordFile(dataDir, engine));
}

export function writeEngineRecord(dataDir: string, engine: string, record: EngineRecord): Promise<void> {
  return writeJson(recordFile(dataDir, engine), record);
}

/**
 * One live server a directory: a second one would write into the same files. A claim whose process is gone is taken over.
 * @returns the call that lets go
 * @throws DATA_DIR_IN_USE naming the process
 */
export async function claimDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, 'server.lock');
  let claim = await claimFile(path);
  // One that was killed this moment, or is just stopping, may have it still.
  if ('holder' in claim) {
    await awaitEnd(claim.holder, HOLDER_MS);
    claim = await claimFile(path);
  }
  if ('release' in claim) return claim.release;
  throw dataDirInUse(dataDir, claim.holder.pid, `If it is no such server, delete ${path}.`);
}

export function dataDirInUse(dataDir: string, pid: number, hint = ''): AppError {
  const message = `Another server (process ${pid}) is running on ${dataDir}. Stop it, or give this one another DATA_DIR. ${hint}`;
  return new AppError('DATA_DIR_IN_USE', { pid, dataDir, message: message.trimEnd() });
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** Readers see the old words or the new ones, never half of them. */
async function writeJson(path: string, value: unknown): Promise<void> {
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  await rename(fresh, path);
}
