import { toJson } from '../lib/text/printable.ts';

/** The option of every command that lists or shows something. */
export const json = { type: 'boolean', description: 'as JSON' } as const;

/** What a command found, as text for a person, or as JSON where that was asked for. */
export function print<T>(args: { json?: boolean | undefined }, value: T, asText: (value: T) => string): void {
  console.log(args.json ? toJson(value) : asText(value));
}
