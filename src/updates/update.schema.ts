import * as z from 'zod';
import type { Written } from './update.ts';

const UNREADABLE = /\0|\ufffd/;
const TITLE_LENGTH = 120;
const BODY_LENGTH = 6_000;

const text = z
  .string({ error: (issue) => (issue.input === undefined ? 'required' : 'unreadable') })
  .transform((value) => value.normalize('NFC').replaceAll('\r\n', '\n').trim())
  .refine((value) => !UNREADABLE.test(value), { error: 'unreadable', abort: true });
const filled = text.refine((value) => value !== '', { error: 'required', abort: true });
/** One line: it is the subject of a mail. */
const title = filled
  .refine((value) => !/\p{Cc}/u.test(value), { error: 'unreadable', abort: true })
  .refine((value) => value.length <= TITLE_LENGTH, 'tooLong');
const body = filled.refine((value) => value.length <= BODY_LENGTH, 'tooLong');
const hour = (latest: number) =>
  filled
    .refine((value) => /^\d{1,2}(:00)?$/.test(value), { error: 'hour', abort: true })
    .transform((value) => Number.parseInt(value, 10))
    .refine((value) => value <= latest, 'hour');
const revision = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number)
  .optional()
  .catch(undefined);

export const UpdateForm = z
  .object({
    newsTitleEn: title,
    newsBodyEn: body,
    newsTitleEs: title,
    newsBodyEs: body,
    sendFrom: hour(23),
    sendUntil: hour(24),
    revision,
  })
  .refine(({ sendFrom, sendUntil }) => sendFrom !== sendUntil, { path: ['sendUntil'], error: 'hour' });
export const NewUpdateForm = z.intersection(z.object({ newsPetition: filled }), UpdateForm);
export const RevisionForm = z.object({ revision });

export function writtenOf(form: z.output<typeof UpdateForm>): Written {
  return {
    texts: {
      en: { title: form.newsTitleEn, body: form.newsBodyEn },
      es: { title: form.newsTitleEs, body: form.newsBodyEs },
    },
    hours: { from: form.sendFrom, until: form.sendUntil },
  };
}
