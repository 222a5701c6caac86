import type * as z from 'zod';
import { AppError, type ErrorCode } from './errors.ts';

type Fault = { path: readonly PropertyKey[]; says: string };

function faultsOf({ issues }: z.ZodError): Fault[] {
  return issues.map(({ path, message }) => ({ path, says: message }));
}

/** Where each fault lies and what it is, a line each. */
export function faultLines(error: z.ZodError): string[] {
  return faultsOf(error).map(({ path, says }) => (path.length === 0 ? says : `${path.join('.')}: ${says}`));
}

/** What an organiser gave. @throws INPUT_INVALID, or the code that is given, naming each fault */
export function readInput<T extends z.ZodType>(
  schema: T,
  given: unknown,
  code: ErrorCode = 'INPUT_INVALID',
): z.output<T> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new AppError(code, { message: faultLines(result.error).join('\n') });
}

/** A field's name to the code of what is wrong with it: `required`, `tooLong`, `unreadable`, `invalid`, `unknown`. */
export type FieldErrors = Record<string, string>;

export type FormResult<T> = { ok: true; value: T } | { ok: false; errors: FieldErrors };

/** The first fault of each field, in the order of the form. */
export function readForm<T>(schema: z.ZodType<T>, body: unknown): FormResult<T> {
  const result = schema.safeParse(typeof body === 'object' && body !== null ? body : {});
  if (result.success) return { ok: true, value: result.data };
  const errors: FieldErrors = {};
  for (const { path, says } of faultsOf(result.error)) errors[String(path[0] ?? 'form')] ??= says;
  return { ok: false, errors };
}
