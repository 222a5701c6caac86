import type { Infra } from '../infra.ts';
import { createBatcher } from '../lib/batcher.ts';
import { AppError } from '../lib/errors.ts';
import { sketchOf } from '../lib/text/minhash.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import type { OutboxRow, RenderMail } from '../mail/mail.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { createAlsoService } from './also.service.ts';
import { createAnswerComposer } from './answer.composer.ts';
import { createAnswerTime } from './answer-time.ts';
import { createAskingStore } from './asking.store.ts';
import { createConfirmService } from './confirm.service.ts';
import { createAnswerRow, createIntakeService, createIntakeWriter, type Intake } from './intake.service.ts';
import { createLinkReader } from './linked.service.ts';
import { createLinks } from './links.ts';
import { createLostLinkService } from './lost-link.service.ts';
import { createMailChoices } from './mail-choice.service.ts';
import { createMailLinks } from './mail-links.ts';
import { createManageService } from './manage.service.ts';
import { createOptOutService } from './opt-out.service.ts';
import { createReceiptComposer } from './receipt.composer.ts';
import { createReminderComposer } from './reminder.composer.ts';
import { createSignalsOf } from './signals.ts';
import { createSignatureMail } from './signature.mail.ts';
import { createSignatureStore } from './signature.store.ts';
import type { CanBeRead } from './words-fields.ts';

/** While requests keep arriving they are gathered, for no longer than this, and written together. */
const GROUP_COMMIT = { windowMs: 12, maxSize: 200 };
/** Within five seconds whoever signs has an answer; the rest of them is for the form that comes back. */
const STORED_BY = { afterMs: 3_000, late: () => new AppError('DATABASE_UNAVAILABLE') };

/** Everything that its owner does with a signature. */
export function createSignatures(
  infra: Infra,
  rooms: {
    petitions: PetitionService;
    mail: MailRoom;
    canBeRead: CanBeRead;
    renderMail: RenderMail;
    /** a server has taken a mail with a link to confirm */
    noteMailed(petitionId: string): void;
    waitsForPlaceMs: number;
  },
) {
  const { petitions, mail, canBeRead, renderMail, noteMailed, waitsForPlaceMs } = rooms;
  const { config, connection, keys } = infra;
  const store = createSignatureStore(connection);
  const links = createLinks({ keys: keys.link, clock: infra.clock });
  const linksFor = createMailLinks({ links, publicUrl: config.publicUrl });
  const reader = createLinkReader({ ...petitions, ...store, links });
  const mailChoices = createMailChoices({ ...infra, ...petitions, ...mail, store });
  const sketchWords = (petitionId: string, words: string) => sketchOf(words, keys.wordsKeyOf(petitionId));
  const signalsOf = createSignalsOf(keys);
  const rules = { sketchWords, canBeRead, signalsOf };
  const shared = { ...infra, ...petitions, ...mail, ...rules, store, reader, mailChoices };

  const answerRow = createAnswerRow(infra);
  const writeIntakes = createIntakeWriter({ ...store, ...mail, answerTime: createAnswerTime() });
  const batcher = createBatcher<Intake>({ ...GROUP_COMMIT, run: writeIntakes, deadline: STORED_BY });
  const receipts = createBatcher<OutboxRow>({ ...GROUP_COMMIT, run: mail.insertRows });
  const composing = { ...shared, mail: createSignatureMail({ ...infra, linksFor, renderMail }) };
  const intake = createIntakeService({ ...infra, ...keys, batcher, answerRow });
  return {
    store,
    asking: createAskingStore(connection),
    links,
    linksFor,
    reader,
    sketchWords,
    writeIntakes,
    intake,
    answerRow,
    mailChoices,
    also: createAlsoService({ ...shared, ...keys, links, intake }),
    lostLink: createLostLinkService({ ...mail, ...keys, answerRow, answerTime: createAnswerTime() }),
    confirm: createConfirmService({
      ...shared,
      links,
      insertRow: receipts.add,
      chooseMail: mailChoices.choose,
    }),
    manage: createManageService(shared),
    optOut: createOptOutService(shared),
    answerComposer: createAnswerComposer({ ...composing, noteMailed }),
    reminderComposer: createReminderComposer(composing),
    receiptComposer: createReceiptComposer({ ...composing, waitsForPlaceMs }),
  };
}
export type SignaturesRoom = ReturnType<typeof createSignatures>;
