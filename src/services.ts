import { join } from 'node:path';
import type { Connection } from 'mongoose';
import { createCampaignService } from './campaign/campaign.service.ts';
import { createCampaignStore } from './campaign/campaign.store.ts';
import { isCampaignComplete } from './campaign/campaign.ts';
import type { Config } from './config.ts';
import { ensureIndexes } from './database/indexes.ts';
import { createKeyStore } from './keys/key.store.ts';
import { openKeyRing } from './keys/key-ring.ts';
import { createLedgerService } from './ledger/ledger.service.ts';
import { createLedgerStore } from './ledger/ledger.store.ts';
import { createAnswerService } from './letters/answer.service.ts';
import { answerIndexes, createAnswerStore } from './letters/answer.store.ts';
import { createDeliveryComposer } from './letters/delivery.composer.ts';
import { createDeliveryStore, deliveryIndexes } from './letters/delivery.store.ts';
import { createDigestMail } from './letters/digest.mail.ts';
import { createDigestPlanner } from './letters/digest.planner.ts';
import { createLetterService } from './letters/letter.service.ts';
import { createOfficeAnswerService } from './letters/office-answer.service.ts';
import { createOfficeLinks } from './letters/office-links.ts';
import { createRecordService } from './letters/record.service.ts';
import { createRecordStore, recordIndexes } from './letters/record.store.ts';
import { createUpdateComposer } from './letters/update.composer.ts';
import { createUpdateService } from './letters/update.service.ts';
import { createUpdateStore } from './letters/update.store.ts';
import { createBatcher } from './lib/batcher.ts';
import { createCached } from './lib/cached.ts';
import { type Clock, SECOND, systemClock } from './lib/clock.ts';
import { createTranslator } from './lib/i18n.ts';
import type { Locale } from './lib/locales.ts';
import type { Logger } from './lib/logger.ts';
import { createSealer } from './lib/sealed.ts';
import { createCircuitBreaker } from './mail/circuit-breaker.ts';
import { createLocalMailbox } from './mail/local-mailbox.ts';
import type { OutboxRow } from './mail/mail.ts';
import { createMailWorker } from './mail/mail.worker.ts';
import { oneClickHeaders } from './mail/one-click.ts';
import { createOutboxStore, outboxIndexes } from './mail/outbox.store.ts';
import { createSuppressionStore, type Suppress, suppressionIndexes } from './mail/suppression.store.ts';
import { createTransport } from './mail/transport.ts';
import { createOfficeService } from './offices/office.service.ts';
import { createOfficeStore } from './offices/office.store.ts';
import { createPetitionService } from './petitions/petition.service.ts';
import { createPetitionStore, petitionIndexes } from './petitions/petition.store.ts';
import { createAnswerComposer } from './signatures/answer.composer.ts';
import { createAnswerTime } from './signatures/answer-time.ts';
import { createConfirmService } from './signatures/confirm.service.ts';
import { countingIndexes, createCountingStore } from './signatures/counting.store.ts';
import { createIntakeService, createIntakeWriter, type Intake } from './signatures/intake.service.ts';
import { createLinkReader } from './signatures/linked.ts';
import { createLinks } from './signatures/links.ts';
import { createManageService } from './signatures/manage.service.ts';
import { createOptOutService } from './signatures/opt-out.service.ts';
import { createReceiptComposer } from './signatures/receipt.composer.ts';
import { createRetentionService } from './signatures/retention.service.ts';
import { createSignatureMail } from './signatures/signature.mail.ts';
import { createSignatureStore, signatureIndexes } from './signatures/signature.store.ts';
import { createWordsService } from './signatures/words.service.ts';
import { createWordsStore, wordsIndexes } from './signatures/words.store.ts';
import { loadStarter } from './starter/load-starter.ts';
import { seedStarter } from './starter/seed.ts';
import { loadAssets } from './web/assets.ts';
import { createViews } from './web/views.ts';

const ROOT = join(import.meta.dirname, '..');
/** Requests that arrive within this time are written together. */
const GROUP_COMMIT = { windowMs: 3, maxSize: 200 };

