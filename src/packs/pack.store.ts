import { type Connection, Schema } from 'mongoose';
import type { HandedIn } from './pack.ts';

const DURABLE = { writeConcern: { w: 'majority', j: true } } as const;

/** What was handed in; few, and read by the beginning of their `_id`. */
export function createPackStore(connection: Connection) {
  const schema = new Schema<HandedIn>(
    {
      _id: String,
      petitionId: String,
      officeId: String,
      on: String,
      folio: String,
      recordedBy: String,
      recordedAt: Date,
      answered: Object,
    },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
  const { collection } = connection.model<HandedIn>('HandedIn', schema, 'packs');

  /** The earliest first. */
  async function listByPetition(petitionId: string): Promise<HandedIn[]> {
    // ";" is the next character after ":".
    const range = { _id: { $gte: `${petitionId}:`, $lt: `${petitionId};` } as never };
    const found = (await collection.find(range).toArray()) as unknown as HandedIn[];
    return found.sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
  }

  /** What is recorded already stays as it is. */
  async function insert(handedIn: HandedIn): Promise<void> {
    const { _id, ...fields } = handedIn;
    await collection.updateOne({ _id: _id as never }, { $setOnInsert: fields }, { upsert: true, ...DURABLE });
  }

  /** @returns whether it was there and had no answer */
  async function setAnswered(id: string, answered: NonNullable<HandedIn['answered']>): Promise<boolean> {
    const unanswered = { _id: id as never, answered: { $exists: false } };
    const { modifiedCount } = await collection.updateOne(unanswered, { $set: { answered } }, DURABLE);
    return modifiedCount === 1;
  }

  return { listByPetition, insert, setAnswered };
}
export type PackStore = ReturnType<typeof createPackStore>;
