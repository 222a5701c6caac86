import { showUsage } from 'citty';
import { createCommands } from './command-tree.ts';
import { isVerb } from './commands/command.ts';
import { asksForHelp, exitCodeOf, findCommand, runCommandLine } from './commands/command-line.ts';
import { isAppError } from './lib/errors.ts';
import { operate } from './operator.ts';

// What a command writes may hold people's data: it is its owner's alone.
process.umask(0o077);

const main = createCommands(operate);
const rawArgs = process.argv.slice(2);
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
