/** The office that a command is about. */
export const office = {
  type: 'positional',
  description: 'id of the office, as `office list` shows it',
  required: true,
} as const;

export const text = (description: string) => ({ type: 'string', description }) as const;
export const needed = (description: string) => ({ type: 'string', description, required: true }) as const;

/** Those that were given. */
export function given<T extends Record<string, string | undefined>>(all: T): Record<string, string> {
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

export function listOf(typed: string): string[] {
  return typed.split(',').map((one) => one.trim());
}
