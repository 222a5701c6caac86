import { readConfig } from './config.ts';
import { connectDatabase } from './database/connect.ts';
import { claimDataDir } from './database/data-dir.ts';
import { findRunningDatabase, startLocalDatabase } from './database/local.ts';
import { createLog } from './log.ts';
import { createServices, type Services } from './services.ts';

/** How an operator command reaches the services: over the running server's database, or one of its own while none runs. */
export type Operate = (work: (services: Services) => Promise<void>) => Promise<void>;

export const operate: Operate = async (work) => {
  const config = readConfig(process.env);
  const log = createLog({
    level: process.env.LOG_LEVEL ? config.logLevel : 'warn',
    isTerminal: process.stderr.isTTY === true,
    // What a command prints is its answer, and may be read by a program.
    stream: 'stderr',
  });
  const running = config.mongodbUri ?? (await findRunningDatabase(config.dataDir));
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
    const services = await createServices({ config, connection, logger: log });
    try {
      await work(services);
    } finally {
      services.close();
    }
  } finally {
    await connection.close();
    await own?.stop();
    await letGo?.();
  }
};
