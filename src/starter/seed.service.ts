import type { CampaignStore } from '../campaign/campaign.store.ts';
import type { Clock } from '../lib/clock.ts';
import type { OfficeStore } from '../offices/office.store.ts';
import type { Office } from '../offices/office.ts';
import { correctPetition } from '../petitions/correction.ts';
import type { PetitionStore } from '../petitions/petition.store.ts';
import type { Starter } from './load-starter.ts';

type Stores = {
  petitions: Pick<PetitionStore, 'insertMissing' | 'listPetitions' | 'correctTexts'>;
  offices: Pick<OfficeStore, 'insertMissing' | 'changeOffice'>;
  campaign: Pick<CampaignStore, 'insertMissing'>;
};

/**
 * Puts in what is missing and overwrites nothing: what an organiser changed is the organiser's. A withdrawn fact alone
 * is taken out of petitions that an earlier version stored.
 */
export async function seedStarter(
  starter: Pick<Starter, 'petitions' | 'offices' | 'catalog'>,
  stores: Stores,
  clock: Clock,
): Promise<void> {
  await stores.offices.insertMissing(starter.offices);
  for (const office of starter.offices) await stores.offices.changeOffice(office._id, fillFacts(office));
  await stores.campaign.insertMissing();
  await stores.petitions.insertMissing(starter.petitions);
  for (const correction of starter.catalog.corrections) {
    for (const stored of await stores.petitions.listPetitions()) {
      const shipped = starter.petitions.find(({ _id }) => _id === stored._id);
      const corrected = correctPetition(stored, shipped, correction);
      if (corrected) await stores.petitions.correctTexts(stored, corrected, clock.now());
    }
  }
}

/** Asked of offices since an earlier version stored them; what is there stays. */
const LATER_FACTS = ['short', 'isInWashington', 'department', 'enforcesImmigrationLaw'] as const;

function fillFacts(shipped: Office) {
  return (stored: Office): Office => {
    const missing = LATER_FACTS.filter((fact) => stored[fact] === undefined && shipped[fact] !== undefined);
    const facts = Object.fromEntries(missing.map((fact) => [fact, shipped[fact]]));
    return missing.length > 0 ? { ...stored, ...facts } : stored;
  };
}
