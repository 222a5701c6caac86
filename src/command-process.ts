import { showUsage } from 'citty';
import { loadCommands } from './command-tree.ts';
import { isVerb } from './commands/command.ts';
import { asksForHelp, exitCodeOf, findCommand, runCommandLine } from './commands/command-line.ts';
import { isAppError } from './lib/errors.ts';
import { operate } from './operator.ts';

/** Runs what was typed, and sets the exit code. */
export async function runTyped(rawArgs: readonly string[]): Promise<void> {
  const main = await loadCommands(operate, { word: rawArgs[0] });
  /** What is named, else its area, else everything: for help. */
  const { command, parent, path } = findCommand(main, rawArgs);
  try {
    if (rawArgs.length === 0 || asksForHelp(rawArgs)) await showUsage(command, parent);
    else await runCommandLine(main, rawArgs);
  } catch (error) {
    if (!isAppError(error)) throw error;
    console.error(error.message);
    process.exitCode = exitCodeOf(error);
    if (!isVerb(command)) await showUsage(command, parent);
    else if (isAppError(error, 'COMMAND_INVALID'))
      console.error(`Nothing was done. What it takes: ${path.join(' ')} --help`);
  }
}
