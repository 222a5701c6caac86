import { vi } from 'vitest';
import { loadCommands } from '../../src/command-tree.ts';
import { isVerb } from '../../src/commands/command.ts';
import { findCommand, runCommandLine } from '../../src/commands/command-line.ts';
import type { Services } from '../../src/composition.ts';
import { isAppError } from '../../src/lib/errors.ts';

/**
 * A command as an operator gives it, over a test's services: what it prints, and the lines that say why it failed. What
 * changes something is done as Rosa, unless the test says by whom.
 */
export function createCli(services: Services) {
  const loaded = loadCommands((work) => work(services));
  return async (...rawArgs: string[]): Promise<{ out: string; error: string }> => {
    const commands = await loaded;
    const { command } = findCommand(commands, rawArgs);
    const needsName = isVerb(command) && command.kind === 'changes' && !rawArgs.includes('--by');
    const lines: string[] = [];
    const print = vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(`${line}\n`));
    let error = '';
    try {
      await runCommandLine(commands, needsName ? [...rawArgs, '--by', 'Rosa'] : rawArgs);
    } catch (thrown) {
      if (!isAppError(thrown)) throw thrown;
      error = thrown.message;
    } finally {
      print.mockRestore();
    }
    return { out: lines.join(''), error };
  };
}
