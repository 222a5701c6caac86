import type { RecordInfra } from '../infra.ts';
import { createCached } from '../lib/cached.ts';
import { SECOND } from '../lib/clock.ts';
import { createOfficeService } from './office.service.ts';
import { createOfficeStore } from './office.store.ts';

/** Officials' offices: what is on record of them, and how organisers change it. */
export function createOffices({ connection, clock, logger }: RecordInfra) {
  const store = createOfficeStore(connection);
  const service = createOfficeService({ store, clock, logger });
  const known = createCached({ load: service.listOffices, freshMs: 2 * SECOND, clock });
  return {
    ...service,
    store,
    changeOffice: store.changeOffice,
    /** for pages: as they were two seconds ago at most, and the last known while the database is away */
    listKnownOffices: async () => known.get(),
    warm: known.warm,
  };
}
export type OfficesRoom = ReturnType<typeof createOffices>;
