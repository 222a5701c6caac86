import { createInterface } from 'node:readline/promises';
import { AppError } from '../lib/errors.ts';

export const yes = (what: string) =>
  ({ type: 'string', description: `${what} once more, in the place of typing it (for scripts)` }) as const;

/**
 * What cannot be taken back is done only when a person types once more what it is done to.
 * @param given what `--yes` holds; without it a person at a terminal is asked
 * @throws COMMAND_INVALID when it is another, or nobody can be asked
 */
export async function confirmTyped(ask: {
  says: string;
  expected: string;
  given: string | undefined;
}): Promise<void> {
  const { says, expected, given } = ask;
  const typed = given ?? (await askAtTerminal(says, expected));
  if (typed.trim() === expected) return;
  const message = `${says}\n"${typed.trim()}" is not "${expected}": nothing was done.`;
  throw new AppError('COMMAND_INVALID', { message });
}

async function askAtTerminal(says: string, expected: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new AppError('COMMAND_INVALID', {
      message: `${says}\nNobody can be asked here: add --yes "${expected}" if that is meant.`,
    });
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(`${says}\nType "${expected}" to go on: `);
  } finally {
    terminal.close();
  }
}
