import { resolveTxt as lookUpTxt } from 'node:dns/promises';
import { join } from 'node:path';
import type { Connection } from 'mongoose';
import { createAnswerStore } from './answers/answer.store.ts';
import { createAnswersRoom } from './answers/answers.room.ts';
import { createFromIncoming } from './answers/from-incoming.service.ts';
import { isCampaignComplete } from './campaign/campaign.ts';
import type { Config } from './config.ts';
import { createDeliveryStore } from './deliveries/delivery.store.ts';
import { createPauseStore } from './deliveries/pause.store.ts';
import { createOfficeIncoming } from './deliveries/returned.service.ts';
import { checkSenderDomain, type ResolveTxt } from './deliveries/sender-domain.ts';
import type { ServerRole } from './installation/installation.service.ts';
import { createLettersRoom } from './letters/letters.room.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import { createTranslator } from './lib/i18n.ts';
import type { Locale } from './lib/locales.ts';
import type { Logger } from './lib/logger.ts';
import { createSealer } from './lib/sealed.ts';
import { createBounceAddresses } from './mail/bounce-address.ts';
import { createCircuitBreaker } from './mail/circuit-breaker.ts';
import { readDkim } from './mail/dkim.ts';
import { createIncomingService } from './mail/incoming/incoming.service.ts';
import { createIncomingStore } from './mail/incoming/incoming.store.ts';
import { createKeptMailService } from './mail/incoming/kept-mail.service.ts';
import { createKeptMailStore } from './mail/incoming/kept-mail.store.ts';
import { createReader } from './mail/incoming/reader.ts';
import type { SuppressionScope } from './mail/mail.ts';
import { createMailWorker, LEASE_MS } from './mail/mail.worker.ts';
import { createLocalMailbox } from './mail/mailbox.ts';
import { oneClickHeaders } from './mail/one-click.ts';
import { createOutboxStore } from './mail/outbox.store.ts';
import { saysNoSuchAddress } from './mail/smtp-reply.ts';
import { createSuppressionStore, type Suppress } from './mail/suppression.store.ts';
import { createTransport } from './mail/transport.ts';
import { createOfficeCalendar } from './offices/calendar.ts';
import { createRecordService } from './offices-page/offices-page.service.ts';
import { createRecordStore } from './offices-page/offices-page.store.ts';
import { createPackService } from './packs/pack.service.ts';
import { createPackStore } from './packs/pack.store.ts';
import { prepareDatabase } from './prepare-database.ts';
import { openRecords } from './records.ts';
import { createRetentionService } from './signatures/retention.service.ts';
import { createSignaturesRoom } from './signatures/signatures.room.ts';
import { loadStarter } from './starter/load-starter.ts';
import { loadAssets } from './web/assets.ts';
import { createMailViews } from './web/mail-views.ts';
import { createWordsRoom } from './words/words.room.ts';
import { createWordsStore } from './words/words.store.ts';
import { canBeRead } from './words/words.ts';

const ROOT = join(import.meta.dirname, '..');

