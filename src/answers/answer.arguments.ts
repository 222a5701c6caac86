import { readFile } from 'node:fs/promises';
import { invalidInput } from '../lib/errors.ts';
import { DEMAND_STATUSES, type PublicStatement } from './answer.ts';

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

/** "D1=accepted;D3=refused:for want of funds" */
export function readStates(given: string): PublicStatement[] {
  return given
    .split(/;(?=\s*(?:[^=;:\s]+=[\w-]+|$))/)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [, demandId = '', word = '', reason] = /^\s*([^=\s]+)=([\w-]+)(?::(.*))?$/s.exec(part) ?? [];
      const status = DEMAND_STATUSES.find((one) => one === word);
      if (!status) {
        const message = `"${part.trim()}" is no statement: D1=${DEMAND_STATUSES.join(', D1=')}.`;
        throw invalidInput(message);
      }
      return { demandId, status, ...(reason?.trim() && { reason: reason.trim() }) };
    });
}
