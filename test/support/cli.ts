import { type CommandDef, runCommand } from 'citty';
import { vi } from 'vitest';
import { createCommands } from '../../src/commands.ts';
import { isAppError } from '../../src/lib/errors.ts';
import type { Services } from '../../src/services.ts';

/** A command as an operator gives it, over a test's services: what it prints, and the one line that says why it failed. */
export function createCli(services: Services) {
  return async (...rawArgs: string[]): Promise<{ out: string; error: string }> => {
    const lines: string[] = [];
    const print = vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(`${line}\n`));
    let error = '';
    try {
      await runCommand(createCommands((work) => work(services)) as CommandDef, { rawArgs });
    } catch (thrown) {
      if (!isAppError(thrown)) throw thrown;
      error = thrown.message;
    } finally {
      print.mockRestore();
    }
    return { out: lines.join(''), error };
  };
}
