import type { Connection } from 'mongoose';
import { ensureIndexes } from './database/indexes.ts';
import { declaredIndexes } from './declared-indexes.ts';
import type { Clock } from './lib/clock.ts';
import type { Logger } from './lib/logger.ts';
import type { RecordStores } from './records.ts';
import type { Starter } from './starter/load-starter.ts';
import { seedStarter } from './starter/seed.service.ts';

/** Makes the indexes that are declared, and puts in what the campaign ships and is missing. @throws INDEX_CONFLICT */
export async function prepareDatabase(deps: {
  connection: Connection;
  starter: Starter;
  stores: RecordStores;
  clock: Clock;
  logger: Logger;
}): Promise<void> {
  await ensureIndexes(deps.connection, declaredIndexes, deps.logger);
  await seedStarter(deps.starter, deps.stores, deps.clock);
}
