import * as z from 'zod';
import { cleanLine } from '../lib/text/text.ts';
import { EXPORT_KINDS, FORMATS } from './export.ts';

export const ExportForm = z.object({
  kind: z.enum(EXPORT_KINDS, { error: 'required' }),
  petition: z
    .string()
    .max(200)
    .optional()
    .transform((value) => value || undefined),
  why: z
    .string({ error: 'required' })
    .transform(cleanLine)
    .refine((value) => value.length >= 10, { error: 'tooShort', abort: true })
    .refine((value) => value.length <= 300, { error: 'tooLong' }),
});

/** `subscribers.csv` */
export const ExportFile = z
  .string()
  .transform((file) => file.split('.'))
  .pipe(z.tuple([z.enum(EXPORT_KINDS), z.enum(FORMATS)]));
