import * as z from 'zod';
import { calendarDays, isZone } from '../lib/days.ts';
import { parseEmailAddress } from '../lib/email-address.ts';
import { LOCALES } from '../lib/locales.ts';
import { DEPARTMENTS, MOST_PACE } from './office.ts';

const text = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(300, 'is too long')
  .regex(/^\P{C}*$/u, 'must be one line of text');
const Short = text.max(30, 'is no short name');
const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time of day, HH:MM');
export const Day = z.iso.date({ error: 'must be a calendar day, YYYY-MM-DD' });
export const Reason = text;
const pageUrl = (error: string) => z.url({ protocol: /^https?$/, error });
const upTo = (most: number) => z.int('must be a whole number').min(0).max(most, `may be ${most} at most`);

/** An organiser's word that an address is the office's: where it is published, and on which day somebody looked (law 9). */
export const VerifiedEmail = z.object({
  email: z
    .string()
    .transform((value) => parseEmailAddress(value)?.mailTo ?? '')
    .refine((value) => value !== '', 'must be an e-mail address'),
  source: pageUrl('must be the http(s) address of the page where it is published'),
  checked: Day,
});
export type VerifiedEmail = z.output<typeof VerifiedEmail>;

/** What describes an office, in data that ships as in what an organiser enters. */
export const OfficeFields = {
  country: z.enum(['US', 'MX']),
  language: z.enum(LOCALES),
  languages: z.array(z.enum(LOCALES)).min(1),
  zone: z.string().refine(isZone, 'is no IANA time zone'),
  hours: z
    .strictObject({
      days: z.array(z.int().min(1).max(7)).min(1, 'must name a day'),
      from: time,
      to: time,
    })
    .refine(({ from, to }) => from < to, 'must end after they begin'),
  department: z.enum(DEPARTMENTS).exactOptional(),
  enforcesImmigrationLaw: z.boolean().exactOptional(),
  pace: z.strictObject({
    digestsPerMonth: upTo(MOST_PACE.digestsPerMonth),
    lettersPerHour: upTo(MOST_PACE.lettersPerHour),
    lettersInAll: upTo(MOST_PACE.lettersInAll),
  }),
};

export const NewOffice = z.object({
  _id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be a short name of a–z, 0–9 and hyphens'),
  name: z.strictObject({ en: text, es: text }),
  short: z.strictObject({ en: Short, es: Short }).exactOptional(),
  country: OfficeFields.country,
  language: OfficeFields.language,
  languages: OfficeFields.languages,
  zone: OfficeFields.zone,
  hours: OfficeFields.hours,
  isPostOnly: z.boolean(),
  isInWashington: z.boolean().exactOptional(),
  department: OfficeFields.department,
  enforcesImmigrationLaw: OfficeFields.enforcesImmigrationLaw,
});

export const OfficeChange = NewOffice.pick({
  name: true,
  short: true,
  language: true,
  languages: true,
  zone: true,
  hours: true,
  isInWashington: true,
  department: true,
  enforcesImmigrationLaw: true,
});

/** Closing days that an office publishes, or an order gives it. */
export const NewClosing = z
  .object({
    from: Day,
    to: Day,
    because: text,
    source: pageUrl('must be the http(s) address of the page that says so'),
  })
  .refine(({ from, to }) => from <= to && calendarDays(from, to) < 62, {
    path: ['to'],
    error: 'must not be before the first day, nor two months after it',
  });

export const NewHolder = z
  .object({
    name: text,
    title: z.strictObject({ en: text, es: text }),
    from: Day,
    to: Day.exactOptional(),
  })
  .refine(({ from, to }) => to === undefined || from < to, {
    path: ['to'],
    error: 'must be a day after the first one',
  });

const evidence = {
  source: pageUrl('must be the http(s) address of the page where it is published').exactOptional(),
  checked: Day.exactOptional(),
};

/** A further way to reach an office; without a page and a day it stays unverified. */
export const NewChannel = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('email'), value: VerifiedEmail.shape.email, ...evidence }),
  z.object({ kind: z.literal('form'), value: pageUrl('must be the http(s) address of a form'), ...evidence }),
  z.object({ kind: z.literal('post'), value: text, ...evidence }),
  z.object({ kind: z.literal('via'), value: text, ...evidence }),
]);
export type NewChannel = z.output<typeof NewChannel>;
