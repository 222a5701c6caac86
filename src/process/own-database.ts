import type { Config } from '../config.ts';
import { claimDataDir } from '../database/local/data-dir.ts';
import { startLocalDatabase } from '../database/local/local.ts';
import type { Logger } from '../lib/logger.ts';
import { checkDataDir, checkDoor } from './startup-checks.ts';

/** Where the data lie: in the database of MONGODB_URI, or in one that this process has started (`way`). */
export type Data = { uri: string; way?: string; close(): Promise<void> };

/**
 * Checks folder, claim and port, before a database is started or anything is written. `start` then opens the data.
 * @throws CONFIG_INVALID, DATA_DIR_IN_USE; `start` also DATABASE_NOT_FOUND
 */
export async function prepareData(config: Config): Promise<{ start(log: Logger): Promise<Data> }> {
  await checkDataDir(config);
  const { mongodbUri } = config;
  const letGo = mongodbUri ? undefined : await claimDataDir(config.dataDir);
  await checkDoor(config);
  return {
    async start(log) {
      if (mongodbUri) return { uri: mongodbUri, close: async () => undefined };
      const database = await startLocalDatabase({
        dataDir: config.dataDir,
        ways: config.localDatabaseWays,
        path: process.env.PATH ?? '',
        logger: log,
        onProgress: (text) => process.stdout.write(`${text}\n`),
      });
      return {
        uri: database.uri,
        way: database.way,
        async close() {
          await database.stop();
          await letGo?.();
        },
      };
    },
  };
}
