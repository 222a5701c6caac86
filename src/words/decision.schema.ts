import * as z from 'zod';
import { REFUSAL_REASONS } from '../signatures/signature.ts';

/** Twice what somebody may write: cuts are shown, and take room. */
const TRIMMED_MAX = 4_000;
const NOTE_MAX = 500;

const LINE_END = /\r\n?/g;

export const ApproveForm = z.object({
  trimmed: z
    .string()
    .max(TRIMMED_MAX, 'tooLong')
    .transform((text) => text.replace(LINE_END, '\n'))
    .optional(),
  looked: z.string().optional(),
});

export const RefuseForm = z.object({
  reason: z.enum(REFUSAL_REASONS, 'required'),
  note: z.string().trim().max(NOTE_MAX, 'tooLong').optional(),
});

/** How many of those that wait are left for later, and what is told of the last one. */
export const WordsQuery = z.object({
  skip: z.coerce.number().int().min(0).max(100_000).catch(0),
  done: z.enum(['approved', 'refused', 'second', 'undone']).optional().catch(undefined),
  ref: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional()
    .catch(undefined),
});
