import { randomBytes } from 'node:crypto';
import { createKeyStore } from '../../src/keys/key.store.ts';
import { openKeyRing } from '../../src/keys/key-ring.service.ts';
import { createBatcher } from '../../src/lib/batcher.ts';
import { parseEmailAddress } from '../../src/lib/email-address.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { createSealer } from '../../src/lib/sealed.ts';
import { sketchOf } from '../../src/lib/text/minhash.ts';
import type { OutboxRow } from '../../src/mail/mail.ts';
import { createOutboxStore } from '../../src/mail/outbox.store.ts';
import { createSuppressionStore } from '../../src/mail/suppression.store.ts';
import type { Petition } from '../../src/petitions/petition.ts';
import { createAnswerTime } from '../../src/signatures/answer-time.ts';
import { createConfirmService } from '../../src/signatures/confirm.service.ts';
import {
  createAnswerRow,
  createIntakeService,
  createIntakeWriter,
  type Intake,
} from '../../src/signatures/intake.service.ts';
import { createLinkReader } from '../../src/signatures/linked.service.ts';
import { createLinks, type LinkPurpose } from '../../src/signatures/links.ts';
import { createMailChoices } from '../../src/signatures/mail-choice.service.ts';
import { createManageService } from '../../src/signatures/manage.service.ts';
import { createOptOutService } from '../../src/signatures/opt-out.service.ts';
import { createSignalsOf } from '../../src/signatures/signals.ts';
import type { SignForm } from '../../src/signatures/signature.schema.ts';
import { createSignatureStore } from '../../src/signatures/signature.store.ts';
import { type Signature, signatureId } from '../../src/signatures/signature.ts';
import { canBeRead } from '../../src/words/words.ts';
import { createTestClock } from './clock.ts';
import type { TestDatabase } from './database.ts';

export function buildPetition(over: Partial<Petition> = {}): Petition {
  const text = { title: 'No more unsafe returns', summary: 'Stop.', body: ['Stop.'] };
  return {
    _id: 'no-more-unsafe-returns',
    number: 1,
    state: 'open',
    order: 1,
    texts: { en: text, es: { ...text, title: 'No más devoluciones' } },
    demandIds: [],
    officeIds: [],
    factIds: [],
    lawIds: [],
    opensAt: new Date('2026-01-01T00:00:00Z'),
    ...over,
  };
}

export function buildForm(over: Partial<Omit<SignForm, 'email'>> & { email?: string } = {}): SignForm {
  const { email: typed = 'ana@home.example', ...rest } = over;
  const email = parseEmailAddress(typed);
  if (!email) throw new Error(`no address: ${typed}`);
  return {
    name: 'Ana Rosa',
    email,
    country: 'US',
    region: 'US-TX',
    words: undefined,
    over16: 'on',
    showName: false,
    shareWords: false,
    updates: false,
    source: 'direct',
    ...rest,
  };
}

/** Everything between a form and the database, over the real stores. */
export async function openSigning(database: TestDatabase) {
  const { connection } = database;
  const clock = createTestClock();
  const keyRing = await openKeyRing({
    store: createKeyStore(connection),
    dataDir: '/nowhere',
    masterKey: randomBytes(32),
    clock,
  });
  const petitions = [buildPetition(), buildPetition({ _id: 'safe-passage', number: 3, order: 3 })];
  const store = createSignatureStore(connection);
  const outbox = connection.collection('outbox');
  const { insertRows } = createOutboxStore(connection);
  const sealer = createSealer(keyRing.data);
  const links = createLinks({ keys: keyRing.link, clock });
  const answerTime = createAnswerTime();
  const batcher = createBatcher<Intake>({
    windowMs: 2,
    maxSize: 200,
    run: createIntakeWriter({ insertSignatures: store.insertSignatures, insertRows, answerTime }),
  });
  const reader = createLinkReader({
    links,
    findPetitionByNumber: async (number) => petitions.find((petition) => petition.number === number) ?? null,
    findSignature: store.findSignature,
  });
  const suppressed: { emailKey: string; scope: string; reason: string; network?: string }[] = [];
  const sketchWords = (petitionId: string, words: string) => sketchOf(words, keyRing.wordsKeyOf(petitionId));
  const suppressions = createSuppressionStore(connection);
  const mailChoices = createMailChoices({
    store,
    suppressions,
    listAllPetitions: async () => petitions,
    clock,
  });
  const { freeAnswers, forgetAnswers } = createOutboxStore(connection);
  const shared = {
    reader,
    store,
    sealer,
    sketchWords,
    canBeRead,
    mailChoices,
    signalsOf: createSignalsOf(keyRing),
    freeAnswers,
    forgetAnswers,
    clock,
    logger: silentLogger,
  };

  const idOf = (email: string, petition = petitions[0]) => {
    const canonical = parseEmailAddress(email)?.canonical ?? '';
    return signatureId(petition?._id ?? '', keyRing.emailKeyOf(canonical));
  };
  async function find(email: string, petition = petitions[0]): Promise<Signature | null> {
    return store.findSignature(idOf(email, petition));
  }
  /** The link that a mail to this address would carry now. */
  async function linkTo(purpose: LinkPurpose, email: string, petition = petitions[0]): Promise<string> {
    const signature = await find(email, petition);
    const emailKey = keyRing.emailKeyOf(parseEmailAddress(email)?.canonical ?? '');
    return links.mint(purpose, {
      petitionNumber: petition?.number ?? 0,
      emailKey,
      linkVersion: signature?.linkVersion ?? 0,
    });
  }

  return {
    clock,
    keyRing,
    petitions,
    store,
    outbox,
    sealer,
    links,
    reader,
    suppressed,
    suppressions,
    insertRows,
    idOf,
    find,
    linkTo,
    intake: createIntakeService({
      batcher,
      sealer,
      answerRow: createAnswerRow({ sealer, clock }),
      ...keyRing,
      clock,
    }),
    confirm: createConfirmService({
      ...shared,
      links,
      chooseMail: mailChoices.choose,
      insertRow: createBatcher<OutboxRow>({ windowMs: 2, maxSize: 200, run: insertRows }).add,
    }),
    manage: createManageService(shared),
    optOut: createOptOutService({
      ...shared,
      suppress: async (address) => {
        suppressed.push(address);
        await suppressions.suppress(address, clock.now());
      },
    }),
  };
}
export type Signing = Awaited<ReturnType<typeof openSigning>>;