/** Builds every store and service once, over one connection; the only place that knows all of them. */
export async function createServices(options: {
  config: Config;
  connection: Connection;
  logger: Logger;
  clock?: Clock;
  /** the DNS, as letters are checked against it */
  resolveTxt?: ResolveTxt;
  /** given by a server, whose settings every process renders with */
  server?: ServerRole;
  /** a server has prepared the database: no keys are made, and no index and no text of the starter */
  isBeside?: boolean;
}) {
  const { connection, logger, clock = systemClock, resolveTxt = lookUpTxt, isBeside = false } = options;
  const starter = await loadStarter();
  const records = await openRecords({
    ...options,
    clock,
    mayMakeKeys: !isBeside,
    prepare: isBeside
      ? undefined
      : (stores) => prepareDatabase({ connection, starter, stores, clock, logger }),
  });
  const { keyRing, installation, config, petitions, offices, officeList, campaign, ledger, tallies } =
    records;
  const sealer = createSealer(keyRing.data);
  const translator = createTranslator(join(ROOT, 'templates/locales'));
  const assets = loadAssets(join(ROOT, 'public'));
  const templates = { folder: join(ROOT, 'templates'), translator, assetUrl: assets.assetUrl };
  const mailViews = createMailViews(templates);

  const stores = {
    ...records.stores,
    outbox: createOutboxStore(connection),
    suppressions: createSuppressionStore(connection),
    deliveries: createDeliveryStore(connection),
    incoming: createIncomingStore(connection),
    keptMail: createKeptMailStore(connection),
    pauses: createPauseStore(connection),
    words: createWordsStore(connection),
    packs: createPackStore(connection),
    answers: createAnswerStore(connection),
    record: createRecordStore(connection),
  };
  const calendar = createOfficeCalendar(starter.holidays);

  const packs = createPackService({
    store: stores.packs,
    getPetition: petitions.getPetition,
    listOffices: officeList.get,
    catalog: starter.catalog,
    publicUrl: config.publicUrl,
    clock,
    logger,
  });

  const suppress = (address: Suppress) => stores.suppressions.heed(address, clock.now());
  const findHold = (emailKey: string, scope: SuppressionScope) =>
    stores.suppressions.findHold(emailKey, scope, clock.now());
  const { insertRows } = stores.outbox;
  const retention = createRetentionService({
    ...stores.signatures,
    listPositions: stores.ledger.listPositions,
    deleteExpiredSuppressions: stores.suppressions.deleteExpired,
    healMail: (now) => stores.outbox.healAhead(now, LEASE_MS),
    deleteEndedMail: stores.outbox.deleteEnded,
    deleteExpiredIncoming: async (now) =>
      (await stores.keptMail.deleteExpired(now)) + (await stores.incoming.deleteExpired(now)),
    clock,
    logger,
  });

  const renderMail = async (name: string, locale: Locale, view: object) => {
    const who = await campaign.getCampaign();
    return mailViews.renderMail(name, locale, { ...view, ...who, isTrial: !isCampaignComplete(who) });
  };
  const signaturesRoom = createSignaturesRoom({
    ...config,
    ...petitions,
    signatures: stores.signatures,
    suppressions: stores.suppressions,
    suppress,
    findHold,
    insertRows,
    insertCounted: stores.outbox.insertCounted,
    freeAnswers: stores.outbox.freeAnswers,
    forgetAnswers: stores.outbox.forgetAnswers,
    hasRow: async (id: string) => (await stores.outbox.findRow(id)) !== null,
    canBeRead,
    renderMail,
    oneClickHeaders,
    keyRing,
    sealer,
    clock,
    logger,
  });
  const wordsRoom = createWordsRoom({
    ...signaturesRoom.manage,
    ...stores.deliveries,
    store: stores.words,
    listOffices: async () => officeList.get(),
    sketchWords: signaturesRoom.sketchWords,
    sealer,
    clock,
    logger,
  });
  const mailbox = createLocalMailbox({ dataDir: config.dataDir, clock });
  const dkim = config.dkimKey && readDkim({ domain: config.mailDomain, ...config.dkimKey });
  const bounceAddresses = createBounceAddresses({ ...config, keys: keyRing.link, clock });
  const transport = createTransport({ ...config, dkim, mailbox, bounceAddressOf: bounceAddresses.mint });
  const answersRoom = createAnswersRoom({
    ...config,
    ...petitions,
    ...offices,
    answers: stores.answers,
    findByToken: stores.record.findByToken,
    subscribers: stores.signatures,
    changeOffice: stores.offices.changeOffice,
    findHead: stores.ledger.findHead,
    findSignature: stores.signatures.findSignature,
    findHold,
    insertRows,
    linkKeys: keyRing.link,
    linksFor: signaturesRoom.linksFor,
    catalog: starter.catalog,
    translator,
    renderMail,
    oneClickHeaders,
    sealer,
    clock,
    logger,
  });
  const record = createRecordService({
    ...petitions,
    store: stores.record,
    listAnswers: answersRoom.answers.listAnswers,
    findHead: stores.ledger.findHead,
    clock,
  });
  const lettersRoom = createLettersRoom({
    ...config,
    ...petitions,
    ...ledger,
    ...wordsRoom.words,
    ...campaign,
    deliveries: stores.deliveries,
    pauses: stores.pauses,
    outbox: stores.outbox,
    getOffice: offices.getOffice,
    listOffices: offices.listOffices,
    findHead: stores.ledger.findHead,
    findPublished: async (petitionId) => (await stores.ledger.getTally(petitionId))?.published,
    catalog: starter.catalog,
    renderMail: mailViews.renderMail,
    renderRaw: transport.renderRaw,
    checkRender: installation.checkRender,
    failChannel: offices.failChannel,
    recoverChannel: offices.recoverChannel,
    saysNoSuchAddress,
    mintAnswerToken: answersRoom.officeAnswer.mint,
    checkDomain: () =>
      checkSenderDomain({
        domain: config.mailDomain,
        dkim: dkim && { selector: dkim.keySelector, publicKey: dkim.publicKey },
        resolveTxt,
      }),
    translator,
    calendar,
    sealer,
    clock,
    logger,
  });
  const composers = {
    update: answersRoom.updateComposer,
    delivery: lettersRoom.deliveryComposer,
    answer: signaturesRoom.answerComposer,
    receipt: signaturesRoom.receiptComposer,
  };
  const worker = createMailWorker({
    outbox: stores.outbox,
    transport,
    composers,
    suppress,
    breaker: createCircuitBreaker({ clock, logger }),
    clock,
    random: Math.random,
    logger,
  });
  const reader = createReader({ own: config, logger });
  const keptMail = createKeptMailService({
    findRecord: stores.incoming.findRecord,
    findMail: stores.keptMail.findMail,
    read: reader.read,
    sealer,
  });
  const mailWorker = {
    step: installation.guard('send', worker.step, false),
    drainOffices: installation.guard('send', worker.drainOffices, undefined),
  };
  const incoming = createIncomingService({
    store: stores.incoming,
    insertMail: stores.keptMail.insertMail,
    read: reader.read,
    sealer,
    offices: createOfficeIncoming({
      deliveries: stores.deliveries,
      failChannel: offices.failChannel,
      weigh: lettersRoom.reports.weigh,
      blockEmailChannel: offices.blockEmailChannel,
      recordReply: answersRoom.answers.recordReply,
      logger,
    }),
    readBounceAddress: bounceAddresses.read,
    emailKeyOf: keyRing.emailKeyOf,
    suppress,
    own: config,
    clock,
    logger,
  });

  return {
    ...records,
    catalog: starter.catalog,
    translator,
    assets,
    templates,
    stores,
    calendar,
    holidays: starter.holidays,
    ...signaturesRoom,
    ...wordsRoom,
    retention,
    mailbox,
    mailWorker,
    incoming,
    keptMail,
    fromIncoming: createFromIncoming({
      ...keptMail,
      markAnswered: stores.incoming.markAnswered,
      findDelivery: stores.deliveries.findDelivery,
      recordReply: answersRoom.answers.recordReply,
      logger,
    }),
    ...lettersRoom,
    dispatch: {
      ...lettersRoom.dispatch,
      step: installation.guard('render', lettersRoom.dispatch.step, false),
    },
    packs,
    ...answersRoom,
    record,
    async checkReady() {
      await connection.db?.command({ ping: 1 });
      return { mailsWaiting: await stores.outbox.countWaiting() };
    },
    /** What pages are made of is known before the first is asked for: also when the database hangs by then. */
    async warm() {
      const memories = [petitions, campaign, officeList, tallies, record];
      await Promise.all(memories.map((memory) => memory.warm()));
    },
    close() {
      transport.close();
      reader.close();
    },
  };
}
export type Services = Awaited<ReturnType<typeof createServices>>;
