import type { Connection } from 'mongoose';
import { createServices, type Services } from './composition.ts';
import { type Config, readConfig } from './config.ts';
import { connectDatabase } from './database/connect.ts';
import type { OverDatabase } from './database/database.cli.ts';
import { claimDataDir } from './database/local/data-dir.ts';
import { findRunningDatabase, startLocalDatabase } from './database/local/local.ts';
import { AppError } from './lib/errors.ts';
import { silentLogger } from './lib/logger.ts';
import { createLog } from './process/log.ts';
import { checkDataDir } from './process/startup-checks.ts';

/** How an operator command reaches the services: over the running server's database, or one of its own while none runs. */
export type Operate = (work: (services: Services) => Promise<void>) => Promise<void>;

export const operate: Operate = (work) =>
  withDatabase(async ({ config, connection, log }) => {
    const services = await createServices({ config, connection, logger: log });
    try {
      await work(services);
    } finally {
      services.close();
    }
  });

/** The database alone, for what must work where the services refuse to start. */
export const overDatabase: OverDatabase = (work) =>
  withDatabase(({ connection, log }) => work(connection, log));

type Reached = { config: Config; connection: Connection; log: ReturnType<typeof createLog> };

async function withDatabase(work: (reached: Reached) => Promise<void>): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog({
    level: process.env.LOG_LEVEL ? config.logLevel : 'warn',
    isTerminal: process.stderr.isTTY === true,
    // What a command prints is its answer, and may be read by a program.
    stream: 'stderr',
  });
  const running = config.mongodbUri ?? (await findRunningDatabase(config.dataDir));
  if (!running) await checkDataDir(config);
  const letGo = running ? undefined : await claimDataDir(config.dataDir);
  const own = running
    ? undefined
    : await startLocalDatabase({
        dataDir: config.dataDir,
        ways: config.localDatabaseWays,
        path: process.env.PATH ?? '',
        logger: log,
        onProgress: (text) => process.stderr.write(`${text}\n`),
      });
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
    const services = await createServices({ config, connection, logger: silentLogger, isBeside: true });
    await work(services);
    services.close();
  } finally {
    await connection.close();
  }
};
