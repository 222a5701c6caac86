import { spawn } from 'node:child_process';
import { join } from 'node:path';

export type PipeAnswer = { code: number | null; out: string; error: string };

export const PIPE = join(import.meta.dirname, '../../../deploy/mail-receive');

/** A program with one message on its standard input and an environment like the one that Postfix leaves. */
export function runPipe(
  args: readonly string[],
  input: Buffer | string = '',
  env: Record<string, string> = {},
  [program, ...before]: readonly [string, ...string[]] = [PIPE],
): Promise<PipeAnswer> {
  const child = spawn(program, [...before, ...args], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LANG: 'C', ...env },
  });
  let out = '';
  let error = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    error += chunk;
  });
  // One that refuses at once reads nothing.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, error })));
}
