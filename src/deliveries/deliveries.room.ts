import type { Infra } from '../infra.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import { createDeliveryStore } from './delivery.store.ts';
import { createDeliveryRecordStore } from './delivery-record.store.ts';
import { createPauseStore } from './pause.store.ts';
import { createReportService } from './report.service.ts';

/** What happens to each thing that is planned for an office, as it is stored; what it says is the business of letters. */
export function createDeliveries({ connection, logger }: Infra, { offices }: { offices: OfficesRoom }) {
  const deliveries = createDeliveryStore(connection);
  return {
    store: deliveries,
    record: createDeliveryRecordStore(connection),
    pauses: createPauseStore(connection),
    reports: createReportService({ deliveries, recoverChannel: offices.recoverChannel, logger }),
  };
}
export type DeliveriesRoom = ReturnType<typeof createDeliveries>;
