import type { Audit } from '../audit/audit.service.ts';
import type { AuditStore } from '../audit/audit.store.ts';
import type { Infra } from '../infra.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { createTakenAwayStore } from '../signatures/taken-away.store.ts';
import type { TrackingRoom } from '../tracking/tracking.room.ts';
import { createExportService } from './export.service.ts';
import { createExportStore } from './export.store.ts';
import { createRows } from './rows.service.ts';

/** Data that organisers take away. */
export function createExports(
  infra: Infra,
  rooms: {
    petitions: PetitionService;
    tracking: TrackingRoom;
    mail: MailRoom;
    audit: Audit;
    auditStore: AuditStore;
  },
) {
  const { petitions, tracking, mail, audit, auditStore } = rooms;
  const store = createExportStore(infra.connection);
  const { rowsOf } = createRows({
    ...infra,
    signatures: createTakenAwayStore(infra.connection),
    streamHours: tracking.store.streamHours,
    streamAudit: auditStore.streamEntries,
    listSuppressed: (emailKeys) => mail.suppressions.listSuppressed(emailKeys),
  });
  return { store, exports: createExportService({ ...infra, ...petitions, store, audit, rowsOf }) };
}
