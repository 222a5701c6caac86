import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../lib/errors.ts';

/** What DATA_DIR/database.json says of the server that holds the files. */
export type RunningDatabase = { way: string; pid: number; port: number; startedAt: string | undefined };

type Claim = { pid: number; startedAt: string | undefined };

const databaseFile = (dataDir: string) => join(dataDir, 'database.json');
const claimFile = (dataDir: string) => join(dataDir, 'server.lock');

export async function readRunningDatabase(dataDir: string): Promise<RunningDatabase | undefined> {
  const known = await readJson<RunningDatabase>(databaseFile(dataDir));
  return known && (await isAlive(known)) ? known : undefined;
}

export async function writeRunningDatabase(
  dataDir: string,
  running: Omit<RunningDatabase, 'startedAt'>,
): Promise<void> {
  const startedAt = await startTime(running.pid);
  await writeFile(databaseFile(dataDir), `${JSON.stringify({ ...running, startedAt })}\n`, { mode: 0o600 });
}

export async function forgetRunningDatabase(dataDir: string): Promise<void> {
  await rm(databaseFile(dataDir), { force: true });
}

/**
 * One live server a directory: a second one would write into the same files. A claim whose process is gone is taken over.
 * @returns the call that lets go
 * @throws DATA_DIR_IN_USE
 */
export async function claimDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true });
  const path = claimFile(dataDir);
  const mine = JSON.stringify({ pid: process.pid, startedAt: await startTime(process.pid) } satisfies Claim);
  for (;;) {
    try {
      await writeFile(path, mine, { flag: 'wx' });
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const other = await readJson<Claim>(path);
    if (other && (await isAlive(other))) {
      throw new AppError('DATA_DIR_IN_USE', {
        message: `Another server (process ${other.pid}) is running on ${dataDir}. Stop it, or give this one another DATA_DIR.`,
      });
    }
    await rm(path, { force: true });
  }
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** A process number may be used again; with the time of its start it is the same process. */
async function isAlive({ pid, startedAt }: Claim): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startedAt === undefined || startedAt === (await startTime(pid));
}

/** Field 22 of /proc/PID/stat (proc(5)), where there is one. A zombie counts as gone. */
async function startTime(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'gone' : fields[19];
  } catch {
    return undefined;
  }
}
