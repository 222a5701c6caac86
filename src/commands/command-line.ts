import type { CommandDef, ParsedArgs } from 'citty';
import { AppError, isAppError } from '../lib/errors.ts';
import { nearestWord } from '../lib/terminal/nearest.ts';
import { EX_USAGE_FAULT, isVerb, type Verb } from './command.ts';
import { readArguments } from './command-arguments.ts';

/** The command that the first words name, as far as they name any. `path` is how it is called. */
export type Found = { command: CommandDef; parent?: CommandDef; path: string[]; rest: string[] };

/** One turn for each word that names a command below the last. */
export function findCommand(main: CommandDef, rawArgs: readonly string[]): Found {
  let found: Found = { command: main, path: [], rest: [...rawArgs] };
  for (const name of rawArgs) {
    const below = subCommandsOf(found.command);
    if (!Object.hasOwn(below, name) || !below[name]) break;
    found = {
      command: below[name],
      parent: found.command,
      path: [...found.path, name],
      rest: found.rest.slice(1),
    };
  }
  return found;
}

/** `--help` as an option, not behind the `--` that ends options. */
export function asksForHelp(rawArgs: readonly string[]): boolean {
  const end = rawArgs.indexOf('--');
  const options = end < 0 ? rawArgs : rawArgs.slice(0, end);
  return options.some((arg) => arg === '--help' || arg === '-h');
}

/** Runs the command. @throws COMMAND_UNKNOWN; COMMAND_INVALID before anything is opened, read or changed */
export async function runCommandLine(main: CommandDef, rawArgs: readonly string[]): Promise<void> {
  const { command, path, rest } = findCommand(main, rawArgs);
  if (!isVerb(command)) throw unknownCommand(command, path, rest);
  const args = command.kind === 'machine' ? ({} as ParsedArgs) : readArguments(command, rest);
  await command.run?.({ rawArgs: rest, args, cmd: command, data: { path } });
}

/** How a command ends that threw this: with 2 when it was given wrongly, and nothing was opened. */
export function exitCodeOf(error: unknown): number {
  return isAppError(error, 'COMMAND_INVALID') || isAppError(error, 'COMMAND_UNKNOWN') ? EX_USAGE_FAULT : 1;
}

/** Every verb of the tree with the words that call it. */
export function listVerbs(
  command: CommandDef,
  path: readonly string[] = [],
): { path: string[]; verb: Verb }[] {
  if (isVerb(command)) return [{ path: [...path], verb: command }];
  return Object.entries(subCommandsOf(command)).flatMap(([name, below]) => listVerbs(below, [...path, name]));
}

function subCommandsOf(command: CommandDef): Record<string, CommandDef> {
  return (command.subCommands ?? {}) as Record<string, CommandDef>;
}

function unknownCommand(command: CommandDef, path: readonly string[], rest: readonly string[]): AppError {
  const [word] = rest;
  const area = path.join(' ');
  if (word === undefined)
    return new AppError('COMMAND_UNKNOWN', { message: `${area} wants a verb behind it.` });
  const near = nearestWord(word, Object.keys(subCommandsOf(command)));
  const meant = near ? ` Did you mean "${[...path, near].join(' ')}"?` : '';
  return new AppError('COMMAND_UNKNOWN', {
    message: `Unknown command "${[...path, word].join(' ')}".${meant}`,
  });
}
