import { type Connection, Schema } from 'mongoose';
import { insertMissing } from '../database/bulk-insert.ts';
import type { Campaign } from './campaign.ts';

export type CampaignFields = Omit<Campaign, '_id'>;

export function createCampaignStore(connection: Connection) {
  const schema = new Schema<Campaign>(
    {
      _id: String,
      legalName: String,
      postalAddress: String,
      contactEmail: String,
      privacyEmail: String,
      zone: String,
    },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
  const { collection } = connection.model<Campaign>('Campaign', schema, 'campaign');
  const byId = { _id: 'campaign' as never };

  async function findCampaign(): Promise<Campaign> {
    return ((await collection.findOne(byId)) as unknown as Campaign | null) ?? { _id: 'campaign' };
  }

  async function setCampaign(fields: CampaignFields): Promise<void> {
    await collection.updateOne(byId, { $set: fields }, { upsert: true });
  }

  return {
    insertMissing: () => insertMissing(collection, [{ _id: 'campaign' }]),
    findCampaign,
    setCampaign,
  };
}
export type CampaignStore = ReturnType<typeof createCampaignStore>;
