import { randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import { createAnswerStore } from '../../src/answers/answer.store.ts';
import type { Answer } from '../../src/answers/answer.ts';
import { createAuditStore } from '../../src/audit/audit.store.ts';
import { createCampaignStore } from '../../src/campaign/campaign.store.ts';
import { createDeliveryStore } from '../../src/deliveries/delivery.store.ts';
import type { Delivery } from '../../src/deliveries/delivery.ts';
import { createDeliveryRecordStore } from '../../src/deliveries/delivery-record.store.ts';
import { createPauseStore } from '../../src/deliveries/pause.store.ts';
import { createRestoredDeliveries } from '../../src/deliveries/restored.store.ts';
import { createBurstStore } from '../../src/desk/burst.store.ts';
import { createDeskStore } from '../../src/desk/desk.store.ts';
import { createRuleStore } from '../../src/desk/rule.store.ts';
import type { Rule } from '../../src/desk/rule.ts';
import { createExportStore } from '../../src/exports/export.store.ts';
import { createInstallationStore } from '../../src/installation/installation.store.ts';
import type { Installation } from '../../src/installation/installation.ts';
import { createKeyStore } from '../../src/keys/key.store.ts';
import { createLedgerStore } from '../../src/ledger/ledger.store.ts';
import { emptyTally, type LedgerEntry } from '../../src/ledger/ledger.ts';
import { newRef } from '../../src/lib/ref.ts';
import { createIncomingStore } from '../../src/mail/incoming/incoming.store.ts';
import { createKeptMailStore } from '../../src/mail/incoming/kept-mail.store.ts';
import type { OutboxRow } from '../../src/mail/mail.ts';
import { createOutboxStore } from '../../src/mail/outbox.store.ts';
import { createSuppressionStore } from '../../src/mail/suppression.store.ts';
import { createNoteStore } from '../../src/notes/note.store.ts';
import { createOfficeStore } from '../../src/offices/office.store.ts';
import type { Office } from '../../src/offices/office.ts';
import { createAttemptStore } from '../../src/organisers/attempt.store.ts';
import { createClaimStore } from '../../src/organisers/claim.store.ts';
import { createInvitationStore } from '../../src/organisers/invitation.store.ts';
import { createOrganiserStore } from '../../src/organisers/organiser.store.ts';
import { createSessionStore } from '../../src/organisers/session.store.ts';
import { createPackStore } from '../../src/packs/pack.store.ts';
import { createDraftLinkStore } from '../../src/petitions/draft-link.store.ts';
import { createFactStore } from '../../src/petitions/fact.store.ts';
import { createPetitionStore } from '../../src/petitions/petition.store.ts';
import { contentOf } from '../../src/petitions/petition.ts';
import { createShortAddressStore } from '../../src/petitions/short-address.store.ts';
import type { PublishedBreakdowns } from '../../src/petitions/shown-tally.ts';
import { createAskingStore } from '../../src/signatures/asking.store.ts';
import { createConfirmedStore } from '../../src/signatures/confirmed.store.ts';
import { createCountingStore } from '../../src/signatures/counting.store.ts';
import { createRestoredStore } from '../../src/signatures/restored.store.ts';
import { createSignatureStore } from '../../src/signatures/signature.store.ts';
import type { Signature } from '../../src/signatures/signature.ts';
import { createTakenAwayStore } from '../../src/signatures/taken-away.store.ts';
import { createHourStore } from '../../src/tracking/hour.store.ts';
import { createUpdateStore } from '../../src/updates/update.store.ts';
import type { Update } from '../../src/updates/update.ts';
import { createWordsStore } from '../../src/words/words.store.ts';
import { buildPetition } from '../support/signing.ts';

export function createStores(connection: Connection) {
  return {
    petitions: createPetitionStore(connection),
    draftLinks: createDraftLinkStore(connection),
    facts: createFactStore(connection),
    shortAddresses: createShortAddressStore(connection),
    offices: createOfficeStore(connection),
    campaign: createCampaignStore(connection),
    keys: createKeyStore(connection),
    installation: createInstallationStore(connection),
    packs: createPackStore(connection),
    answers: createAnswerStore(connection),
    deliveries: createDeliveryStore(connection),
    record: createDeliveryRecordStore(connection),
    pauses: createPauseStore(connection),
    audit: createAuditStore(connection),
    incoming: createIncomingStore(connection),
    keptMail: createKeptMailStore(connection),
    suppressions: createSuppressionStore(connection),
    updates: createUpdateStore(connection),
    asking: createAskingStore(connection),
    outbox: createOutboxStore(connection),
    signatures: createSignatureStore(connection),
    words: createWordsStore(connection),
    desk: createDeskStore(connection),
    rules: createRuleStore(connection),
    bursts: createBurstStore(connection),
    counting: createCountingStore(connection),
    restored: createRestoredStore(connection),
    restoredDeliveries: createRestoredDeliveries(connection),
    ledger: createLedgerStore(connection),
    hours: createHourStore(connection),
    confirmed: createConfirmedStore(connection),
    exports: createExportStore(connection),
    takenAway: createTakenAwayStore(connection),
    organisers: createOrganiserStore(connection),
    sessions: createSessionStore(connection),
    invitations: createInvitationStore(connection),
    attempts: createAttemptStore(connection),
    claims: createClaimStore(connection),
    notes: createNoteStore(connection),
  };
}
export type Stores = ReturnType<typeof createStores>;
type Run = (stores: Stores, connection: Connection) => Promise<unknown>;

const now = new Date('2026-11-28T12:00:00Z');
const bytes = Buffer.from('sealed');
const passkey = { id: 'i', publicKey: bytes, counter: 1, transports: ['usb'], createdAt: now };
const by = 'ana';
const said = { by, at: now };
const update: Update = {
  _id: 'u',
  petitionId: 'p',
  state: 'sent',
  texts: { en: { title: 't', body: 'b' }, es: { title: 't', body: 'b' } },
  hours: { from: 9, until: 20 },
  revision: 1,
  written: said,
  proposed: said,
  approved: said,
  expected: { count: 1, isExact: true },
  progress: { through: 'x', rows: 1 },
  changed: said,
  withdrawn: said,
};
const localized = { en: 'a', es: 'b' };
const corrected = { of: now, begunAt: now, at: now, through: 'x', rows: 1, isDone: true };

const petitionEdit = { version: 2, at: now, note: { en: 'a', es: 'b' } };
const petition = buildPetition({
  shareTexts: { en: 'a', es: 'b' },
  version: 2,
  edits: [petitionEdit],
  closesAt: now,
  correctedAt: now,
  ways: { 'us-dhs-secretary': ['digest'] },
  closing: { by: 'ana', reason: { en: 'a', es: 'b' } },
  takenDown: { at: now, by: 'ana', reason: 'r' },
});
const petitionVersion = {
  _id: 'p:000001',
  petitionId: 'p',
  version: 1,
  until: now,
  by,
  ...contentOf(petition),
};
const factBody = {
  figures: [{ id: 'F1_x', value: 1, unit: 'people', bound: 'over' }],
  period: localized,
  sourceId: 's',
  text: localized,
} as const;
const factRecord = {
  _id: 'F1',
  order: 1,
  version: 1,
  ...factBody,
  history: [{ change: 'corrected', at: now, by, reason: localized, was: factBody }],
} as const;
const draftLink = { _id: 'h', ref: 'r', petitionId: 'p', by, createdAt: now, expiresAt: now };
const channel = {
  kind: 'email',
  value: 'office@office.example',
  state: 'verified',
  source: 'https://office.example',
  verifiedOn: '2026-11-01',
  failedAt: now,
  failures: 1,
  reason: 'full',
} as const;
const change = { at: now, change: 'failed', kind: 'email', value: 'x', source: 's', reason: 'r' } as const;
const office: Office = {
  _id: 'an-office',
  name: localized,
  short: localized,
  country: 'US',
  language: 'en',
  languages: ['en'],
  zone: 'America/New_York',
  hours: { days: [1, 2], from: '09:00', to: '17:00' },
  isInWashington: false,
  department: 'DHS',
  enforcesImmigrationLaw: false,
  closings: [{ from: '2026-12-24', to: '2026-12-26', because: 'x', source: 'y', by, at: now }],
  pace: { digestsPerMonth: 1, lettersPerHour: 1, lettersInAll: 1 },
  holders: [{ name: 'A', title: localized, from: '2026-01-01', to: '2027-01-01' }],
  channels: [channel],
  isPostOnly: false,
  answerLinkVersion: 1,
  order: 1,
  changes: [{ ...change, isHard: true, deliveryId: 'd' }],
};
/** Another value in every field that a change of an office may write. */
const changed = (one: Office): Office => ({
  ...office,
  name: { en: `${one.revision}`, es: 'c' },
  order: (one.revision ?? 0) + 2,
  holders: [{ name: `${one.revision}`, title: localized, from: '2026-01-01', to: '2027-01-01' }],
  channels: [{ ...channel, failures: (one.revision ?? 0) + 2 }],
  changes: [{ ...change, reason: `${one.revision}`, isHard: true, deliveryId: 'd' }],
});
const installation: Installation = {
  _id: 'installation',
  publicUrl: 'https://petition.example',
  mailDomain: 'petition.example',
  mailFrom: 'a@petition.example',
  hasRelay: true,
  dkimSelector: 's',
  revision: 1,
  holders: [{ id: 'a', host: 'h', pid: 1, startedAt: 's', until: now }],
};
const handedIn = {
  _id: 'p:o:2026-11-01:1',
  petitionId: 'p',
  officeId: 'o',
  on: '2026-11-01',
  folio: '1',
  recordedBy: by,
  recordedAt: now,
};
const published = {
  at: now,
  by,
  locale: 'en',
  text: 'a',
  statements: [{ demandId: 'd', status: 'accepted', reason: 'r' }],
} as const;
const told = { begunAt: now, at: now, through: 'a', rows: 1, isDone: false };
const answer: Answer = {
  _id: 'answer',
  petitionId: 'p',
  officeId: 'o',
  deliveryId: 'd',
  via: 'link',
  at: now,
  statements: [{ demandId: 'd', status: 'received' }],
  sealed: bytes,
  published: { ...published, statements: [...published.statements] },
  setAside: { at: now, by },
  decisions: [{ did: 'recorded', at: now, by }],
  told,
  asks: ['pace'],
  isMereRequest: true,
};
const note = { id: 'n', at: now, kind: 'bounce', code: '5.1.1', isOther: true, text: 'x' } as const;
const delivery: Delivery = {
  _id: 'delivery',
  petitionId: 'p',
  officeId: 'o',
  kind: 'digest',
  n: 1,
  from: 0,
  to: 1,
  missed: [{ from: 0, to: 1 }],
  state: 'planned',
  plannedAt: now,
  token: 't',
  withPdf: true,
  releases: 0,
  approvedBy: by,
  approvedAt: now,
  override: { by, because: 'x', at: now, checks: ['spf'] },
  releasedAt: now,
  slot: 's',
  releasedBy: by,
  fault: 'f',
  endedAt: now,
  againAt: now,
  quotes: [{ ref: 'r', number: '1' }],
  sealedQuotes: bytes,
  isClosing: true,
  places: { US: 10 },
  address: 'office@office.example',
  subject: 's',
  messageId: 'm',
  sealed: bytes,
  envelopeFrom: 'e@petition.example',
  reply: '250',
  replyCode: 250,
  incoming: [note],
};
const { _id: _, state: __, ...moved } = delivery;
const row: OutboxRow = {
  _id: 'answer:p:key:1',
  kind: 'answer',
  audience: 'person',
  subjectId: 's',
  emailKey: 'k',
  sealed: bytes,
  state: 'due',
  dueAt: now,
  attempts: 0,
  leaseOwner: 'w',
  createdAt: now,
  endedAt: now,
  outcome: 'o',
  replyCode: 250,
  messageId: 'm',
};
const rule: Rule = {
  _id: 'rule',
  verb: 'hold',
  selection: {
    petitionId: 'p',
    domain: 'd',
    network: 'n',
    source: 'x',
    country: 'US',
    region: 'US-TX',
    from: now,
    to: now,
  },
  why: 'why',
  by: 'organiser:x',
  createdAt: now,
  state: 'running',
  matched: 1,
  changed: 0,
  cursor: now,
  lease: 'lease',
  leaseUntil: now,
  decidedBy: 'organiser:y',
  decidedAt: now,
  endedAt: now,
};
const signals = { domain: 'd', network: 'n' };
const cell = { country: 'US', region: 'US-TX', source: 'direct', locale: 'en' } as const;
const consent = { showName: false, shareWords: true, updates: false };
const words = {
  wordsState: 'waiting',
  wordsDecision: { by, at: now, reason: 'other', note: bytes },
  wordsFirst: { by, at: now },
  wordsSketch: bytes,
  wordsBands: [1],
  wordsOriginality: 1,
  officeConsents: [{ officeId: 'o', name: true, reply: false, version: '1', at: now }],
} as const;
const shared = { ...words, wordsBands: [1], officeConsents: [...words.officeConsents] };
const signature: Signature = {
  _id: 'p:key',
  petitionId: 'p',
  ref: 'r',
  state: 'pending',
  held: false,
  consent,
  consentVersion: '1',
  ...cell,
  textVersion: 1,
  sealed: bytes,
  linkVersion: 0,
  network: 'n',
  ...shared,
  cell,
  counted: { seq: 1, on: false, place: 1, repairs: 0 },
  ledgerDue: now,
  leftDue: 0,
  expiresAt: now,
  createdAt: now,
  confirmedAt: now,
  withdrawnAt: now,
};
const read = { _id: 'p:key', linkVersion: 0, sealed: bytes };
const details = {
  consent,
  consentVersion: '1',
  country: 'US',
  region: 'US-TX',
  locale: 'en',
  sealed: bytes,
} as const;
const delta = { country: { US: 1 }, region: { 'US-TX': 1 }, source: { direct: 1 }, locale: { en: 1 } };
const members = { added: ['p:key'], addedRefs: ['r'], removed: ['p:other'] };
const entry: LedgerEntry = {
  _id: 'p:0000000001',
  petitionId: 'p',
  seq: 1,
  at: now,
  added: 1,
  removed: 1,
  total: 0,
  previousHash: '0',
  hash: '1',
  firstPlace: 1,
  places: 1,
  members,
  unnamed: { added: 1, removed: 1 },
  delta,
  detailHash: 'd',
};
const cells = { cells: { US: 10 }, other: 0 };
const breakdowns: PublishedBreakdowns = {
  day: '2026-11-28',
  total: 10,
  country: cells,
  region: cells,
  locale: cells,
};
const tally = { ...emptyTally('p', now), byCountry: { US: 1 } };
let times = 0;
const claim = { audience: 'person', now, claim: 'w', leaseMs: 1 } as const;

/** Every function of every store that writes, with what makes it write all that it can. */
export const WRITES: { [S in keyof Stores]: Record<string, Run> } = {
  petitions: {
    insertMissing: ({ petitions }) => petitions.insertMissing([petition]),
    correctTexts: ({ petitions }) => petitions.correctTexts(petition, petition, now),
    closePetition: ({ petitions }) => petitions.closePetition('p', now, { by, reason: localized }),
    pause: ({ petitions }) => petitions.pause('p', now),
    resume: ({ petitions }) => petitions.resume('p', now),
    setShareTexts: ({ petitions }) => petitions.setShareTexts('p', { en: 'a', es: 'b' }),
    setOpening: ({ petitions }) => petitions.setOpening('p', now, now),
    setEnd: ({ petitions }) => petitions.setEnd('p', now, now),
    takeDown: ({ petitions }) => petitions.takeDown('p', { at: now, by, reason: 'r' }),
    bringBack: ({ petitions }) => petitions.bringBack('p'),
    insertPetition: ({ petitions }) => petitions.insertPetition({ ...petition, _id: `new-${Date.now()}` }),
    keepVersion: ({ petitions }) => petitions.keepVersion(petitionVersion),
    saveContent: ({ petitions }) =>
      petitions.saveContent({ slug: 'p', version: 2 }, contentOf(petition), petitionEdit),
    openDraft: ({ petitions }) => petitions.openDraft('p', 1, now),
    deleteDraft: async ({ petitions }) => {
      await petitions.insertPetition({ ...petition, _id: 'draft', state: 'draft', number: 77 });
      return petitions.deleteDraft('draft');
    },
    setWays: ({ petitions }) => petitions.setWays('p', 'us-dhs-secretary', ['digest']),
  },
  shortAddresses: {
    insertAddress: ({ shortAddresses }) =>
      shortAddresses.insertAddress({ _id: `w${Date.now()}`, petitionId: 'p', locale: 'en', by, at: now }),
    removeAddress: ({ shortAddresses }) => shortAddresses.removeAddress('p', 'w'),
  },
  facts: {
    insertMissing: ({ facts }) => facts.insertMissing([factRecord]),
    changeFact: ({ facts }) => facts.changeFact(factRecord, factBody, factRecord.history[0]),
  },
  draftLinks: {
    insertLink: ({ draftLinks }) => draftLinks.insertLink(draftLink),
    revokeLink: ({ draftLinks }) => draftLinks.revokeLink('p', 'r'),
    deleteExpired: ({ draftLinks }) => draftLinks.deleteExpired(now),
  },
  offices: {
    insertMissing: ({ offices }) => offices.insertMissing([office]),
    insertOffice: ({ offices }) => offices.insertOffice(office),
    async changeOffice({ offices }, connection) {
      // By the driver: what is changed is no part of what is noted.
      const stored = connection.getClient().db(connection.name).collection<Office>('offices');
      await stored.updateOne({ _id: 'changed' }, { $set: { ...office, _id: 'changed' } }, { upsert: true });
      return offices.changeOffice('changed', (one) => ({ ...changed(one), _id: 'changed' }));
    },
  },
  campaign: {
    insertMissing: ({ campaign }) => campaign.insertMissing(),
    setCampaign: ({ campaign }) =>
      campaign.setCampaign({
        legalName: 'a',
        postalAddress: 'b',
        contactEmail: 'c@petition.example',
        privacyEmail: 'd@petition.example',
        zone: 'America/Mexico_City',
        siteName: localized,
      }),
  },
  keys: {
    insertMissing: ({ keys }) =>
      keys.insertMissing([{ _id: 'data:1', purpose: 'data', number: 1, wrapped: bytes, createdAt: now }]),
    noteFingerprints: ({ keys }) => keys.noteFingerprints({ 'data:1': 'f' }),
  },
  installation: {
    async replace({ installation: store }) {
      await store.replace(null, installation);
      const next = {
        ...installation,
        publicUrl: 'x',
        mailDomain: 'x',
        mailFrom: 'x',
        hasRelay: false,
        revision: 2,
      };
      return store.replace(installation, { ...next, dkimSelector: 'x', holders: [] });
    },
  },
  packs: {
    insert: ({ packs }) =>
      packs.insert({ ...handedIn, answered: { on: 'x', recordedBy: by, recordedAt: now } }),
    setAnswered: ({ packs }) => packs.setAnswered('p', { on: 'x', recordedBy: by, recordedAt: now }),
  },
  notes: {
    insertNote: ({ notes }) => notes.insertNote({ _id: 'x', of: 'x', by, at: now, sealed: bytes }),
    deleteNote: ({ notes }) => notes.deleteNote('x'),
    deleteNotesOf: ({ notes }) => notes.deleteNotesOf('x'),
  },
  claims: {
    putClaim: ({ claims }) => claims.putClaim({ _id: 'x', by, at: now }),
    removeClaim: ({ claims }) => claims.removeClaim('x', by),
  },
  answers: {
    beginCorrection: ({ answers }) => answers.beginCorrection('answer', corrected),
    advanceCorrection: ({ answers }) => answers.advanceCorrection('answer', 'x', corrected),
    insertAnswer: ({ answers }) => answers.insertAnswer(answer),
    insertMessage: async ({ answers }) => {
      await answers.insertMessage({ _id: newRef(), sealed: bytes });
      await answers.insertMessage({ _id: newRef(), pieces: { ref: 'r', count: 2 } });
    },
    putPiece: ({ answers }) => answers.putPiece('large', { ref: newRef(), index: 0, sealed: bytes }, now),
    deleteLeftovers: async ({ answers }) => {
      await answers.putPiece('large', { ref: newRef(), index: 0, sealed: bytes }, new Date(0));
      return answers.deleteLeftovers(now);
    },
    publish: ({ answers }) =>
      answers.publish('answer', { ...published, statements: [...published.statements] }),
    translate: ({ answers }) =>
      answers.translate('answer', now, { at: now, by, text: 'x', reasons: [{ demandId: 'D1', text: 'y' }] }),
    unpublish: ({ answers }) => answers.unpublish('answer', now, by),
    setAside: ({ answers }) => answers.setAside('answer', now, by),
    advanceTelling: ({ answers }) => answers.advanceTelling('answer', 'a', told),
  },
  deliveries: {
    insertPlanned: ({ deliveries }) => deliveries.insertPlanned(delivery),
    addNote: ({ deliveries }) => deliveries.addNote('delivery', note),
    move: ({ deliveries }) => deliveries.move(delivery, 'approved', moved),
    changeSlot: ({ deliveries }) => deliveries.changeSlot(delivery, 'next'),
  },
  record: {},
  confirmed: {},
  takenAway: {},
  exports: {
    insertExport: ({ exports }) =>
      exports.insertExport({
        _id: 'e',
        kind: 'numbers',
        petitionId: 'p',
        why: 'the newspaper asked',
        askedBy: 'Rosa',
        askedAt: now,
      }),
    grant: ({ exports }) => exports.grant('e', 'Rosa', now),
    end: ({ exports }) => exports.end('e', 'Rosa', now),
  },
  pauses: {
    putPause: ({ pauses }) => pauses.putPause({ _id: 'all', by, because: 'x', at: now }),
    removePause: ({ pauses }) => pauses.removePause('all'),
  },
  audit: {
    insertEntry: ({ audit }) =>
      audit.insertEntry({
        _id: '0000000001',
        seq: 1,
        at: now,
        by,
        act: 'a',
        of: ['x'],
        changes: [{ field: 'f', from: 'a', to: 'b' }],
        why: 'w',
        network: 'n',
        ends: 1,
        outcome: 'done',
        previousHash: 'h',
        hash: 'h',
      }),
  },
  incoming: {
    async take({ incoming }) {
      const record = {
        kind: 'reply',
        detail: 'd',
        code: '5.1.1',
        concern: 'delivery',
        deliveryId: 'd',
        answerId: 'a',
        at: now,
      } as const;
      // New each time: of one that is there already less is written.
      times += 1;
      const idHash = `same ${times}`;
      await incoming.take({ contentHash: `first ${times}`, idHash }, record);
      return incoming.take({ contentHash: `second ${times}`, idHash }, record);
    },
    finish: ({ incoming }) => incoming.finish('x'),
    release: ({ incoming }) => incoming.release('x', now),
    markAnswered: ({ incoming }) => incoming.markAnswered('x', 'a'),
    takeSignature: ({ incoming }) => incoming.takeSignature('x', now, 1),
    releaseSignature: ({ incoming }) => incoming.releaseSignature('x'),
    deleteExpired: ({ incoming }) => incoming.deleteExpired(now),
  },
  keptMail: {
    insertMail: async ({ keptMail }) => {
      await keptMail.insertMail({ _id: newRef(), sealed: bytes, expiresAt: now });
      await keptMail.insertMail({ _id: newRef(), pieces: { ref: 'r', count: 2 }, expiresAt: now });
    },
    putPiece: ({ keptMail }) => keptMail.putPiece('y', { ref: newRef(), index: 0, sealed: bytes }, now),
    notePeople: ({ keptMail }) => keptMail.notePeople('x', ['k']),
    deleteOf: async ({ keptMail }) => {
      await keptMail.insertMail({
        _id: newRef(),
        people: ['k'],
        pieces: { ref: 'r', count: 2 },
        expiresAt: now,
      });
      return keptMail.deleteOf('k', ['x']);
    },
    deleteExpired: async ({ keptMail }) => {
      await keptMail.insertMail({ _id: newRef(), pieces: { ref: 'r', count: 2 }, expiresAt: now });
      return keptMail.deleteExpired(now);
    },
  },
  suppressions: {
    suppress: ({ suppressions }) =>
      suppressions.suppress({ emailKey: 'k', scope: 'updates', reason: 'not-me', network: 'n' }, now),
    heed: ({ suppressions }) =>
      suppressions.heed({ emailKey: 'k', scope: 'all', reason: 'no-such-address' }, now),
    liftAll: ({ suppressions }) => suppressions.liftAll('k'),
    liftGone: ({ suppressions }) => suppressions.liftGone(now),
    lowerToUpdates: ({ suppressions }) => suppressions.lowerToUpdates('k', now),
    allowNews: ({ suppressions }) => suppressions.allowNews('k', 'i', now),
    allowUnasked: ({ suppressions }) => suppressions.allowUnasked('k', { id: 'i', about: 'a' }, now),
    deleteExpired: ({ suppressions }) => suppressions.deleteExpired(now),
  },
  updates: {
    insertUpdate: ({ updates }) => updates.insertUpdate(update),
    changeUpdate: ({ updates }) => updates.changeUpdate({ ...update, state: 'draft' }, update),
    deleteUpdate: ({ updates }) => updates.deleteUpdate(update),
  },
  asking: {},
  outbox: {
    insertRows: ({ outbox }) => outbox.insertRows([row]),
    insertCounted: ({ outbox }) => outbox.insertCounted([row]),
    claimRows: ({ outbox }) => outbox.claimRows(['x'], claim),
    finishRows: ({ outbox }) =>
      outbox.finishRows(['x'], 'w', { state: 'sent', outcome: 'o', replyCode: 250 }, now),
    postponeRows: ({ outbox }) =>
      outbox.postponeRows(['x'], 'w', { at: now, countsAttempt: false, outcome: 'o' }),
    resolveRow: ({ outbox }) => outbox.resolveRow('x', 'sent', now),
    cancelDue: ({ outbox }) => outbox.cancelDue('x', 'o', now),
    beginRow: ({ outbox }) => outbox.beginRow('x', 'w', now),
    removeRow: ({ outbox }) => outbox.removeRow('x', 'w'),
    freeAnswers: ({ outbox }) => outbox.freeAnswers('p:key'),
    forgetAnswers: ({ outbox }) => outbox.forgetAnswers('p:key'),
    healAhead: ({ outbox }) => outbox.healAhead(now, 60_000),
    deleteEnded: ({ outbox }) => outbox.deleteEnded(now),
  },
  signatures: {
    insertSignatures: ({ signatures }) => signatures.insertSignatures([signature]),
    insertAnew: ({ signatures }) => signatures.insertAnew(signature),
    deleteAnew: ({ signatures }) => signatures.deleteAnew(signature),
    confirmSignature: ({ signatures }) =>
      signatures.confirmSignature(read, { ...details, ...shared }, { ref: 'r', cell, signals }, now),
    reopenStub: ({ signatures }) => signatures.reopenStub('x', bytes, now, { expiresAt: now, askedAt: now }),
    prolongPending: ({ signatures }) => signatures.prolongPending(read, now),
    changeDetails: ({ signatures }) => signatures.changeDetails(read, { ...details, ...shared }),
    withdrawSignature: ({ signatures }) => signatures.withdrawSignature('x', now, 1),
    removeSignature: ({ signatures }) => signatures.removeSignature('x', now),
    removeSignedWith: ({ signatures }) => signatures.removeSignedWith('x', 'p', now),
    dropUpdates: ({ signatures }) => signatures.dropUpdates('x'),
    setLocale: ({ signatures }) => signatures.setLocale(['x'], 'es'),
    dropPending: ({ signatures }) => signatures.dropPending('x', now),
    deleteExpired: ({ signatures }) => signatures.deleteExpired(now, [{ petitionId: 'p', seq: 1 }]),
    healExpiry: ({ signatures }) => signatures.healExpiry(now),
  },
  desk: {
    setHeld: ({ desk }) => desk.setHeld('x', true, now),
    invalidate: ({ desk }) => desk.invalidate('x', now),
    restore: ({ desk }) => desk.restore('x', now),
    async forgetSignals({ desk }, connection) {
      const { _id: _, ...fields } = signature;
      const old = { ...fields, confirmedAt: new Date(0), signals };
      // Beside the connection that is listened to: it is no write of the store.
      const stored = connection.getClient().db(connection.name).collection<Signature>('signatures');
      await stored.updateOne({ _id: 'old' }, { $set: old }, { upsert: true });
      await desk.forgetSignals(new Date(0), now);
    },
  },
  bursts: {
    writeHour: ({ bursts }) =>
      bursts.writeHour({
        _id: 'p:h',
        petitionId: 'p',
        hour: now,
        total: 1,
        networks: [{ key: 'n', count: 1 }],
        domains: [{ key: 'd', count: 1 }],
      }),
    look: ({ bursts }) => bursts.look('p:h', 'network.n'),
    deleteBefore: ({ bursts }) => bursts.deleteBefore(new Date(0)),
  },
  rules: {
    insertRule: ({ rules }) => rules.insertRule({ ...rule, _id: randomUUID() }),
    decide: ({ rules }) => rules.decide('rule', 'done', 'undoing', { by, now }),
    async claim({ rules }, connection) {
      const stored = connection.getClient().db(connection.name).collection<Rule>('rules');
      const { leaseUntil: _, _id: __, ...free } = rule;
      await stored.updateOne({ _id: 'free' }, { $set: free, $unset: { leaseUntil: 1 } }, { upsert: true });
      return rules.claim('lease', now);
    },
    advance: ({ rules }) => rules.advance(rule, 'lease', { cursor: now, changed: 1, now }),
    letGo: ({ rules }) => rules.letGo('rule', 'lease'),
    end: ({ rules }) => rules.end(rule, 'lease', 'done', { changed: 1, now }),
    changeAll: ({ rules }) => rules.changeAll(rule, ['x'], now),
    changeBack: ({ rules }) => rules.changeBack(rule, ['x'], now),
  },
  words: {
    decide: (stores) =>
      stores.words.decide(
        { ref: 'r', sealed: bytes, wordsState: 'waiting' },
        {
          wordsState: 'refused',
          sealed: bytes,
          wordsDecision: { by, at: now, reason: 'other', note: bytes },
          wordsFirst: { by, at: now },
        },
      ),
    saveWords: (stores) =>
      stores.words.saveWords('x', bytes, {
        ...shared,
        sealed: bytes,
        'consent.shareWords': true,
        consentVersion: '1',
      }),
    noteOriginality: (stores) =>
      stores.words.noteOriginality('x', bytes, { wordsSketch: bytes, wordsBands: [1], wordsOriginality: 1 }),
  },
  counting: { mark: ({ counting }) => counting.mark({ ...entry, members }) },
  restoredDeliveries: {
    moveEnds: ({ restoredDeliveries }) => restoredDeliveries.moveEnds('p', 0, [{ end: 1, to: 1 }]),
  },
  restored: {
    unmark: ({ restored }) => restored.unmark('p', [{ _id: 'x', seq: 1, repairs: 1, place: 1 }], 1, now),
    dueAgain: ({ restored }) => restored.dueAgain('p', now),
  },
  ledger: {
    openTally: ({ ledger }) => ledger.openTally('p', now),
    insertEntry: ({ ledger }) => ledger.insertEntry(entry),
    advanceTally: ({ ledger }) => ledger.advanceTally(tally),
    async putTally({ ledger }) {
      await ledger.putTally(null, tally);
      return ledger.putTally(tally, tally);
    },
    dropMembers: ({ ledger }) => ledger.dropMembers('p', 1),
    publishBreakdowns: ({ ledger }) => ledger.publishBreakdowns('p', breakdowns),
  },
  hours: {
    putCounted: ({ hours }) =>
      hours.putCounted(
        { petitionId: 'p', at: now },
        { seq: 1, added: 1, removed: 0, delta: entry.delta },
        undefined,
      ),
    dropCounted: ({ hours }) => hours.dropCounted({ petitionId: 'p', at: now }, 1),
    async putConfirmed({ hours }) {
      const sums = { confirmed: 1, delays: [1], words: 0, updates: 0 };
      await hours.putConfirmed({ petitionId: 'p', at: now }, { ...sums, recountAt: now });
      await hours.putConfirmed({ petitionId: 'p', at: now }, sums);
    },
    putWaiting: ({ hours }) => hours.putWaiting([{ petitionId: 'p', at: now, waiting: 1 }], now),
    addNoted: ({ hours }) =>
      hours.addNoted({ petitionId: 'p', at: now, seen: new Map([['direct', 1]]), mailed: 1 }),
  },
  organisers: {
    insertOrganiser: ({ organisers }) =>
      organisers.insertOrganiser({
        _id: 'o',
        addressKey: 'k',
        sealed: bytes,
        role: 'owner',
        locale: 'es',
        state: 'joining',
        joinBy: now,
        password: 'p',
        totp: bytes,
        totpStep: 1,
        passkeys: [passkey],
        codes: ['c'],
        createdAt: now,
        changedAt: now,
      }),
    setNotices: ({ organisers }) => organisers.setNotices('o', 'daily', now),
    deleteJoining: ({ organisers }) => organisers.deleteJoining('k'),
    activate: ({ organisers }) => organisers.activate('o', ['c'], now),
    takeStep: ({ organisers }) => organisers.takeStep('o', 1),
    takeCode: ({ organisers }) => organisers.takeCode('o', 'c'),
    addPasskey: ({ organisers }) => organisers.addPasskey('o', passkey, now),
    removePasskey: ({ organisers }) => organisers.removePasskey('o', 'i', now),
    noteCounter: ({ organisers }) => organisers.noteCounter('o', 'i', 2),
    setSecret: ({ organisers }) => organisers.setSecret('o', bytes, 1, now),
    setCodes: ({ organisers }) => organisers.setCodes('o', ['c'], now),
    setPassword: ({ organisers }) => organisers.setPassword('o', 'p', now),
    setRole: ({ organisers }) => organisers.setRole('o', 'editor', now),
    setLocale: ({ organisers }) => organisers.setLocale('o', 'en', now),
    setProfile: ({ organisers }) => organisers.setProfile('o', bytes, now),
    setAddress: ({ organisers }) => organisers.setAddress('o', 'k', bytes, now),
    close: ({ organisers }) => organisers.close('o', now),
  },
  sessions: {
    insertSession: ({ sessions }) =>
      sessions.insertSession({
        _id: 's',
        ref: 'r',
        organiser: 'o',
        stage: 'full',
        startedAt: now,
        seenAt: now,
        endsAt: now,
        provedAt: now,
        network: 'n',
        browser: 'b',
      }),
    noteSeen: ({ sessions }) => sessions.noteSeen('s', now),
    endSession: ({ sessions }) => sessions.endSession('s'),
    endByRef: ({ sessions }) => sessions.endByRef('o', 'r'),
    endAll: ({ sessions }) => sessions.endAll('o'),
    deleteExpired: ({ sessions }) => sessions.deleteExpired(now),
  },
  invitations: {
    insertInvitation: ({ invitations }) =>
      invitations.insertInvitation({
        _id: 'i',
        ref: 'r',
        kind: 'join',
        role: 'editor',
        organiser: 'o',
        sealed: bytes,
        addressKey: 'k',
        createdAt: now,
        expiresAt: now,
      }),
    useInvitation: ({ invitations }) => invitations.useInvitation('i', now),
    deleteByRef: ({ invitations }) => invitations.deleteByRef('r'),
    deleteKind: ({ invitations }) => invitations.deleteKind('first'),
    deleteOf: ({ invitations }) => invitations.deleteOf('o', 'address'),
    deleteExpired: ({ invitations }) => invitations.deleteExpired(now),
  },
  attempts: {
    addFailure: ({ attempts }) => attempts.addFailure('account:k', now, now),
    setWait: ({ attempts }) => attempts.setWait('account:k', now),
    useOnce: ({ attempts }) => attempts.useOnce('once:x', now, now),
    forget: ({ attempts }) => attempts.forget('account:k'),
    deleteExpired: ({ attempts }) => attempts.deleteExpired(now),
  },
};

/** Every function that only reads. */
export const READS: { [S in keyof Stores]: readonly string[] } = {
  petitions: ['listPetitions', 'listVersions'],
  shortAddresses: ['listAddresses'],
  facts: ['listFacts'],
  draftLinks: ['findLink', 'listLinks'],
  offices: ['listOffices', 'findOffice'],
  campaign: ['findCampaign'],
  keys: ['listKeys', 'hasSealedData', 'findFingerprints', 'listSealed'],
  installation: ['findInstallation'],
  packs: ['listByPetition'],
  answers: ['findAnswer', 'findMessage', 'findPiece', 'findNewestByLink', 'listKept'],
  claims: ['listClaims'],
  notes: ['listNotes', 'findNote'],
  deliveries: [
    'findDelivery',
    'findByToken',
    'listDigests',
    'listByState',
    'listAll',
    'findOldestIn',
    'listPage',
    'isSlotTaken',
    'findNextApproved',
    'findLastReleased',
    'findRootMessageId',
    'countLetters',
    'countDigests',
    'listQuotedRefs',
    'listSentTo',
    'listLettersOf',
  ],
  record: ['listLeft', 'listOut', 'findFirstSent', 'findByMessageId', 'findByToken'],
  pauses: ['listPauses'],
  audit: ['findNewest', 'listActs', 'listEnds', 'streamEntries'],
  organisers: ['findOrganiser', 'findByAddress', 'listOrganisers', 'countOwners'],
  sessions: ['findSession', 'listSessions'],
  invitations: ['findInvitation', 'listInvitations'],
  attempts: ['listAttempts'],
  incoming: ['findRecord', 'listIdsOf', 'listLatest'],
  keptMail: ['findMail', 'findPiece', 'listUnnamed', 'countOf'],
  suppressions: ['isSuppressed', 'listSuppressed', 'findHold', 'findSuppression', 'countNotMe'],
  updates: ['findUpdate', 'listUpdates', 'listSending'],
  asking: ['sampleAsking', 'listAsking'],
  outbox: ['listDue', 'holdsLease', 'findRow', 'listRows', 'countWaiting', 'findOverdue'],
  signatures: ['findSignature', 'listStates', 'listSubscribed'],
  desk: ['findByRef', 'listSelected'],
  bursts: ['streamSignals', 'listSince', 'findLatest'],
  rules: ['findRule', 'listRules', 'countWaiting', 'countMatched', 'countChanged', 'listNext', 'listChanged'],
  words: [
    'listWaiting',
    'findNextWaiting',
    'findOldestSince',
    'countWaiting',
    'listApproved',
    'listApprovedAfter',
    'listApprovedOf',
    'findDecidable',
    'findNearest',
  ],
  counting: ['listDue', 'countOn', 'countMarked'],
  hours: [
    'listHours',
    'listSums',
    'streamHours',
    'findNewestCounted',
    'listCounted',
    'findNewestConfirmed',
    'listRecounts',
    'listConfirmed',
    'sumWaiting',
  ],
  confirmed: ['sumConfirmed', 'sumWaiting'],
  exports: ['findExport', 'listExports'],
  takenAway: ['streamSubscribed', 'streamApproved'],
  restoredDeliveries: ['listBeyond'],
  restored: ['listMarkedPetitions', 'survey', 'listMarkedAfter', 'countStuck', 'sumStanding'],
  ledger: [
    'listPositions',
    'findNewest',
    'findLast',
    'findEntry',
    'findHead',
    'listWithMembers',
    'streamEntries',
    'getTally',
    'listTallies',
    'getTotals',
    'listPetitionIds',
    'listUnpublished',
  ],
};
