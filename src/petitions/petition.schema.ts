import * as z from 'zod';

const UNREADABLE = /\0|\ufffd/;

const text = z
  .string({ error: (issue) => (issue.input === undefined ? 'required' : 'unreadable') })
  .trim()
  .refine((value) => !UNREADABLE.test(value), { error: 'unreadable', abort: true });
const filled = text.refine((value) => value !== '', { error: 'required', abort: true });
const sentence = filled.refine((value) => value.length <= 600, 'tooLong');

/** The public reads why, in both languages; the slug is typed, since nothing opens it again. */
export const closeFormOf = (slug: string) =>
  z.object({
    closeReasonEn: sentence,
    closeReasonEs: sentence,
    closeSlug: filled.refine((value) => value === slug, 'mismatch'),
  });

export const TakeDownForm = z.object({ takeDownReason: sentence });
