import type { Inserted } from '../database/insert.ts';
import { createBatcher } from '../lib/batcher.ts';
import type { Clock } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import type { KeySet, Sealer } from '../lib/sealed.ts';
import { sketchOf } from '../lib/text/minhash.ts';
import type { Hold, OutboxRow } from '../mail/mail.ts';
import type { Suppress, SuppressionStore } from '../mail/suppression.store.ts';
import type { Petition } from '../petitions/petition.ts';
import { createAlsoService } from './also.service.ts';
import { createAnswerComposer } from './answer.composer.ts';
import { createAnswerTime } from './answer-time.ts';
import { createConfirmService } from './confirm.service.ts';
import { createAnswerRow, createIntakeService, createIntakeWriter, type Intake } from './intake.service.ts';
import { createLinkReader } from './linked.ts';
import { createLinks } from './links.ts';
import { createLostLinkService } from './lost-link.service.ts';
import { createMailChoices } from './mail-choice.service.ts';
import { createMailLinks } from './mail-links.ts';
import { createManageService } from './manage.service.ts';
import { createOptOutService } from './opt-out.service.ts';
import { createReceiptComposer } from './receipt.composer.ts';
import { createSignatureMail, type SignatureMailDeps } from './signature.mail.ts';
import type { SignatureStore } from './signature.store.ts';
import type { CanBeRead } from './words-fields.ts';

/** While requests keep arriving they are gathered, for no longer than this, and written together. */
const GROUP_COMMIT = { windowMs: 12, maxSize: 200 };
/** Within five seconds whoever signs has an answer; the rest of them is for the form that comes back. */
const STORED_BY = { afterMs: 3_000, late: () => new AppError('DATABASE_UNAVAILABLE') };

/** Everything that its owner does with a signature, put together from what the other rooms give. */
export function createSignaturesRoom(
  deps: Pick<SignatureMailDeps, 'renderMail' | 'oneClickHeaders'> & {
    signatures: SignatureStore;
    suppressions: Pick<
      SuppressionStore,
      'findSuppression' | 'liftAll' | 'lowerToUpdates' | 'allowUnasked' | 'countNotMe'
    >;
    findHold(emailKey: string, scope: 'all'): Promise<Hold | undefined>;
    freeAnswers(signatureId: string): Promise<void>;
    forgetAnswers(signatureId: string): Promise<void>;
    hasRow(id: string): Promise<boolean>;
    suppress(address: Suppress): Promise<void>;
    insertRows(rows: readonly OutboxRow[]): Promise<(Error | undefined)[]>;
    insertCounted(rows: readonly OutboxRow[]): Promise<Inserted>;
    listPetitions(): Promise<readonly Petition[]>;
    findPetition(slug: string): Promise<Petition | null>;
    getPetition(slug: string): Promise<Petition>;
    findPetitionByNumber(number: number): Promise<Petition | null>;
    keyRing: {
      link: KeySet;
      emailKeyOf(canonical: string): string;
      networkKeyOf(network: string): string;
      wordsKeyOf(petitionId: string): Buffer;
    };
    canBeRead: CanBeRead;
    publicUrl: string;
    sealer: Sealer;
    clock: Clock;
    logger: Logger;
  },
) {
  const { signatures, suppressions, insertRows, keyRing, clock, sealer } = deps;
  const links = createLinks({ keys: keyRing.link, clock });
  const linksFor = createMailLinks({ links, publicUrl: deps.publicUrl });
  const reader = createLinkReader({ ...deps, links, findSignature: signatures.findSignature });
  const sketchWords = (petitionId: string, words: string) => sketchOf(words, keyRing.wordsKeyOf(petitionId));
  const mailChoices = createMailChoices({ ...deps, store: signatures });
  const shared = { ...deps, reader, store: signatures, mailChoices, sketchWords };

  const answerRow = createAnswerRow({ sealer, clock });
  const answerTime = createAnswerTime();
  const writeIntakes = createIntakeWriter({ ...signatures, answerTime, insertRows });
  const receipts = createBatcher<OutboxRow>({ ...GROUP_COMMIT, run: insertRows });
  const manage = createManageService(shared);
  const { allowUnasked, countNotMe } = suppressions;
  const composing = { ...shared, allowUnasked, countNotMe, mail: createSignatureMail({ ...deps, linksFor }) };
  const intake = createIntakeService({
    ...keyRing,
    batcher: createBatcher<Intake>({ ...GROUP_COMMIT, run: writeIntakes, deadline: STORED_BY }),
    answerRow,
    sealer,
    clock,
  });
  return {
    links,
    linksFor,
    reader,
    writeIntakes,
    intake,
    also: createAlsoService({ ...shared, links, intake }),
    lostLink: createLostLinkService({
      ...keyRing,
      insertAndCount: deps.insertCounted,
      answerRow,
      answerTime: createAnswerTime(),
    }),
    confirm: createConfirmService({
      ...shared,
      links,
      insertRow: receipts.add,
      chooseMail: mailChoices.choose,
    }),
    manage,
    optOut: createOptOutService(shared),
    sketchWords,
    answerComposer: createAnswerComposer(composing),
    receiptComposer: createReceiptComposer(composing),
  };
}
