import * as z from 'zod';
import { isZone } from '../lib/days.ts';
import { LOCALES } from '../lib/locales.ts';
import { momentInZone } from '../lib/wall-clock.ts';

const UNREADABLE = /\0|\ufffd/;

const text = z
  .string({ error: (issue) => (issue.input === undefined ? 'required' : 'unreadable') })
  .trim()
  .refine((value) => !UNREADABLE.test(value), { error: 'unreadable', abort: true });
export const filled = text.refine((value) => value !== '', { error: 'required', abort: true });
const sentence = filled.refine((value) => value.length <= 600, 'tooLong');

/** The public reads why, in both languages; the slug is typed, since nothing opens it again. */
export const closeFormOf = (slug: string) =>
  z.object({
    closeReasonEn: sentence,
    closeReasonEs: sentence,
    closeSlug: filled.refine((value) => value === slug, 'mismatch'),
  });

export const TakeDownForm = z.object({ takeDownReason: sentence });

const typed = text.optional().default('');

/**
 * A day, an hour and the zone that they are meant in. `which` is asked where the clocks show that hour twice. The fields of
 * each form have names of their own, as several stand on one page.
 */
function momentFormOf<N extends string>(name: N) {
  return z
    .object({
      [`${name}Day`]: typed,
      [`${name}Time`]: typed,
      [`${name}Zone`]: typed,
      [`${name}Which`]: typed,
    })
    .transform((fields, context): Date | undefined => {
      const {
        [`${name}Day`]: day,
        [`${name}Time`]: time,
        [`${name}Zone`]: zone,
        [`${name}Which`]: which,
      } = fields as Record<string, string>;
      const refuse = (field: string, message: string) => {
        context.addIssue({ code: 'custom', message, path: [`${name}${field}`] });
        return z.NEVER;
      };
      if (!day && !time) return undefined;
      if (!zone || !isZone(zone)) return refuse('Zone', 'unknown');
      const moment = momentInZone(day ?? '', (time ?? '').trim(), zone);
      if (moment.ok) return moment.at;
      if (moment.fault !== 'twice') return refuse(moment.fault === 'day' ? 'Day' : 'Time', moment.fault);
      if (which === 'first') return moment.at[0];
      if (which === 'second') return moment.at[1];
      return refuse('Which', 'twice');
    });
}

/** Of a draft: without a day it opens at once. */
export const FirstOpeningForm = momentFormOf('opens');
export const OpeningForm = momentFormOf('opens').refine((at) => at !== undefined, {
  path: ['opensDay'],
  error: 'required',
});
export const EndForm = momentFormOf('closes');

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** Words that mean a page of the console where a slug could stand. */
const TAKEN: readonly string[] = ['new'];

export const NewForm = z.object({
  newSlug: filled
    .refine((value) => value.length <= 60, { error: 'tooLong', abort: true })
    .refine((value) => SLUG.test(value) && !TAKEN.includes(value), 'invalid'),
  from: text.optional(),
});

/** Paragraphs have an empty line between them. */
const body = text
  .optional()
  .default('')
  .refine((value) => value.length <= 12_000, 'tooLong')
  .transform((value) =>
    value
      .replaceAll('\r\n', '\n')
      .split(/\n\s*\n/)
      .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
      .filter((paragraph) => paragraph !== ''),
  );
const line = (max: number) =>
  text
    .optional()
    .default('')
    .transform((value) => value.replace(/\s+/g, ' '))
    .refine((value) => value.length <= max, 'tooLong');
/** Boxes of one name; a form that was kept and sent again has them in one field, a line each. */
const ids = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) => [value ?? []].flat().flatMap((one) => one.split('\n')));

export const EditForm = z
  .object({
    version: z.coerce.number().int().min(1),
    titleEn: line(160),
    titleEs: line(160),
    summaryEn: line(500),
    summaryEs: line(500),
    bodyEn: body,
    bodyEs: body,
    demands: ids,
    offices: ids,
    facts: ids,
    laws: ids,
    noteEn: line(400),
    noteEs: line(400),
  })
  .transform((form) => ({
    version: form.version,
    texts: {
      en: { title: form.titleEn, summary: form.summaryEn, body: form.bodyEn },
      es: { title: form.titleEs, summary: form.summaryEs, body: form.bodyEs },
    },
    demands: form.demands,
    offices: form.offices,
    facts: form.facts,
    laws: form.laws,
    ...(form.noteEn && form.noteEs && { note: { en: form.noteEn, es: form.noteEs } }),
  }));

export const RevokeForm = z.object({ link: filled });

export const ShortForm = z.object({
  shortWord: filled,
  shortLocale: z.enum(LOCALES, { error: 'required' }),
});
export const WordForm = z.object({ word: filled });

/** The link is put behind it: none of its own, which people would take for ours. */
const shareText = line(200).refine((value) => !/[<>]|:\/\/|www\.|@/i.test(value), 'link');
export const ShareForm = z.object({ shareEn: shareText, shareEs: shareText });
