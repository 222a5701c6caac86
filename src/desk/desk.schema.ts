import * as z from 'zod';
import { isDay } from '../lib/days.ts';
import { canonicalPlace, countryOfRegion, isCountry, isRegion } from '../lib/places.ts';
import { cleanLine } from '../lib/text/text.ts';
import { BURST_KINDS } from './burst.ts';
import { GRAVE_ACTS, LIGHT_ACTS, STANDINGS } from './desk.ts';
import { VERBS } from './rule.ts';

const WHY_MAX = 300;
const typed = z.string({ error: 'unreadable' }).transform(cleanLine);
const Optional = typed.default('');
/** Recorded for good; a reason is never empty. */
const Why = z
  .string({ error: 'required' })
  .transform(cleanLine)
  .refine((value) => value.length > 0, { error: 'required', abort: true })
  .refine((value) => [...value].length <= WHY_MAX, { error: 'tooLong' });

/** `2026-11-28` or `2026-11-28 14:30`, as a clock on the wall shows it. */
export type WallTime = { day: string; minutes: number };
const Moment = Optional.transform((value, context): WallTime | undefined => {
  if (value === '') return undefined;
  const [, day = '', hour = '0', minute = '0'] =
    /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2}):(\d{2}))?$/.exec(value) ?? [];
  if (isDay(day) && Number(hour) < 24 && Number(minute) < 60)
    return { day, minutes: Number(hour) * 60 + Number(minute) };
  context.addIssue({ code: 'custom', message: 'invalid' });
  return z.NEVER;
});

/** `MX` or `MX-CHP`. */
const Place = Optional.transform((value, context) => {
  const code = value.toUpperCase();
  if (code === '') return {};
  if (isRegion(code)) return { country: countryOfRegion(code), region: code };
  if (isCountry(code)) return canonicalPlace<{ country: string; region?: string }>({ country: code });
  context.addIssue({ code: 'custom', message: 'unknown' });
  return z.NEVER;
});

const Slug = z.string().regex(/^[\w-]{1,100}$/);
const Standing = z.enum(STANDINGS);
const chosen = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' || value === 'any' ? undefined : value), schema.optional());

/** What signatures are looked for by. */
export const FindForm = z.object({
  box: Optional,
  petition: chosen(Slug),
  source: Optional.refine((value) => /^[a-z]{0,20}$/.test(value), { error: 'unknown' }),
  place: Place,
  standing: chosen(Standing),
  from: Moment,
  to: Moment,
});
export type FindForm = z.output<typeof FindForm>;

const Key = z.string().regex(/^[\w-]{16}$/);
const When = z.iso.datetime().transform((text) => new Date(text));
const given = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** What stands in the address of a page of results: keyed, so that no address shows whom somebody looked for. */
const SelectionFields = {
  petition: given(Slug),
  domain: given(Key),
  network: given(Key),
  source: given(z.string().regex(/^[a-z]{1,20}$/)),
  country: given(z.string().refine(isCountry)),
  region: given(z.string().refine(isRegion)),
  from: given(When),
  to: given(When),
};
function toSelection(fields: z.output<z.ZodObject<typeof SelectionFields>>) {
  const { petition, domain, network, source, country, region, from, to } = fields;
  return {
    ...(petition && { petitionId: petition }),
    ...(domain && { domain }),
    ...(network && { network }),
    ...(source && { source }),
    ...(country && { country }),
    ...(region && { region }),
    ...(from && { from }),
    ...(to && { to }),
  };
}
export const DeskQuery = z
  .object({
    ...SelectionFields,
    standing: given(Standing),
    who: given(z.string().regex(/^[\w-]{60,90}$/)),
    after: given(z.string().regex(/^\d{1,15}\.\d{1,9}$/)),
  })
  .transform(({ standing, who, after, ...fields }) => {
    const [at = 0, skip = 0] = (after ?? '').split('.').map(Number);
    return {
      selection: toSelection(fields),
      ...(standing && { standing }),
      ...(who && { who }),
      ...(after && { after: { at: new Date(at), skip } }),
    };
  });

/** A rule as it is sent: what it selects as the address of its page says it. */
export const RuleForm = z
  .object({ ...SelectionFields, verb: z.enum(VERBS, { error: 'required' }), whyRule: Why })
  .transform(({ verb, whyRule, ...fields }) => ({ verb, why: whyRule, selection: toSelection(fields) }));

export const LookedForm = z.object({
  hour: z.string().regex(/^[\w-]{1,100}:[\dT-]{13}$/),
  kind: z.enum(BURST_KINDS),
  key: Key,
});

export const LightActForm = z.object({ act: z.enum(LIGHT_ACTS, { error: 'required' }), why: Why });
export const GraveActForm = z.object({
  removal: z.enum(GRAVE_ACTS, { error: 'required' }),
  whyRemoval: Why,
});
export const EraseForm = z.object({
  typedAddress: typed.refine((value) => value.length > 0, { error: 'required' }),
  whyErase: Why,
});
