import type { RecordInfra } from '../infra.ts';
import type { LedgerRoom } from '../ledger/ledger.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { createConfirmedStore } from '../signatures/confirmed.store.ts';
import { createHourStore } from './hour.store.ts';
import { createHours } from './hours.service.ts';
import { createNoted } from './noted.service.ts';
import { createTracking } from './tracking.service.ts';

/** What organisers see of how a petition goes, and the hourly sums that it is made of. */
export function createTrackingRoom(
  infra: RecordInfra,
  { ledger, petitions }: { ledger: LedgerRoom; petitions: PetitionService },
) {
  const store = createHourStore(infra.connection);
  const signatures = createConfirmedStore(infra.connection);
  return {
    store,
    ...createNoted({ ...infra, ...petitions, store }),
    ...createHours({ ...infra, store, ledger: ledger.store, signatures }),
    ...createTracking({ ...infra, store, ledger: ledger.store }),
  };
}
export type TrackingRoom = ReturnType<typeof createTrackingRoom>;
