import type { Infra } from '../../infra.ts';
import { invalidInput } from '../../lib/errors.ts';
import { openWhole, type SealedWhole } from '../../lib/sealed-pieces.ts';
import { keptMailContext, peopleOf } from './incoming.service.ts';
import type { IncomingRecord, IncomingStore } from './incoming.store.ts';
import type { KeptMailStore } from './kept-mail.store.ts';
import type { IncomingReading } from './read-incoming.ts';
import type { Reader } from './reader.ts';

/** Six hex digits name one among many thousands; fewer are a slip. */
const BEGINNING = /^[0-9a-f]{6,32}$/;

/** One message that came, its record, and its bytes. */
export type KeptMail = { record: IncomingRecord; raw: Buffer };

/** A person who asks for their mail to be deleted, and the letters of theirs that an office may have replied to. */
export type Asking = { emailKey: string; deliveryIds: readonly string[] };
const BATCH = 50;

/** Every message that came, whole, for organisers. */
export function createKeptMailService(
  deps: Pick<Infra, 'sealer'> &
    Pick<Infra['keys'], 'emailKeyOf' | 'mailKeyOf'> &
    Pick<IncomingStore, 'findRecord' | 'listIdsOf'> &
    Pick<KeptMailStore, 'findMail' | 'findPiece' | 'listUnnamed' | 'notePeople' | 'deleteOf' | 'countOf'> &
    Pick<Reader, 'read'>,
) {
  const { findRecord, listIdsOf, read, sealer, mailKeyOf } = deps;

  /**
   * By its id, or the beginning of it.
   * @throws INPUT_INVALID when none has it, or several, or when its time is over
   */
  async function getMail(id: string): Promise<KeptMail> {
    const record = BEGINNING.test(id) ? await findRecord(id) : null;
    if (!record) throw invalidInput(`No message has the id "${id}", as \`mail incoming\` shows it.`);
    const whole = await deps.findMail(record._id);
    if (!whole) throw invalidInput(`The message ${id} was not kept, or is no longer.`);
    return { record, raw: await openMail(whole) };
  }

  const openMail = ({ _id, ...whole }: SealedWhole & { _id: string }) =>
    openWhole(sealer, whole, keptMailContext(_id), deps.findPiece);

  /** What it says now; null when it cannot be read. */
  async function readMail({ raw }: Pick<KeptMail, 'raw'>): Promise<IncomingReading | null> {
    const reading = await read(raw);
    return reading === 'unread' ? null : reading;
  }

  /** How many mails are kept that a person wrote, got or is reported of, or that came back about a letter of theirs. */
  async function countMail({ emailKey, deliveryIds }: Asking): Promise<number> {
    await nameAll();
    return deps.countOf(mailKeyOf(emailKey), await listIdsOf(deliveryIds));
  }

  /** Deletes them. That they came stays on record, without a word of them. Answers how many. */
  async function eraseMail({ emailKey, deliveryIds }: Asking): Promise<number> {
    await nameAll();
    return deps.deleteOf(mailKeyOf(emailKey), await listIdsOf(deliveryIds));
  }

  /** Whose those are that an earlier version kept. What cannot be read is nobody's. */
  async function nameAll(): Promise<void> {
    let after = '';
    for (;;) {
      const unnamed = await deps.listUnnamed(after, BATCH);
      for (const mail of unnamed) {
        const { _id } = mail;
        const reading = await readMail({ raw: await openMail(mail) });
        await deps.notePeople(_id, peopleOf(reading ?? undefined, undefined, deps));
        after = _id;
      }
      if (unnamed.length < BATCH) return;
    }
  }

  return { getMail, readMail, countMail, eraseMail };
}
export type KeptMailService = ReturnType<typeof createKeptMailService>;
