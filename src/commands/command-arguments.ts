import { parseArgs } from 'node:util';
import type { ArgDef, ArgsDef, ParsedArgs } from 'citty';
import { AppError } from '../lib/errors.ts';
import { nearestWord } from '../lib/terminal/nearest.ts';
import { by, type Verb } from './command.ts';

type Read = ReturnType<typeof readTokens>;
type OptionToken = Extract<Read['tokens'][number], { kind: 'option' }>;

/**
 * The arguments of a verb, read strictly: what it does not know, or was given twice, empty or wrongly, is a fault, since
 * a mistyped `--office` must not become "every office".
 * @throws COMMAND_INVALID with a line for each fault
 */
export function readArguments(verb: Verb, rawArgs: readonly string[]): ParsedArgs {
  const defs = (verb.args ?? {}) as ArgsDef;
  const read = readTokens(defs, rawArgs);
  const options = read.tokens.filter((token) => token.kind === 'option');
  const args: Record<string, unknown> = { ...read.values };
  const words = [...read.positionals];
  for (const [name, { type }] of Object.entries(defs))
    if (type === 'positional' && words.length > 0) args[name] = words.shift();
  const faults = [
    ...options.flatMap((token) => optionFaults(defs, token)),
    ...repeated(defs, options),
    ...words.map((word) => `"${word}" is one word too many.`),
    ...Object.entries(defs).flatMap(([name, def]) => valueFaults(name, def, args[name])),
  ];
  // What is missing may stand behind an option that was mistyped.
  if (faults.length === 0) faults.push(...scopeFaults(verb, args), ...nameFaults(verb, args));
  if (faults.length > 0) throw new AppError('COMMAND_INVALID', { message: faults.join('\n') });
  return args as ParsedArgs;
}

function readTokens(defs: ArgsDef, rawArgs: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(defs)
      .filter(([, { type }]) => type !== 'positional')
      .map(([name, { type }]) => [
        name,
        { type: type === 'boolean' ? ('boolean' as const) : ('string' as const) },
      ]),
  );
  return parseArgs({
    args: idsLast(rawArgs, options),
    options,
    allowPositionals: true,
    // Strict parsing stops at the first fault, in words of its own; `optionFaults` says all of them.
    strict: false,
    tokens: true,
  });
}

/** An id of 22 random characters may begin with a dash; it stands behind `--`, where it is a word. */
function idsLast(rawArgs: readonly string[], options: object): string[] {
  const end = rawArgs.indexOf('--');
  const [before, after] = end < 0 ? [rawArgs, []] : [rawArgs.slice(0, end), rawArgs.slice(end + 1)];
  const isId = (arg: string) => /^-[\w-]{21}$/.test(arg) && !Object.hasOwn(options, arg.slice(2));
  const words = [...before.filter(isId), ...after];
  return [...before.filter((arg) => !isId(arg)), ...(words.length > 0 ? ['--', ...words] : [])];
}

function optionFaults(defs: ArgsDef, { name, rawName, value, inlineValue }: OptionToken): string[] {
  const def = Object.hasOwn(defs, name) ? defs[name] : undefined;
  if (!def || def.type === 'positional') return [unknownOption(defs, name, rawName)];
  if (def.type === 'boolean') return value === undefined ? [] : [`${rawName} takes no value.`];
  if (value === undefined) return [`${rawName} wants a value.`];
  if (inlineValue ? value.startsWith('--') : /^-./.test(value))
    return [`${rawName} is followed by "${value}", which looks like an option: is its value missing?`];
  return [];
}

function unknownOption(defs: ArgsDef, name: string, rawName: string): string {
  const known = Object.keys(defs).filter((one) => defs[one]?.type !== 'positional');
  const near = nearestWord(name, known);
  const all = known.map((one) => `--${one}`).join(', ') || 'none';
  return `There is no option ${rawName} here. ${near ? `Did you mean --${near}?` : `There are: ${all}.`}`;
}

function repeated(defs: ArgsDef, options: readonly OptionToken[]): string[] {
  const known = options.filter(({ name }) => Object.hasOwn(defs, name));
  return [...Map.groupBy(known, ({ name }) => name)]
    .filter(([, tokens]) => tokens.length > 1)
    .map(([name]) => `--${name} is given twice.`);
}

function valueFaults(name: string, def: ArgDef, value: unknown): string[] {
  const label = def.type === 'positional' ? `<${name}>` : `--${name}`;
  const isNeeded = def.type === 'positional' ? def.required !== false : def.required === true;
  if (value === undefined) return isNeeded ? [`${label} is missing: ${def.description}.`] : [];
  if (typeof value !== 'string') return [];
  if (value.trim() === '') return [`${label} is empty: ${def.description}.`];
  if (def.type === 'enum' && !def.options?.includes(value))
    return [`${label} is ${def.options?.join(' or ')}, not "${value}".`];
  if (name === 'by' && !/^(?=.*\p{L})\P{C}{1,100}$/u.test(value))
    return ['--by is a name: one line with a letter in it, of 100 characters at most.'];
  return [];
}

function nameFaults({ changesWith }: Verb, { by: name, ...given }: Record<string, unknown>): string[] {
  if (changesWith === undefined || given[changesWith] === undefined || name !== undefined) return [];
  return [`--${changesWith} wants --by: ${by.description}.`];
}

function scopeFaults({ args = {}, oneOf, someOf }: Verb, given: Record<string, unknown>): string[] {
  const defs = args as ArgsDef;
  const list = oneOf ?? someOf ?? [];
  const label = (name: string) => (defs[name]?.type === 'positional' ? `<${name}>` : `--${name}`);
  const labels = list.map(label).join(', ');
  const chosen = list.filter((name) => given[name] !== undefined && given[name] !== false);
  if (oneOf && chosen.length !== 1) return [`Say which: exactly one of ${labels}.`];
  if (someOf && chosen.length === 0)
    return [list.includes('all') ? `Say what it is for: ${labels}.` : `Say what changes: ${labels}.`];
  if (someOf && chosen.length > 1 && chosen.includes('all')) return ['--all stands alone: it is everything.'];
  return [];
}
