import type { CampaignService } from '../campaign/campaign.service.ts';
import type { RecordInfra } from '../infra.ts';
import { createCountingStore } from '../signatures/counting.store.ts';
import { createRestoredStore } from '../signatures/restored.store.ts';
import { createLedgerService } from './ledger.service.ts';
import { createLedgerStore } from './ledger.store.ts';
import type { Tellings } from './repair.service.ts';
import { createTallies } from './tallies.service.ts';

/** The append-only count, and its sums as the public reads them. */
export function createLedger(
  { connection, clock, logger }: RecordInfra,
  { campaign, tellings }: { campaign: CampaignService; tellings: Tellings },
) {
  const store = createLedgerStore(connection);
  const counting = createCountingStore(connection);
  const stores = { ledger: store, counting, restored: createRestoredStore(connection) };
  return {
    ...createLedgerService({ ...stores, tellings, getZone: campaign.getZone, clock, logger }),
    store,
    counting,
    tallies: createTallies({ store, clock }),
    findHead: store.findHead,
    findPublished: async (petitionId: string) => (await store.getTally(petitionId))?.published,
  };
}
export type LedgerRoom = ReturnType<typeof createLedger>;
