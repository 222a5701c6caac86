import { claimDataDir } from '../../src/database/local/data-dir.ts';
import { startLocalDatabase } from '../../src/database/local/local.ts';
import { silentLogger } from '../../src/lib/logger.ts';

/** A program that holds a local database: prints its address, and drains half a second when told to stop. */
const [dataDir = '', ways = ''] = process.argv.slice(2);
await claimDataDir(dataDir);
const database = await startLocalDatabase({
  dataDir,
  ways: ways.split(','),
  path: process.env.PATH ?? '',
  logger: silentLogger,
  onProgress: () => undefined,
});
process.stdout.write(`${JSON.stringify({ uri: database.uri, pid: database.pid })}\n`);
process.on('SIGINT', async () => {
  await new Promise((resolve) => setTimeout(resolve, 500));
  process.stdout.write('drained\n');
  await database.stop();
  process.exit(0);
});
