import type { Connection } from 'mongoose';
import type { Services } from './composition.ts';
import { type Config, readConfig } from './config.ts';
import { connectDatabase } from './database/connect.ts';
import type { OverDatabase } from './database/database.cli.ts';
import { claimDataDir } from './database/local/data-dir.ts';
import { findRunningDatabase } from './database/local/running.ts';
import { createInstallationStore } from './installation/installation.store.ts';
import { systemClock } from './lib/clock.ts';
import { AppError } from './lib/errors.ts';
import { type Logger, silentLogger } from './lib/logger.ts';
import { createLateLog } from './process/late-log.ts';
import { checkDataDir } from './process/startup-checks.ts';
import { openRecordRooms, type RecordRooms } from './record-rooms.ts';

/**
 * How an operator command reaches the services: over the running server's database, or one of its own while none runs.
 * What needs the rooms of what is on record alone says so by `onRecords`, the same work: it may be done with them.
 */
export type Operate = (
  work: (services: Services) => Promise<void>,
  onRecords?: (rooms: RecordRooms) => Promise<void>,
) => Promise<void>;

export const operate: Operate = (work, onRecords) =>
  withDatabase(async ({ config, connection, log }) => {
    if (onRecords) return onRecords(await openPreparedRecords(config, connection, log));
    // Code is read only by what needs it: PDF, mail and templates take a second of the processor.
    const { createServices } = await import('./composition.ts');
    const services = await createServices({ config, connection, logger: log });
    try {
      await work(services);
    } finally {
      services.close();
    }
  });

/** Where a server has started, it has made the indexes and put in what ships; that is not looked at anew. */
async function openPreparedRecords(
  config: Config,
  connection: Connection,
  logger: Logger,
): Promise<RecordRooms> {
  const isPrepared = (await createInstallationStore(connection).findInstallation()) !== null;
  const prepare = async () => {
    const { loadStarter } = await import('./starter/load-starter.ts');
    const { prepareDatabase } = await import('./prepare-database.ts');
    await prepareDatabase(connection, await loadStarter(), { clock: systemClock, logger });
  };
  return openRecordRooms({
    config,
    connection,
    logger,
    mayMakeKeys: true,
    prepare: isPrepared ? undefined : prepare,
  });
}

/** The database alone, for what must work where the services refuse to start. */
export const overDatabase: OverDatabase = (work) =>
  withDatabase(({ connection, log }) => work(connection, log));

type Reached = { config: Config; connection: Connection; log: Logger };

async function withDatabase(work: (reached: Reached) => Promise<void>): Promise<void> {
  const config = readConfig(process.env);
  const log = createLateLog({
    level: process.env.LOG_LEVEL ? config.logLevel : 'warn',
    isTerminal: process.stderr.isTTY === true,
    // What a command prints is its answer, and may be read by a program.
    stream: 'stderr',
  });
  const running = config.mongodbUri ?? (await findRunningDatabase(config.dataDir));
  if (!running) await checkDataDir(config);
  const letGo = running ? undefined : await claimDataDir(config.dataDir);
  const own = running ? undefined : await startOwn(config, log);
  const connection = await connectDatabase({
    uri: running ?? own?.uri ?? '',
    logger: log,
    timeoutMs: 10_000,
  });
  try {
    await work({ config, connection, log });
  } finally {
    await connection.close();
    await own?.stop();
    await letGo?.();
  }
}

async function startOwn(config: Config, logger: Logger) {
  const { startLocalDatabase } = await import('./database/local/local.ts');
  return startLocalDatabase({
    dataDir: config.dataDir,
    ways: config.localDatabaseWays,
    path: process.env.PATH ?? '',
    logger,
    onProgress: (text) => process.stderr.write(`${text}\n`),
  });
}

/**
 * For what another program calls beside a server: it starts no database, prepares nothing, makes no keys and logs
 * nothing, since a wrong environment would make a second installation that nobody looks into.
 * @throws DATABASE_UNAVAILABLE when no server runs, KEY_RING_LOCKED when the database has none of its keys
 */
export const operateBeside: Operate = async (work) => {
  const config = readConfig(process.env);
  const uri = config.mongodbUri ?? (await findRunningDatabase(config.dataDir));
  if (!uri) {
    const message = `No server runs on ${config.dataDir}, as far as this user sees, and MONGODB_URI is not given.`;
    throw new AppError('DATABASE_UNAVAILABLE', { message });
  }
  const connection = await connectDatabase({ uri, logger: silentLogger, timeoutMs: 10_000 });
  try {
    const { createServices } = await import('./composition.ts');
    const services = await createServices({ config, connection, logger: silentLogger, isBeside: true });
    await work(services);
    services.close();
  } finally {
    await connection.close();
  }
};
