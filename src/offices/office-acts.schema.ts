import * as z from 'zod';
import type { TypedValues } from '../lib/typed.ts';
import { NewOffice, OfficeFields, Reason } from './office.schema.ts';

/** Of a form: numbers and boxes come as text. */
const box = z.literal('on').optional();
const number = z
  .string()
  .regex(/^\d{1,6}$/)
  .transform(Number);

export const Chosen = z.object({ channel: z.string().min(1) });
export const ChosenWithReason = Chosen.extend({ reason: Reason.optional() });
export const WithReason = z.object({ reason: Reason });
export const MaybeReason = z.object({ reason: Reason.optional() });
export const Nothing = z.object({});

export const PaceForm = z.object({
  digestsPerMonth: number.pipe(OfficeFields.pace.shape.digestsPerMonth),
  lettersPerHour: number.pipe(OfficeFields.pace.shape.lettersPerHour),
  lettersInAll: number.pipe(OfficeFields.pace.shape.lettersInAll),
});

export const HolderForm = z
  .object({
    holderName: Reason,
    titleEn: Reason,
    titleEs: Reason,
    from: z.iso.date(),
    to: z.iso.date().optional(),
  })
  .refine(({ from, to }) => to === undefined || from < to, { path: ['to'], error: 'beforeFrom' });
export const HolderEndForm = z.object({ holder: z.string().min(1), on: z.iso.date() });
export const HolderForgetForm = z.object({ holder: z.string().min(1) });

export const ClosingForm = z
  .object({
    from: z.iso.date(),
    to: z.iso.date().optional(),
    because: Reason,
    source: z.url({ protocol: /^https?$/ }),
    everyOffice: box,
  })
  .refine(({ from, to = from }) => from <= to, { path: ['to'], error: 'beforeFrom' });
export const ClosingForgetForm = z.object({ closing: z.iso.date() });

const recordFields = {
  nameEn: NewOffice.shape.name.shape.en,
  nameEs: NewOffice.shape.name.shape.es,
  shortEn: z.string().max(30, 'tooLong').optional(),
  shortEs: z.string().max(30, 'tooLong').optional(),
  zone: OfficeFields.zone,
  language: OfficeFields.language,
  alsoEn: box,
  alsoEs: box,
  washington: box,
  enforces: z.enum(['yes', 'no']),
  dhs: box,
};
export const RecordForm = z.object(recordFields);
export const NewOfficeForm = z.object({
  ref: NewOffice.shape._id,
  country: OfficeFields.country,
  postOnly: box,
  ...recordFields,
});
type RecordForm = z.output<typeof RecordForm>;

/** As the service takes it. */
export function recordOf(form: RecordForm) {
  const { nameEn, nameEs, shortEn, shortEs, zone, language, alsoEn, alsoEs } = form;
  const en = shortEn ?? shortEs;
  return {
    name: { en: nameEn, es: nameEs },
    ...(en && { short: { en, es: shortEs ?? en } }),
    zone,
    language,
    languages: [
      ...(alsoEn || language === 'en' ? ['en' as const] : []),
      ...(alsoEs || language === 'es' ? ['es' as const] : []),
    ],
    isInWashington: form.washington === 'on',
    enforcesImmigrationLaw: form.enforces === 'yes',
    ...(form.dhs && { department: 'DHS' as const }),
  };
}

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
export const HoursForm = z
  .object({
    day1: z.array(z.number()).min(1, 'noDay'),
    fromTime: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/),
    toTime: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/),
  })
  .refine(({ fromTime, toTime }) => fromTime < toTime, { path: ['toTime'], error: 'beforeFrom' });
export type HoursForm = z.output<typeof HoursForm>;

/** Seven boxes are one list of days; its fault lies at the first. */
export function hoursTyped(typed: TypedValues): Record<string, unknown> {
  return { ...typed, day1: WEEKDAYS.filter((day) => typed[`day${day}`] === 'on') };
}
