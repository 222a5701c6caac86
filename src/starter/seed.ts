import type { CampaignStore } from '../campaign/campaign.store.ts';
import type { OfficeStore } from '../offices/office.store.ts';
import type { PetitionStore } from '../petitions/petition.store.ts';
import type { Starter } from './load-starter.ts';

/** Puts in what is missing and overwrites nothing: what an organiser changed is the organiser's. */
export async function seedStarter(
  starter: Pick<Starter, 'petitions' | 'offices'>,
  stores: {
    petitions: Pick<PetitionStore, 'insertMissing'>;
    offices: Pick<OfficeStore, 'insertMissing'>;
    campaign: Pick<CampaignStore, 'insertMissing'>;
  },
): Promise<void> {
  await stores.offices.insertMissing(starter.offices);
  await stores.campaign.insertMissing();
  await stores.petitions.insertMissing(starter.petitions);
}
