import { resolveTxt as lookUpTxt } from 'node:dns/promises';
import { join } from 'node:path';
import type { Connection } from 'mongoose';
import { createAnswers } from './answers/answers.room.ts';
import { createFromIncoming } from './answers/from-incoming.service.ts';
import { isCampaignComplete, siteNameOf, zoneOf } from './campaign/campaign.ts';
import type { Config } from './config.ts';
import { createDeliveries } from './deliveries/deliveries.room.ts';
import { createOfficeIncoming } from './deliveries/returned.service.ts';
import { checkSenderDomain, type ResolveTxt } from './deliveries/sender-domain.ts';
import { createDeskRoom } from './desk/desk.room.ts';
import { createExports } from './exports/exports.room.ts';
import type { Infra } from './infra.ts';
import type { ServerRole } from './installation/installation.service.ts';
import { createDigestPreview } from './letters/digest-preview.service.ts';
import { createLetters } from './letters/letters.room.ts';
import { addMilliseconds, type Clock, HOUR, MINUTE, systemClock } from './lib/clock.ts';
import { createTranslator } from './lib/i18n.ts';
import type { Logger } from './lib/logger.ts';
import { createSealer } from './lib/sealed.ts';
import { createIncoming } from './mail/incoming/incoming.room.ts';
import { createMail } from './mail/mail.room.ts';
import type { RenderMail } from './mail/mail.ts';
import { LEASE_MS } from './mail/mail.worker.ts';
import { createNoteService } from './notes/note.service.ts';
import { createNoteStore } from './notes/note.store.ts';
import { listNoticeItems } from './notice-items.ts';
import { createOfficeCalendar } from './offices/calendar.ts';
import { createRecordService } from './offices-page/offices-page.service.ts';
import { createNoticeService } from './organisers/notice.service.ts';
import { createOrganisers } from './organisers/organisers.room.ts';
import { createPackService } from './packs/pack.service.ts';
import { createPackStore } from './packs/pack.store.ts';
import { createDraftLinks } from './petitions/draft-link.service.ts';
import { createDraftLinkStore } from './petitions/draft-link.store.ts';
import { createFacts } from './petitions/fact.service.ts';
import { createFactStore } from './petitions/fact.store.ts';
import { createPetitionEditing } from './petitions/petition-editing.service.ts';
import { createShortAddresses } from './petitions/short-address.service.ts';
import { createShortAddressStore } from './petitions/short-address.store.ts';
import { prepareDatabase } from './prepare-database.ts';
import { openRecordRooms } from './record-rooms.ts';
import { createMailPreview } from './signatures/mail-preview.ts';
import { createRetentionService } from './signatures/retention.service.ts';
import { createSignatures } from './signatures/signatures.room.ts';
import { createSignedStore } from './signatures/signed.store.ts';
import { loadStarter } from './starter/load-starter.ts';
import { createTrackingRoom } from './tracking/tracking.room.ts';
import { createUpdates } from './updates/updates.room.ts';
import { loadAssets } from './web/assets.ts';
import { clientNetwork } from './web/client-network.ts';
import { createMailViews } from './web/mail-views.ts';
import { createWords } from './words/words.room.ts';
import { canBeRead } from './words/words.ts';

const ROOT = join(import.meta.dirname, '..');
/** Where servers work, a ledger does: within this it has placed whoever confirmed. */
const RECEIPT_WAITS_MS = 5_000;
/** So long after its time a mail is stuck: a relay that says "later" is asked sooner. */
const STUCK_MS = 15 * MINUTE;

