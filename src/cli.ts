import { type CommandDef, runCommand, showUsage } from 'citty';
import { createCommands } from './commands.ts';
import { isAppError } from './lib/errors.ts';
import { operate } from './operator.ts';

// What a command writes may hold people's data: it is its owner's alone.
process.umask(0o077);

const main = createCommands(operate) as CommandDef;
const rawArgs = process.argv.slice(2);
try {
  if (rawArgs.length === 0 || rawArgs.includes('--help')) await help();
  else await runCommand(main, { rawArgs });
} catch (error) {
  process.exitCode = 1;
  if (isAppError(error)) console.error(error.message);
  else if (error instanceof Error && error.name === 'CLIError') {
    console.error(`${error.message}\n`);
    await help();
  } else throw error;
}

/** Of the command that is named, else of its area, else of all. */
async function help(): Promise<void> {
  let [command, parent]: [CommandDef, CommandDef | undefined] = [main, undefined];
  for (const name of rawArgs) {
    const next = (command.subCommands as Record<string, CommandDef> | undefined)?.[name];
    if (!next) break;
    [command, parent] = [next, command];
  }
  await showUsage(command, parent);
}