/** Builds every store and service once, over one connection; the only place that knows all of them. */
export async function createServices(options: {
  config: Config;
  connection: Connection;
  logger: Logger;
  clock?: Clock;
}) {
  const { config, connection, logger, clock = systemClock } = options;
  // The keys come first: a ring that does not open stops everything before anything is written.
  const keyRing = await openKeyRing({
    store: createKeyStore(connection),
    dataDir: config.dataDir,
    masterKey: config.masterKey,
    clock,
  });
  const sealer = createSealer(keyRing.data);
  const starter = await loadStarter();
  const translator = createTranslator(join(ROOT, 'templates/locales'));
  const assets = loadAssets(join(ROOT, 'public'));
  const views = createViews({ folder: join(ROOT, 'templates'), translator, assetUrl: assets.assetUrl });

  const stores = {
    petitions: createPetitionStore(connection),
    offices: createOfficeStore(connection),
    campaign: createCampaignStore(connection),
    signatures: createSignatureStore(connection),
    counting: createCountingStore(connection),
    ledger: createLedgerStore(connection),
    outbox: createOutboxStore(connection),
    suppressions: createSuppressionStore(connection),
    deliveries: createDeliveryStore(connection),
    words: createWordsStore(connection),
    answers: createAnswerStore(connection),
    record: createRecordStore(connection),
  };
  await ensureIndexes(connection, [
    ...petitionIndexes,
    ...signatureIndexes,
    ...countingIndexes,
    ...outboxIndexes,
    ...suppressionIndexes,
    ...deliveryIndexes,
    ...wordsIndexes,
    ...answerIndexes,
    ...recordIndexes,
  ]);
  await seedStarter(starter, stores);

  const petitions = createPetitionService({ store: stores.petitions, clock });
  const offices = createOfficeService({ store: stores.offices, clock });
  const campaign = createCampaignService({ store: stores.campaign, clock });
  const ledger = createLedgerService({ ledger: stores.ledger, counting: stores.counting, clock, logger });
  const officeList = createCached({ load: offices.listOffices, freshMs: 5 * SECOND, clock });

  const suppress = (address: Suppress) => stores.suppressions.suppress(address, clock.now());
  const links = createLinks({ keys: keyRing.link, clock });
  const reader = createLinkReader({
    links,
    findPetitionByNumber: petitions.findPetitionByNumber,
    findSignature: stores.signatures.findSignature,
  });
  const shared = { reader, store: stores.signatures, sealer, clock, logger };
  const { insertRows } = stores.outbox;
  const answerTime = createAnswerTime();
  const writeIntakes = createIntakeWriter({
    insertSignatures: stores.signatures.insertSignatures,
    answerTime,
    insertRows,
  });
  const intake = createIntakeService({
    answerTime,
    batcher: createBatcher<Intake>({ ...GROUP_COMMIT, run: writeIntakes }),
    sealer,
    emailKeyOf: keyRing.emailKeyOf,
    networkKeyOf: keyRing.networkKeyOf,
    clock,
  });
  const receipts = createBatcher<OutboxRow>({ ...GROUP_COMMIT, run: insertRows });
  const confirm = createConfirmService({ ...shared, links, insertRow: receipts.add });
  const manage = createManageService({ ...shared, liftUpdates: stores.suppressions.liftUpdates });
  const optOut = createOptOutService({ ...shared, listPetitions: petitions.listPetitions, suppress });
  const retention = createRetentionService({
    deleteExpiredSignatures: stores.signatures.deleteExpired,
    deleteExpiredSuppressions: stores.suppressions.deleteExpired,
    deleteEndedMail: stores.outbox.deleteEnded,
    clock,
    logger,
  });

  const renderMail = async (name: string, locale: Locale, view: object) => {
    const who = await campaign.getCampaign();
    return views.renderMail(name, locale, { ...view, ...who, isTrial: !isCampaignComplete(who) });
  };
  const mail = createSignatureMail({ links, publicUrl: config.publicUrl, renderMail, oneClickHeaders });
  const composing = {
    store: stores.signatures,
    findPetition: petitions.findPetition,
    isSuppressed: stores.suppressions.isSuppressed,
    mail,
    sealer,
  };
  const mailbox = createLocalMailbox({ dataDir: config.dataDir, clock });
  const transport = createTransport({ ...config, mailbox });
  const words = createWordsService({ store: stores.words, sealer, logger });
  const { deliveries } = stores;
  const { getOffice, listOffices } = offices;
  const { getCampaign, mayWriteTo } = campaign;
  const planner = createDigestPlanner({
    ...petitions,
    ...ledger,
    deliveries,
    listOffices,
    mayWriteTo,
    clock,
    logger,
  });
  const letters = createLetterService({
    deliveries,
    getPetition: petitions.getPetition,
    getOffice,
    getCampaign,
    mayWriteTo,
    findHead: stores.ledger.findHead,
    deltaBetween: ledger.deltaBetween,
    findPublished: async (petitionId) => (await stores.ledger.getTally(petitionId))?.published,
    listQuotable: words.listQuotable,
    catalog: starter.catalog,
    digestMail: createDigestMail({ ...config, renderMail: views.renderMail }),
    renderRaw: transport.renderRaw,
    insertRows,
    findRow: stores.outbox.findRow,
    resolveRow: (id, to) => stores.outbox.resolveRow(id, to, clock.now()),
    cancelDue: (id, outcome) => stores.outbox.cancelDue(id, outcome, clock.now()),
    sealer,
    clock,
    logger,
  });
  const answers = createAnswerService({
    store: stores.answers,
    getPetition: petitions.getPetition,
    getOffice,
    catalog: starter.catalog,
    sealer,
    clock,
    logger,
  });
  const { findHead } = stores.ledger;
  const officeAnswer = createOfficeAnswerService({
    ...petitions,
    ...offices,
    links: createOfficeLinks({ keys: keyRing.link, clock }),
    findByToken: stores.record.findByToken,
    findHead,
    recordByLink: answers.recordByLink,
    catalog: starter.catalog,
    logger,
  });
  const record = createRecordService({
    store: stores.record,
    listPetitions: petitions.listPetitions,
    listAnswers: answers.listAnswers,
    findHead,
    clock,
  });
  const updates = createUpdateService({
    answers: stores.answers,
    subscribers: createUpdateStore(connection),
    insertRows,
    clock,
    logger,
  });
  const composers = {
    update: createUpdateComposer({
      ...composing,
      answers: stores.answers,
      findSignature: stores.signatures.findSignature,
      getOffice,
      links,
      catalog: starter.catalog,
      translator,
      publicUrl: config.publicUrl,
      renderMail,
      oneClickHeaders,
    }),
    delivery: createDeliveryComposer({
      deliveries,
      getOffice,
      mayWriteTo,
      listQuotableOf: words.listQuotableOf,
      sealer,
      clock,
      logger,
    }),
    answer: createAnswerComposer({
      ...composing,
      allowUnasked: stores.suppressions.allowUnasked,
      countNotMe: stores.suppressions.countNotMe,
      clock,
    }),
    receipt: createReceiptComposer(composing),
  };
  const mailWorker = createMailWorker({
    outbox: stores.outbox,
    transport,
    composers,
    suppress,
    breaker: createCircuitBreaker({ clock, logger }),
    clock,
    random: Math.random,
    logger,
  });

  return {
    clock,
    keyRing,
    links,
    reader,
    catalog: starter.catalog,
    translator,
    assets,
    views,
    stores,
    petitions,
    offices,
    officeList,
    campaign,
    ledger,
    intake,
    writeIntakes,
    confirm,
    manage,
    optOut,
    retention,
    mailbox,
    mailWorker,
    words,
    planner,
    letters,
    answers,
    officeAnswer,
    record,
    updates,
    async checkReady() {
      await connection.db?.command({ ping: 1 });
      return { mailsWaiting: await stores.outbox.countWaiting() };
    },
    close() {
      transport.close();
    },
  };
}
export type Services = Awaited<ReturnType<typeof createServices>>;
