import type * as z from 'zod';

/** Where each fault lies and what it is, a line each. */
export function faultLines({ issues }: z.ZodError): string[] {
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}
