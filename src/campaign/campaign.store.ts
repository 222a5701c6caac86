import type { Connection } from 'mongoose';
import { insertMissing } from '../database/insert.ts';
import { openModel, text } from '../database/model.ts';
import type { Campaign } from './campaign.ts';

export type CampaignFields = Omit<Campaign, '_id'>;

const _id = 'campaign';

export function createCampaignStore(connection: Connection) {
  const campaigns = openModel<Campaign>(connection, 'campaign', {
    _id: text,
    legalName: String,
    postalAddress: String,
    contactEmail: String,
    privacyEmail: String,
    zone: String,
    siteName: { en: String, es: String },
  });

  async function findCampaign(): Promise<Campaign> {
    return (await campaigns.findOne({ _id }).lean<Campaign>()) ?? { _id };
  }

  async function setCampaign(fields: CampaignFields): Promise<void> {
    await campaigns.updateOne({ _id }, { $set: fields }, { upsert: true });
  }

  return {
    insertMissing: () => insertMissing(campaigns, [{ _id }]),
    findCampaign,
    setCampaign,
  };
}
export type CampaignStore = ReturnType<typeof createCampaignStore>;
