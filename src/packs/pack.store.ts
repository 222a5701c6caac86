import type { Connection } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { date, openModel, part, text } from '../database/model.ts';
import type { HandedIn } from './pack.ts';

type Answered = NonNullable<HandedIn['answered']>;

/** What was handed in; few, and read by the beginning of their `_id`. */
export function createPackStore(connection: Connection) {
  const packs = openModel<HandedIn>(connection, 'packs', {
    _id: text,
    petitionId: text,
    officeId: text,
    on: text,
    folio: text,
    recordedBy: text,
    recordedAt: date,
    answered: part<Answered>({ on: text, recordedBy: text, recordedAt: date }),
  });

  /** The earliest first. */
  async function listByPetition(petitionId: string): Promise<HandedIn[]> {
    // ";" is the next character after ":".
    const range = { $gte: `${petitionId}:`, $lt: `${petitionId};` };
    const found = await packs.find({ _id: range }).lean<HandedIn[]>();
    return found.sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
  }

  /** What is recorded already stays as it is. */
  async function insert(handedIn: HandedIn): Promise<void> {
    await insertOnce(packs, handedIn);
  }

  /** @returns whether it was there and had no answer */
  async function setAnswered(id: string, answered: Answered): Promise<boolean> {
    const unanswered = { _id: id, answered: { $exists: false } };
    return (await packs.updateOne(unanswered, { $set: { answered } })).modifiedCount === 1;
  }

  return { listByPetition, insert, setAnswered };
}
export type PackStore = ReturnType<typeof createPackStore>;
