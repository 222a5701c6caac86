import { isAppError } from '../lib/errors.ts';

/** What an operator can mend is said in words; anything else is a defect and shows itself whole. */
export function wordsOn(error: unknown): string {
  if (isAppError(error)) return `\n${error.message}\n`;
  if (!(error instanceof Error)) return String(error);
  return isOfSystem(error) ? `\nThe system refuses: ${error.message}.\n` : (error.stack ?? error.message);
}

export function isMendable(error: unknown): boolean {
  return isAppError(error) || isOfSystem(error);
}

/** The system's own errors name what it refuses. */
function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
