import * as z from 'zod';
import { parseEmailAddress } from '../lib/email-address.ts';

/** An organiser's word that an address is the office's: where it is published, and on which day somebody looked (law 9). */
export const VerifiedEmail = z.object({
  email: z
    .string()
    .transform((value) => parseEmailAddress(value)?.mailTo ?? '')
    .refine((value) => value !== '', 'must be an e-mail address'),
  source: z.url({
    protocol: /^https?$/,
    error: 'must be the http(s) address of the page where it is published',
  }),
  checked: z.iso.date({ error: 'must be a calendar day, YYYY-MM-DD' }),
});
export type VerifiedEmail = z.output<typeof VerifiedEmail>;
