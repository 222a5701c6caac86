import { createServices } from '../../src/composition.ts';
import { readConfig } from '../../src/config.ts';
import { connectDatabase } from '../../src/database/connect.ts';
import { silentLogger } from '../../src/lib/logger.ts';

/** Writes the mails of updates and sends them in a process of its own, at the time it is given, until somebody kills it. */
const now = new Date(process.argv[2] ?? '');
const config = readConfig(process.env);
const connection = await connectDatabase({ uri: config.mongodbUri ?? '', logger: silentLogger });
const clock = { now: () => now };
const services = await createServices({ config, connection, logger: silentLogger, clock });
for (;;) {
  const isMore = await services.updateWorker.step();
  if (!(await services.mailWorker.step()) && !isMore) break;
}
services.close();
await connection.close();
