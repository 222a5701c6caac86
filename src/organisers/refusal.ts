import { isAppError } from '../lib/errors.ts';
import type { Refusal } from './sign-in.page.ts';

/** What a page says of it that takes a password, a code or a passkey. @throws whatever it is that no page of these explains */
export function refusalOf(error: unknown, kind: 'credentials' | 'code'): Refusal {
  if (isAppError(error, 'CREDENTIALS_REFUSED')) return { problem: `console.problem.${kind}`, status: 422 };
  if (isAppError(error, 'PASSKEY_REFUSED')) return { problem: 'console.passkey.refused', status: 422 };
  if (isAppError(error, 'SLOWED_DOWN')) {
    const seconds = Number(error.details.retryAfterSeconds);
    return { problem: 'console.problem.slowedDown', seconds, status: 429 };
  }
  throw error;
}
