import * as z from 'zod';

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'is missing')
    .max(most, `must have at most ${most} characters`)
    .regex(/^[^\p{Cc}]*$/u, 'must be one line');
const day = z.iso.date({ error: 'must be a calendar day, YYYY-MM-DD' });

/** The folio is shown in public; it is part of an id, and so has no colon. */
const folio = line(60).regex(/^[^:;]*$/, 'must not contain a colon or semicolon');

export const HandingIn = z.object({ on: day, folio });
export const PackAnswer = z.object({ on: day, folio: folio.optional() });
