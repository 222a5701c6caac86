import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../lib/logger.ts';
import { userCacheDir } from '../../lib/user-cache.mjs';
import { chooseWays, noDatabase } from './choose-way.ts';
import { dataDirInUse, forgetRunningDatabase, readRunningDatabase } from './data-dir.ts';
import { type OpenEngine, openEngine } from './engine.ts';
import { isListening } from './free-port.ts';
import { awaitEnd, endProcess } from './process-identity.ts';
import { superviseDatabase } from './supervisor.ts';
import type { Way } from './ways.ts';

/** `uri` holds the password: it is never logged. `pid` is the current one, after a restart another. */
export type LocalDatabase = {
  uri: string;
  way: string;
  readonly pid: number;
  port: number;
  /** Answers when the database has closed its files and is gone. */
  stop(): Promise<void>;
};

export type LocalDatabaseOptions = {
  dataDir: string;
  /** names of ways, in the order in which they are tried */
  ways: readonly string[];
  path: string;
  logger: Logger;
  onProgress(text: string): void;
  /** where what is fetched is kept for all installations; default is the user's cache folder */
  cacheDir?: string;
};

/** Longer than a watchdog gives its database. */
const FORMER_MS = 25_000;
const GRACE_MS = 10_000;
/** A program that was killed this moment is still there for a few milliseconds. */
const OWNER_MS = 1_000;

/**
 * Starts a MongoDB-protocol server with its files under DATA_DIR, on a free loopback port; takes the first way that is
 * to be had, but stays with the engine that made the files. If it dies alone it is started again on the same port.
 * Claim the directory first (`claimDataDir`).
 * @throws DATABASE_NOT_FOUND naming the ways; DATA_DIR_IN_USE when a live program has its database there
 */
export async function startLocalDatabase(options: LocalDatabaseOptions): Promise<LocalDatabase> {
  const { dataDir, logger, onProgress } = options;
  await mkdir(dataDir, { recursive: true });
  await awaitFormer(dataDir, onProgress);
  const logFile = join(dataDir, 'database.log');
  await rename(logFile, `${logFile}.old`).catch(() => undefined);

  const { way, program, opened } = await openFirst(options, logFile);
  const { uri, port, folder, first, start } = opened;
  const supervisor = superviseDatabase({ way: way.name, first, logFile, start, logger });
  logger.info(
    { way: way.name, program: program.at(-1), folder, port, pid: first.identity.pid },
    'database.started',
  );
  return {
    uri,
    way: way.name,
    get pid() {
      return supervisor.pid();
    },
    port,
    async stop() {
      await supervisor.stop();
      await forgetRunningDatabase(dataDir);
    },
  };
}

async function openFirst(
  options: LocalDatabaseOptions,
  logFile: string,
): Promise<{ way: Way; program: readonly string[]; opened: OpenEngine }> {
  const { dataDir, path, logger, onProgress, cacheDir = userCacheDir() } = options;
  const { ways, isOwned } = await chooseWays(dataDir, options.ways);
  const faults: string[] = [];
  for (const way of ways) {
    try {
      const found = await way.find({ path, cacheDir, isOnlyWay: ways.length === 1, onProgress });
      if ('missing' in found) {
        faults.push(`${way.name}: ${found.missing}`);
        continue;
      }
      if (!isOwned) onProgress(`Making a database in ${dataDir} (${way.name}, once) …`);
      const opened = await openEngine({ dataDir, way, program: found.program, logFile });
      return { way, program: found.program, opened };
    } catch (error) {
      logger.warn({ way: way.name, err: error }, 'database.way-failed');
      faults.push(`${way.name}: ${error instanceof Error ? error.message : error}`);
      await forgetRunningDatabase(dataDir);
    }
  }
  throw noDatabase({ faults, dataDir, isOwned });
}

/**
 * A former program's database may still be writing its last: its watchdog stops it, and until then the files are its
 * own. One whose watchdog was killed too is stopped here.
 */
async function awaitFormer(dataDir: string, onProgress: (text: string) => void): Promise<void> {
  const former = await readRunningDatabase(dataDir);
  if (!former) return;
  // Without the time of its start the number alone says little: somebody else may have got it.
  if (former.startedAt === undefined && !(await isListening(former.port))) return;
  if (!(await awaitEnd(former.owner, OWNER_MS))) throw dataDirInUse(dataDir, former.owner.pid);
  onProgress(`Waiting for the database of the former run (process ${former.pid}) to stop …`);
  await Promise.race([former, former.watchdog].map((one) => awaitEnd(one, FORMER_MS)));
  await endProcess(former, GRACE_MS);
}
