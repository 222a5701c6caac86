import * as z from 'zod';
import { OfficeFields } from '../offices/office.schema.ts';

const id = z.string().min(1);
const localized = <T extends z.ZodType>(schema: T) => z.strictObject({ en: schema, es: schema });
const text = z.string().trim().min(1);

const SourceData = z.strictObject({
  id,
  author: localized(text),
  title: localized(text).exactOptional(),
  publisher: text,
  date: z.string().regex(/^\d{4}(-\d{2}){0,2}$/),
});

const FigureData = z.strictObject({
  id: z.string().regex(/^F\d+_[a-z]+$/),
  value: z.number().positive(),
  unit: z.enum(['children', 'percent', 'people']),
  bound: z.enum(['exactly', 'over', 'nearly']),
});

export const FactData = z.strictObject({
  id,
  figures: z.array(FigureData),
  period: localized(text),
  sourceId: id,
  text: localized(text),
});

export type FactData = z.output<typeof FactData>;

const DemandData = z.strictObject({
  id,
  officeIds: z.array(id).min(1),
  followsFor: z.array(id),
  text: localized(text),
});

const CorrectionData = z.strictObject({
  factId: id,
  replacedBy: id,
  on: z.iso.date(),
  title: localized(text),
  wrong: localized(text),
  right: localized(text),
});

const LawData = z.strictObject({
  id,
  jurisdiction: z.enum(['US', 'MX', 'international']),
  name: localized(text),
  text: localized(text),
});

const PostData = z.strictObject({
  kind: z.enum(['post', 'form']),
  value: text,
  state: z.literal('unverified'),
  source: text,
  /** a month where the source tells no day */
  verifiedOn: z.union([z.iso.date(), z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/)]),
});

const OfficeData = z.strictObject({
  _id: id,
  name: localized(text),
  short: localized(text),
  country: OfficeFields.country,
  language: OfficeFields.language,
  languages: OfficeFields.languages,
  zone: OfficeFields.zone,
  hours: OfficeFields.hours,
  pace: OfficeFields.pace,
  holders: z.array(z.never()),
  channels: z.array(PostData),
  isPostOnly: z.boolean(),
  isInWashington: z.literal(true).exactOptional(),
  department: OfficeFields.department,
  enforcesImmigrationLaw: z.boolean(),
  order: z.int(),
});

const month = z.int().min(1).max(12);

/** A day of the year that may shift off a weekend, or the nth weekday of a month; how it is read: offices/holidays.ts. */
const HolidayData = z.strictObject({
  id,
  name: localized(text),
  on: z.union([
    z
      .strictObject({
        month,
        day: z.int().min(1).max(31),
        saturday: z.literal(-1).exactOptional(),
        sunday: z.literal(1).exactOptional(),
      })
      .refine(
        (on) => new Date(Date.UTC(2024, on.month - 1, on.day)).getUTCDate() === on.day,
        'is no day of the year',
      ),
    z.strictObject({
      month,
      weekday: z.int().min(1).max(7),
      nth: z.union([z.int().min(1).max(4), z.literal(-1)]),
    }),
  ]),
  years: z
    .strictObject({ from: z.int(), to: z.int().exactOptional(), every: z.int().min(1).exactOptional() })
    .exactOptional(),
  isWashingtonOnly: z.literal(true).exactOptional(),
});

const CountryHolidays = z.strictObject({ law: text, rules: z.array(HolidayData).min(1) });

const HolidaysData = z.strictObject({ US: CountryHolidays, MX: CountryHolidays });

const PetitionData = z.strictObject({
  _id: z.string().regex(/^[a-z0-9-]+$/),
  number: z.int().min(1).max(65_535),
  order: z.int(),
  demandIds: z.array(id).min(1),
  officeIds: z.array(id).min(1),
  factIds: z.array(id).min(1),
  lawIds: z.array(id),
  opensAt: z.iso.datetime(),
});

const PetitionTextData = z.strictObject({ title: text, summary: text, body: z.array(text).min(1) });

/** Everything that ships, as it lies in the files. */
export const StarterData = z.strictObject({
  sources: z.array(SourceData),
  facts: z.array(FactData),
  corrections: z.array(CorrectionData),
  demands: z.array(DemandData),
  laws: z.array(LawData),
  offices: z.array(OfficeData),
  holidays: HolidaysData,
  petitions: z.array(PetitionData),
  /** slug → locale → text */
  texts: z.record(z.string(), localized(PetitionTextData)),
});
export type StarterData = z.output<typeof StarterData>;
