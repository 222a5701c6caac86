import type { Infra } from '../../infra.ts';
import { invalidInput } from '../../lib/errors.ts';
import { keptMailContext } from './incoming.service.ts';
import type { IncomingRecord, IncomingStore } from './incoming.store.ts';
import type { KeptMailStore } from './kept-mail.store.ts';
import type { IncomingReading } from './read-incoming.ts';
import type { Reader } from './reader.ts';

/** Six hex digits name one among many thousands; fewer are a slip. */
const BEGINNING = /^[0-9a-f]{6,32}$/;

/** One message that came, its record, and its bytes. */
export type KeptMail = { record: IncomingRecord; raw: Buffer };

/** Every message that came, whole, for organisers. */
export function createKeptMailService(
  deps: Pick<Infra, 'sealer'> &
    Pick<IncomingStore, 'findRecord'> &
    Pick<KeptMailStore, 'findMail'> &
    Pick<Reader, 'read'>,
) {
  const { findRecord, findMail, read, sealer } = deps;

  /**
   * By its id, or the beginning of it.
   * @throws INPUT_INVALID when none has it, or several, or when its time is over
   */
  async function getMail(id: string): Promise<KeptMail> {
    const record = BEGINNING.test(id) ? await findRecord(id) : null;
    if (!record) throw invalidInput(`No message has the id "${id}", as \`mail incoming\` shows it.`);
    const sealed = await findMail(record._id);
    if (!sealed) throw invalidInput(`The message ${id} was not kept, or is no longer.`);
    return { record, raw: sealer.openBytes(sealed, keptMailContext(record._id)) };
  }

  /** What it says now; null when it cannot be read. */
  async function readMail({ raw }: Pick<KeptMail, 'raw'>): Promise<IncomingReading | null> {
    const reading = await read(raw);
    return reading === 'unread' ? null : reading;
  }

  return { getMail, readMail };
}
export type KeptMailService = ReturnType<typeof createKeptMailService>;
