import * as z from 'zod';
import { isZone } from '../lib/days.ts';
import { parseEmailAddress } from '../lib/email-address.ts';

/** As a form sends it: a field that is left empty leaves what is there. */
const line = z
  .string({ error: 'unreadable' })
  .trim()
  .max(300, 'tooLong')
  .regex(/^[^\r\n\0\ufffd]*$/, 'oneLine')
  .refine((value) => value === '' || value.length > 1, 'tooShort')
  .optional()
  .transform((value) => value || undefined);
const email = line.refine((value) => value === undefined || parseEmailAddress(value) !== null, 'invalid');

export const CampaignForm = z.object({
  legalName: line,
  postalAddress: line,
  contactEmail: email,
  privacyEmail: email,
  zone: line.refine((value) => value === undefined || isZone(value), 'unknown'),
});