/** Builds every room once, over one connection, each from those before it; the only place that knows all of them. */
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
  const base = await openRecordRooms({
    ...options,
    clock,
    mayMakeKeys: !isBeside,
    prepare: isBeside ? undefined : () => prepareDatabase(connection, starter, { clock, logger }),
  });
  const { config, keys, installation, petitions, offices, campaign, ledger } = base;
  const translator = createTranslator(join(ROOT, 'templates/locales'));
  const infra: Infra = {
    config,
    connection,
    clock,
    logger,
    keys,
    translator,
    sealer: createSealer(keys.data),
  };
  const assets = loadAssets(join(ROOT, 'public'));
  const { assetUrl, assetText } = assets;
  const templates = { folder: join(ROOT, 'templates'), translator, assetUrl, assetText };
  const mailViews = createMailViews(templates);
  const renderMail: RenderMail = async (name, locale, view) => {
    const who = await campaign.getCampaign();
    const siteName = siteNameOf(who, translator, locale);
    return mailViews.renderMail(name, locale, {
      ...view,
      ...who,
      siteName,
      isTrial: !isCampaignComplete(who),
    });
  };
  const renderLetter: RenderMail = (name, locale, view) => mailViews.renderMail(name, locale, view, 'letter');
  const { catalog } = starter;
  const facts = createFacts({ ...infra, factStore: createFactStore(connection), shipped: catalog });
  const { getCatalog, factsChangedAt } = facts;
  const petitionEditing = createPetitionEditing({
    ...infra,
    ...petitions,
    ...createSignedStore(connection),
    store: base.stores.petitions,
    getCatalog,
  });
  const draftLinks = createDraftLinks({
    ...infra,
    ...petitions,
    draftLinks: createDraftLinkStore(connection),
  });
  const shortAddresses = createShortAddresses({
    ...infra,
    ...petitions,
    shortAddresses: createShortAddressStore(connection),
  });
  const calendar = createOfficeCalendar(starter.holidays);

  const tracking = createTrackingRoom(infra, { ledger, petitions });
  const mail = createMail(infra);
  const signatures = createSignatures(infra, {
    petitions,
    mail,
    canBeRead,
    renderMail,
    noteMailed: tracking.noteMailed,
    waitsForPlaceMs: options.server ? RECEIPT_WAITS_MS : 0,
  });
  const deliveries = createDeliveries(infra, { offices });
  const words = createWords(infra, { signatures, offices, deliveries: deliveries.store });
  const answers = createAnswers(infra, {
    petitions,
    offices,
    ledger,
    mail,
    signatures,
    deliveries,
    catalog,
    renderMail,
  });
  const letters = createLetters(infra, {
    petitions,
    offices,
    campaign,
    ledger,
    mail,
    deliveries,
    words: words.words,
    answers,
    installation,
    calendar,
    getCatalog,
    factsChangedAt,
    renderLetter,
    checkDomain: () => checkSenderDomain({ domain: config.mailDomain, dkim: mail.dkim, resolveTxt }),
  });
  const record = createRecordService({
    ...infra,
    ...petitions,
    ...answers.answers,
    findHead: ledger.findHead,
    store: deliveries.record,
  });
  const packStore = createPackStore(connection);
  const packs = createPackService({
    ...infra,
    ...petitions,
    ...offices,
    publicUrl: config.publicUrl,
    getCatalog,
    store: packStore,
  });
  const incoming = createIncoming(infra, {
    mail,
    offices: createOfficeIncoming({
      ...infra,
      ...offices,
      ...deliveries.reports,
      ...answers.answers,
      deliveries: deliveries.store,
    }),
  });
  const desk = createDeskRoom(infra, {
    petitions,
    mail,
    signatures,
    deliveries: deliveries.store,
    keptMail: incoming.keptMail,
    audit: base.audit,
    networkOf: clientNetwork,
    getTotal: async (petitionId) => (await ledger.store.getTally(petitionId))?.total ?? 0,
  });
  const retention = createRetentionService({
    ...infra,
    ...signatures.store,
    listPositions: ledger.store.listPositions,
    deleteExpiredSuppressions: mail.suppressions.deleteExpired,
    healMail: (now) => mail.healAhead(now, LEASE_MS),
    deleteEndedMail: mail.deleteEnded,
    deleteExpiredIncoming: async (now) =>
      (await incoming.deleteExpired(now)) + (await answers.store.deleteLeftovers(now)),
    forgetSignals: desk.forgetSignals,
  });
  const organisers = createOrganisers(infra, { mail, renderMail });
  const { store: exportStore, exports } = createExports(infra, {
    petitions,
    tracking,
    mail,
    audit: base.audit,
    auditStore: base.stores.audit,
  });
  const noteStore = createNoteStore(connection);
  const notes = createNoteService({ ...infra, store: noteStore });
  const notices = createNoticeService({
    listItems: () => listNoticeItems({ ...answers, ...letters, offices, incoming: incoming.incoming }),
    findAuditHead: base.audit.findHead,
    accounts: organisers.organisers.accounts,
    getZone: async () => zoneOf(await campaign.getCampaign()),
    clock,
  });
  const updates = createUpdates(infra, {
    petitions,
    tallies: ledger.tallies,
    campaign,
    mail,
    signatures,
    organisers: organisers.organisers,
    renderMail,
  });
  const worker = mail.createWorker({
    ...updates.updateComposers,
    organiser: organisers.organiserComposer,
    update: answers.updateComposer,
    delivery: letters.deliveryComposer,
    answer: signatures.answerComposer,
    reminder: signatures.reminderComposer,
    receipt: signatures.receiptComposer,
  });

  return {
    ...base,
    ...infra,
    catalog,
    getCatalog,
    facts,
    petitionEditing,
    draftLinks,
    shortAddresses,
    mailPreview: createMailPreview({ ...infra, renderMail, publicUrl: config.publicUrl }),
    digestPreview: createDigestPreview({
      ...infra,
      ...campaign,
      getCatalog,
      renderLetter,
      publicUrl: config.publicUrl,
    }),
    assets,
    templates,
    calendar,
    holidays: starter.holidays,
    ...signatures,
    ...words,
    ...deliveries,
    ...answers,
    ...letters,
    ...organisers,
    notices,
    notes,
    ...desk,
    petitionUpdates: updates.petitionUpdates,
    updateWorker: updates.updateWorker,
    dispatch: { ...letters.dispatch, step: installation.guard('render', letters.dispatch.step, false) },
    record,
    packs,
    tracking,
    exports,
    retention,
    mailbox: mail.mailbox,
    mailWorker: {
      step: installation.guard('send', worker.step, false),
      drainOffices: installation.guard('send', worker.drainOffices, undefined),
    },
    incoming: incoming.incoming,
    keptMail: incoming.keptMail,
    fromIncoming: createFromIncoming({
      ...infra,
      ...incoming.keptMail,
      ...deliveries.store,
      ...answers.answers,
      markAnswered: incoming.store.markAnswered,
    }),
    /** for tests, and for commands that list what lies in a collection */
    stores: {
      ...base.stores,
      outbox: mail.outbox,
      suppressions: mail.suppressions,
      signatures: signatures.store,
      words: words.store,
      deliveries: deliveries.store,
      pauses: deliveries.pauses,
      record: deliveries.record,
      answers: answers.store,
      updates: updates.updateStore,
      packs: packStore,
      incoming: incoming.store,
      keptMail: incoming.kept,
      organisers: organisers.organisers.store,
      hours: tracking.store,
      exports: exportStore,
    },
    /** what should have been sent for a while now */
    findStuckMail: () => mail.findOverdue(addMilliseconds(infra.clock.now(), -STUCK_MS)),
    async checkReady() {
      await connection.db?.command({ ping: 1 });
      return { mailsWaiting: await mail.countWaiting(addMilliseconds(infra.clock.now(), HOUR)) };
    },
    /** What pages are made of is known before the first is asked for: also when the database hangs by then. */
    async warm() {
      const memories = [petitions, facts, campaign, offices, ledger.tallies, record, updates.petitionUpdates];
      await Promise.all(memories.map((memory) => memory.warm()));
    },
    close() {
      mail.close();
      incoming.close();
    },
  };
}
export type Services = Awaited<ReturnType<typeof createServices>>;
