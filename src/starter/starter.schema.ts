import * as z from 'zod';

const id = z.string().min(1);
const localized = <T extends z.ZodType>(schema: T) => z.strictObject({ en: schema, es: schema });
const text = z.string().trim().min(1);

export const SourceData = z.strictObject({
  id,
  author: text,
  title: localized(text),
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

export const DemandData = z.strictObject({
  id,
  officeIds: z.array(id).min(1),
  followsFor: z.array(id),
  text: localized(text),
});

export const LawData = z.strictObject({
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

export const OfficeData = z.strictObject({
  _id: id,
  name: localized(text),
  country: z.enum(['US', 'MX']),
  language: z.enum(['en', 'es']),
  zone: z
    .string()
    .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone), 'is no IANA time zone'),
  holders: z.array(z.never()),
  channels: z.array(PostData),
  isPostOnly: z.boolean(),
  order: z.int(),
});

export const PetitionData = z.strictObject({
  _id: z.string().regex(/^[a-z0-9-]+$/),
  number: z.int().min(1).max(65_535),
  order: z.int(),
  demandIds: z.array(id).min(1),
  officeIds: z.array(id).min(1),
  factIds: z.array(id).min(1),
  lawIds: z.array(id),
  opensAt: z.iso.datetime(),
});

export const PetitionTextData = z.strictObject({ title: text, summary: text, body: z.array(text).min(1) });

export type PetitionTextData = z.output<typeof PetitionTextData>;

/** Everything that ships, as it lies in the files. */
export const StarterData = z.strictObject({
  sources: z.array(SourceData),
  facts: z.array(FactData),
  demands: z.array(DemandData),
  laws: z.array(LawData),
  offices: z.array(OfficeData),
  petitions: z.array(PetitionData),
  /** slug → locale → text */
  texts: z.record(z.string(), localized(PetitionTextData)),
});
export type StarterData = z.output<typeof StarterData>;
