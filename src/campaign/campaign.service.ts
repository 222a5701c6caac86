import * as z from 'zod';
import { createCached } from '../lib/cached.ts';
import { type Clock, SECOND } from '../lib/clock.ts';
import { isZone } from '../lib/days.ts';
import { parseEmailAddress } from '../lib/email-address.ts';
import { readInput } from '../lib/form-faults.ts';
import type { CampaignFields, CampaignStore } from './campaign.store.ts';
import { type Campaign, isCampaignComplete, isTrialAddress, zoneOf } from './campaign.ts';

const line = z
  .string()
  .trim()
  .min(2)
  .max(300)
  .regex(/^[^\r\n\0]*$/, 'must be one line');
const email = line.refine((value) => parseEmailAddress(value) !== null, 'must be an e-mail address');

const CampaignForm = z.object({
  legalName: line.optional(),
  postalAddress: line.optional(),
  contactEmail: email.optional(),
  privacyEmail: email.optional(),
  // By path: a name in one language leaves the other.
  'siteName.en': line.optional(),
  'siteName.es': line.optional(),
  zone: z.string().refine(isZone, 'must be an IANA time zone, such as America/Mexico_City').optional(),
});

/** Who we are (law 16). */
export function createCampaignService({ store, clock }: { store: CampaignStore; clock: Clock }) {
  const cached = createCached({ load: store.findCampaign, freshMs: SECOND, clock });

  async function getCampaign(): Promise<Campaign> {
    return cached.get();
  }

  /** In which the days of public figures are counted, and dates of no office are read. */
  async function getZone(): Promise<string> {
    return zoneOf(await getCampaign());
  }

  /** Sets what is given and leaves the rest. @throws INPUT_INVALID naming each fault */
  async function setCampaign(fields: Record<string, unknown>): Promise<Campaign> {
    const read = readInput(CampaignForm, fields);
    await store.setCampaign(
      Object.fromEntries(Object.entries(read).filter(([, value]) => value)) as CampaignFields,
    );
    cached.forget();
    return getCampaign();
  }

  /** A trial installation writes to `.example` and `.test` alone. */
  async function mayWriteTo(address: string): Promise<boolean> {
    return isTrialAddress(address) || isCampaignComplete(await getCampaign());
  }

  return { getCampaign, getZone, setCampaign, mayWriteTo, warm: cached.warm };
}
export type CampaignService = ReturnType<typeof createCampaignService>;
