import { type Connection, Schema } from 'mongoose';
import { insertMissing } from '../database/bulk-insert.ts';
import { type Channel, type Office, type StoredOffice, withDefaults } from './office.ts';

export function createOfficeStore(connection: Connection) {
  const { collection } = connection.model<Office>('Office', officeSchema(), 'offices');

  async function listOffices(): Promise<Office[]> {
    const stored = await collection.find().sort({ order: 1 }).toArray();
    return (stored as unknown as StoredOffice[]).map(withDefaults);
  }

  async function findOffice(id: string): Promise<Office | null> {
    const stored = await collection.findOne({ _id: id as never });
    return stored && withDefaults(stored as unknown as StoredOffice);
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
      languages: [String],
      zone: String,
      hours: Object,
      pace: Object,
      holders: [Object],
      channels: [Object],
      isPostOnly: Boolean,
      order: Number,
      changes: [Object],
      revision: Number,
    },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
}
