import type { Connection } from 'mongoose';
import { createAuditService } from './audit/audit.service.ts';
import { createAuditStore } from './audit/audit.store.ts';
import { createCampaignService } from './campaign/campaign.service.ts';
import { createCampaignStore } from './campaign/campaign.store.ts';
import type { Config } from './config.ts';
import { isAlive } from './database/local/process-identity.ts';
import { createRestoredDeliveries } from './deliveries/restored.store.ts';
import { openInstallation, type ServerRole } from './installation/installation.service.ts';
import { createInstallationStore } from './installation/installation.store.ts';
import { createKeyStore } from './keys/key.store.ts';
import { openKeyRing } from './keys/key-ring.service.ts';
import { createLedger } from './ledger/ledger.room.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import type { Logger } from './lib/logger.ts';
import { createOffices } from './offices/offices.room.ts';
import { createPetitionService } from './petitions/petition.service.ts';
import { createPetitionStore } from './petitions/petition.store.ts';

export type RecordOptions = {
  config: Config;
  connection: Connection;
  logger: Logger;
  clock?: Clock;
  /** given by a server, whose settings every process renders with */
  server?: ServerRole | undefined;
  /** false where a server must have made the keys */
  mayMakeKeys: boolean;
  /** makes indexes and puts in what ships, before anything is read */
  prepare?: (() => Promise<void>) | undefined;
};

/**
 * The rooms of what is on record: petitions, offices, the campaign, the ledger. Light, as they render and send nothing: a
 * command that needs no more starts in a third of the time.
 */
export async function openRecordRooms(options: RecordOptions) {
  const { connection, logger, clock = systemClock } = options;
  // The keys come first: a ring that does not open stops everything before anything is written.
  const keys = await openKeyRing({
    store: createKeyStore(connection),
    dataDir: options.config.dataDir,
    masterKey: options.config.masterKey,
    mayMake: options.mayMakeKeys,
    clock,
  });
  const installation = await openInstallation({
    store: createInstallationStore(connection),
    own: {
      ...options.config,
      hasRelay: options.config.smtpUrl !== undefined,
      ...(options.config.dkimKey && { dkimSelector: options.config.dkimKey.selector }),
    },
    server: options.server,
    isAlive,
    clock,
    logger,
  });
  await options.prepare?.();

  const infra = { config: { ...options.config, ...installation.site }, connection, clock, logger, keys };
  const stores = {
    petitions: createPetitionStore(connection),
    campaign: createCampaignStore(connection),
    audit: createAuditStore(connection),
  };
  const campaign = createCampaignService({ store: stores.campaign, clock });
  const offices = createOffices(infra);
  const ledger = createLedger(infra, { campaign, tellings: createRestoredDeliveries(connection) });
  return {
    ...infra,
    installation,
    petitions: createPetitionService({ store: stores.petitions, clock, logger }),
    offices,
    campaign,
    ledger,
    tallies: ledger.tallies,
    audit: createAuditService({ ...infra, store: stores.audit, key: keys.audit }),
    stores: { ...stores, offices: offices.store, ledger: ledger.store, counting: ledger.counting },
  };
}
export type RecordRooms = Awaited<ReturnType<typeof openRecordRooms>>;
