import { type Connection, Schema } from 'mongoose';
import { insertAndCount, insertMissing } from '../database/bulk-insert.ts';
import { type Office, type StoredOffice, withDefaults } from './office.ts';

/** One of those who change an office at once always succeeds: as many may try. */
const ATTEMPTS = 100;
const DURABLE = { writeConcern: { w: 'majority', journal: true } } as const;

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

  /** False when there is one of this id. */
  async function insertOffice(office: Office): Promise<boolean> {
    return (await insertAndCount(collection, [office])).inserted === 1;
  }

  /**
   * Changes an office as it is at that moment: `change` is asked anew while others change it too, so it must do nothing
   * else. What it gives back unchanged is not written.
   * @returns the office as it is then; null when there is none
   */
  async function changeOffice(id: string, change: (office: Office) => Office): Promise<Office | null> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const office = await findOffice(id);
      if (!office) return null;
      const changed = change(office);
      if (changed === office) return office;
      const next = { ...changed, revision: (office.revision ?? 0) + 1 };
      const seen = { _id: id as never, revision: office.revision ?? { $exists: false } };
      const { matchedCount } = await collection.replaceOne(seen, next as never, DURABLE);
      if (matchedCount === 1) return next;
    }
    throw new Error(`office ${id} changed ${ATTEMPTS} times while it was to be changed`);
  }

  return {
    insertMissing: (offices: readonly Office[]) => insertMissing(collection, offices),
    listOffices,
    findOffice,
    insertOffice,
    changeOffice,
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
      isInWashington: Boolean,
      closings: [Object],
      pace: Object,
      holders: [Object],
      channels: [Object],
      isPostOnly: Boolean,
      answerLinkVersion: Number,
      order: Number,
      changes: [Object],
      revision: Number,
    },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
}
