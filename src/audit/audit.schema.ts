import * as z from 'zod';

const text = z.string().min(1).max(200).optional().catch(undefined);

/** What the page of the audit is filtered by; what cannot be read is left out. */
export const AuditQuery = z
  .object({
    by: text,
    act: text,
    of: text,
    before: z.coerce.number().int().positive().optional().catch(undefined),
  })
  .transform(({ by, act, of, before }) => ({
    ...(by && { by }),
    ...(act && { act }),
    ...(of && { of }),
    ...(before && { before }),
  }));
