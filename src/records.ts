import type { Connection } from 'mongoose';
import { createActStore } from './audit/act.store.ts';
import { createCampaignService } from './campaign/campaign.service.ts';
import { createCampaignStore } from './campaign/campaign.store.ts';
import { zoneOf } from './campaign/campaign.ts';
import type { Config } from './config.ts';
import { isAlive } from './database/local/process-identity.ts';
import { createRestoredDeliveries } from './deliveries/restored.store.ts';
import { openInstallation, type ServerRole } from './installation/installation.service.ts';
import { createInstallationStore } from './installation/installation.store.ts';
import { createKeyStore } from './keys/key.store.ts';
import { openKeyRing } from './keys/key-ring.service.ts';
import { createLedgerService } from './ledger/ledger.service.ts';
import { createLedgerStore } from './ledger/ledger.store.ts';
import { createTallies } from './ledger/tallies.service.ts';
import { createCached } from './lib/cached.ts';
import { type Clock, SECOND, systemClock } from './lib/clock.ts';
import type { Logger } from './lib/logger.ts';
import { createOfficeService } from './offices/office.service.ts';
import { createOfficeStore } from './offices/office.store.ts';
import { createPetitionService } from './petitions/petition.service.ts';
import { createPetitionStore } from './petitions/petition.store.ts';
import { createCountingStore } from './signatures/counting.store.ts';
import { createRestoredStore } from './signatures/restored.store.ts';
import { createSignatureStore } from './signatures/signature.store.ts';

export type RecordsOptions = {
  config: Config;
  connection: Connection;
  logger: Logger;
  clock?: Clock;
  /** given by a server, whose settings every process renders with */
  server?: ServerRole | undefined;
  /** false where a server must have made the keys */
  mayMakeKeys: boolean;
  /** makes indexes and puts in what ships, before anything is read */
  prepare?: ((stores: RecordStores) => Promise<void>) | undefined;
};

/**
 * The stores and services of what is on record: petitions, offices, the campaign, the ledger. Light, as it renders and
 * sends nothing: a command that needs no more starts in a third of the time.
 */
export async function openRecords(options: RecordsOptions) {
  const { connection, logger, clock = systemClock } = options;
  // The keys come first: a ring that does not open stops everything before anything is written.
  const keyRing = await openKeyRing({
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
  const stores = createRecordStores(connection);
  await options.prepare?.(stores);

  const petitions = createPetitionService({ store: stores.petitions, clock });
  const offices = createOfficeService({ store: stores.offices, clock, logger });
  const campaign = createCampaignService({ store: stores.campaign, clock });
  const ledger = createLedgerService({
    ...stores,
    restored: createRestoredStore(connection),
    tellings: createRestoredDeliveries(connection),
    getZone: async () => zoneOf(await campaign.getCampaign()),
    clock,
    logger,
  });
  return {
    /** as this process renders, which is as the installation does */
    config: { ...options.config, ...installation.site },
    installation,
    clock,
    keyRing,
    stores,
    petitions,
    offices,
    officeList: createCached({ load: offices.listOffices, freshMs: 2 * SECOND, clock }),
    campaign,
    ledger,
    tallies: createTallies({ store: stores.ledger, clock }),
  };
}
export type Records = Awaited<ReturnType<typeof openRecords>>;

function createRecordStores(connection: Connection) {
  return {
    petitions: createPetitionStore(connection),
    offices: createOfficeStore(connection),
    campaign: createCampaignStore(connection),
    signatures: createSignatureStore(connection),
    counting: createCountingStore(connection),
    ledger: createLedgerStore(connection),
    acts: createActStore(connection),
  };
}
export type RecordStores = ReturnType<typeof createRecordStores>;
