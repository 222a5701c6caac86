import { type Connection, Schema } from 'mongoose';
import { insertMissing } from '../database/bulk-insert.ts';
import type { Channel, Office } from './office.ts';

export function createOfficeStore(connection: Connection) {
  const { collection } = connection.model<Office>('Office', officeSchema(), 'offices');

  async function listOffices(): Promise<Office[]> {
    return (await collection.find().sort({ order: 1 }).toArray()) as unknown as Office[];
  }

  async function findOffice(id: string): Promise<Office | null> {
    return (await collection.findOne({ _id: id as never })) as unknown as Office | null;
  }

  /** The one e-mail channel, in the place of any other, in one write. */
  async function putEmailChannel(id: string, channel: Channel): Promise<boolean> {
    const others = { $filter: { input: '$channels', cond: { $ne: ['$$this.kind', 'email'] } } };
    const { matchedCount } = await collection.updateOne({ _id: id as never, isPostOnly: false }, [
      { $set: { channels: { $concatArrays: [others, [{ $literal: channel }]] } } },
    ]);
    return matchedCount === 1;
  }

  return {
    insertMissing: (offices: readonly Office[]) => insertMissing(collection, offices),
    listOffices,
    findOffice,
    putEmailChannel,
  };
}
export type OfficeStore = ReturnType<typeof createOfficeStore>;

function officeSchema(): Schema<Office> {
  return new Schema<Office>(
    {
      _id: String,
      name: Object,
      country: String,
      language: String,
      zone: String,
      holders: [Object],
      channels: [Object],
      isPostOnly: Boolean,
      answerLinkVersion: Number,
      order: Number,
    },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
}
