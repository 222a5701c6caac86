import mongoose from 'mongoose';
import { createCampaignStore } from '../../src/campaign/campaign.store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createOfficeStore } from '../../src/offices/office.store.ts';
import { createPetitionStore } from '../../src/petitions/petition.store.ts';
import { loadStarter } from '../../src/starter/load-starter.ts';
import { seedStarter } from '../../src/starter/seed.service.ts';

/** A process of its own that seeds the database whose URI it is given, and ends. */
const connection = await mongoose.createConnection(process.argv[2] ?? '').asPromise();
await seedStarter(
  await loadStarter(),
  {
    petitions: createPetitionStore(connection),
    offices: createOfficeStore(connection),
    campaign: createCampaignStore(connection),
  },
  systemClock,
);
await connection.close();
