import type { Connection } from 'mongoose';
import { createCampaignStore } from './campaign/campaign.store.ts';
import { ensureIndexes } from './database/indexes.ts';
import { declaredIndexes } from './declared-indexes.ts';
import type { Clock } from './lib/clock.ts';
import type { Logger } from './lib/logger.ts';
import { createOfficeStore } from './offices/office.store.ts';
import { recordsOf } from './petitions/fact.service.ts';
import { createFactStore } from './petitions/fact.store.ts';
import { createPetitionStore } from './petitions/petition.store.ts';
import type { Starter } from './starter/load-starter.ts';
import { seedStarter } from './starter/seed.service.ts';

/** Makes the indexes that are declared, and puts in what the campaign ships and is missing. @throws INDEX_CONFLICT */
export async function prepareDatabase(
  connection: Connection,
  starter: Starter,
  deps: { clock: Clock; logger: Logger },
): Promise<void> {
  await ensureIndexes(connection, declaredIndexes, deps.logger);
  const stores = {
    campaign: createCampaignStore(connection),
    offices: createOfficeStore(connection),
    petitions: createPetitionStore(connection),
  };
  await createFactStore(connection).insertMissing(recordsOf(starter.catalog, deps.clock.now()));
  await seedStarter(starter, stores, deps.clock);
}
