import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { childEnv } from './child-env.ts';
import { endProcess, identify, type ProcessIdentity } from './process-identity.ts';

const KILL_AFTER_MS = 10_000;
const QUOTED_LINES = 5;
const QUOTED_LENGTH = 300;

export type DatabaseProcess = {
  identity: ProcessIdentity;
  watchdog: ProcessIdentity;
  hasEnded(): boolean;
  /** when the database and its watchdog are gone, however that came */
  ended: Promise<string>;
  /** Stops it in good order; answers when it is gone and its files are closed. */
  quit(): Promise<void>;
};

/**
 * Starts a database under a watchdog. What it says goes to `logFile`.
 * @throws Error with its last words when it does not even start
 */
export async function startDatabaseProcess(
  command: readonly string[],
  logFile: string,
): Promise<DatabaseProcess> {
  const log = await open(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'watchdog.ts'), ...command], {
    stdio: ['pipe', 'pipe', log.fd],
    // Undefined where nothing is kept: then it is not set.
    env: { ...childEnv(), NODE_COMPILE_CACHE: getCompileCacheDir() },
    detached: true,
    windowsHide: true,
  });
  await log.close();
  let isOver = false;
  const exited = new Promise<string>((resolve) => {
    const end = (how: string) => {
      isOver = true;
      resolve(how);
    };
    child.once('exit', (code, signal) => end(signal ?? `code ${code}`));
    child.once('error', (error) => end(error.message));
  });
  // Writing to one that is gone is what `exited` tells.
  child.stdin?.on('error', () => undefined);

  const pid = await Promise.race([
    new Promise<number>((resolve) =>
      child.stdout?.once('data', (line: Buffer) => resolve(Number(line.toString().trim()))),
    ),
    exited,
  ]);
  if (typeof pid === 'string') throw new Error(`it did not start (${pid})\n${await lastWords(logFile)}`);
  const identity = await identify(pid);
  // A watchdog that was killed leaves the database behind, with its files and its port.
  const ended = exited.then(async (how) => {
    await endProcess(identity, KILL_AFTER_MS);
    return how;
  });
  return {
    identity,
    watchdog: await identify(child.pid ?? 0),
    hasEnded: () => isOver,
    ended,
    async quit() {
      child.stdin?.end();
      await ended;
    },
  };
}

/** The end of the database's own log, for the error that says why it did not start. */
export async function lastWords(logFile: string): Promise<string> {
  const words = await readFile(logFile, 'utf8').catch(() => '');
  const lines = words.trimEnd().split('\n').slice(-QUOTED_LINES);
  return lines.map((line) => `    ${line.slice(0, QUOTED_LENGTH)}`).join('\n');
}
