import * as z from 'zod';
import { filled } from './petition.schema.ts';

const sentence = filled.refine((value) => value.length <= 1_000, 'tooLong');
const version = z.coerce.number().int().min(1);
/** As people write numbers: 12,483 or 12 483. */
const figure = filled
  .transform((value) => value.replace(/[\s,]/g, ''))
  .refine((value) => /^\d+(?:\.\d+)?$/.test(value) && Number(value) > 0, 'notANumber')
  .transform(Number);

/** A figure's field is called as the figure is, with `figure-` before it. */
export function correctFormOf(figureIds: readonly string[]) {
  return z.object({
    version,
    textEn: sentence,
    textEs: sentence,
    periodEn: sentence,
    periodEs: sentence,
    factReasonEn: sentence,
    factReasonEs: sentence,
    ...Object.fromEntries(figureIds.map((id) => [fieldOfFigure(id), figure])),
  });
}

export function fieldOfFigure(id: string): string {
  return `figure-${id}`;
}

export const WithdrawForm = z.object({ version, withdrawReasonEn: sentence, withdrawReasonEs: sentence });
