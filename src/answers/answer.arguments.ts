import { readFile } from 'node:fs/promises';
import { invalidInput } from '../lib/errors.ts';

export const answerIdArgument = {
  type: 'positional',
  required: true,
  description: 'id of the answer, as `answers list` shows it',
} as const;

export const wordsArguments = {
  text: { type: 'string', description: 'the text' },
  file: { type: 'string', description: 'a file that holds the text' },
} as const;

export type Words = { text?: string | undefined; file?: string | undefined };

export async function textOf({ text, file }: Words): Promise<string | undefined> {
  if (file === undefined) return text;
  return readFile(file, 'utf8').catch((cause) => {
    throw invalidInput(`The file ${file} cannot be read.`, { cause });
  });
}
