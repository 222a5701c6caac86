import type * as z from 'zod';

/** Where each fault lies and what it is, a line each. */
export function faultLines({ issues }: z.ZodError): string[] {
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

/** A field's name to the code of what is wrong with it: `required`, `tooLong`, `unreadable`, `invalid`, `unknown`. */
export type FieldErrors = Record<string, string>;

export type FormResult<T> = { ok: true; value: T } | { ok: false; errors: FieldErrors };

/** The first fault of each field, in the order of the form. */
export function readForm<T>(schema: z.ZodType<T>, body: unknown): FormResult<T> {
  const result = schema.safeParse(typeof body === 'object' && body !== null ? body : {});
  if (result.success) return { ok: true, value: result.data };
  const errors: FieldErrors = {};
  for (const issue of result.error.issues) errors[String(issue.path[0] ?? 'form')] ??= issue.message;
  return { ok: false, errors };
}
