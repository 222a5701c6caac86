import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { simpleParser } from 'mailparser';
import { createServices } from '../../src/composition.ts';
import { readConfig } from '../../src/config.ts';
import { connectDatabase } from '../../src/database/connect.ts';
import { readRunningDatabase } from '../../src/database/local/data-dir.ts';
import { freePort } from '../../src/database/local/free-port.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { CHILD_ENV } from './child-env.ts';

const SERVER = join(import.meta.dirname, '../../src/server.ts');
const READY_MS = 60_000;

/** The real program in a process of its own. `env.DATA_DIR` must be given; whoever made it removes it. */
export async function startProgram(env: Record<string, string> & { DATA_DIR: string }) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [SERVER], {
    // The variables of whoever runs the tests are not the program's.
    env: {
      ...CHILD_ENV,
      PORT: String(port),
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'error',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  // A run of the tests that is broken off leaves nobody behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  void exited.then(() => process.removeListener('exit', kill));
  await until(
    async () => {
      if (hasEnded(child)) throw new Error(`the program ended\n${said}`);
      return (await fetch(`${url}/readyz`).catch(() => undefined))?.ok ?? false;
    },
    READY_MS,
    () => `the program did not become ready\n${said}`,
  );

  const database = async () => {
    const running = await readRunningDatabase(env.DATA_DIR);
    if (!running) throw new Error('no database runs in the directory');
    return running;
  };

  return {
    url,
    dataDir: env.DATA_DIR,
    /** what it printed so far, both streams */
    said: () => said,
    /** The process number of the local database, a new one after each restart. */
    databasePid: async () => (await database()).pid,
    databaseUri: async () => (await database()).uri,
    /** kill -9; answers when the process is gone. */
    async killProgram() {
      child.kill('SIGKILL');
      await exited;
    },
    async killDatabase() {
      process.kill((await database()).pid, 'SIGKILL');
    },
    async killBoth() {
      const { pid } = await database();
      child.kill('SIGKILL');
      process.kill(pid, 'SIGKILL');
      await exited;
    },
    /** As Ctrl-C does; answers the exit code. */
    async interrupt(): Promise<number | null> {
      child.kill('SIGINT');
      return exited;
    },
    async stop(): Promise<number | null> {
      if (!hasEnded(child)) child.kill('SIGTERM');
      return exited;
    },
  };
}
export type Program = Awaited<ReturnType<typeof startProgram>>;

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** A fresh directory for one program's data. */
export async function makeDataDir(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'safe-passage-faults-'));
  // The database may still be closing its files.
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }) };
}

/** The product's services over a running program's database, beside the program. Call `close`. */
export async function openBeside(program: Pick<Program, 'dataDir'>, uri: string, clock?: Clock) {
  const connection = await connectDatabase({ uri, logger: silentLogger });
  const services = await createServices({
    config: readConfig({ DATA_DIR: program.dataDir, LOG_LEVEL: 'silent' }),
    connection,
    logger: silentLogger,
    ...(clock && { clock }),
  });
  return {
    connection,
    services,
    async close() {
      services.close();
      await connection.close();
    },
  };
}

export type Mail = { to: string; subject: string; text: string };

/** The local mailbox as it lies on the disk. */
export async function readMailbox(dataDir: string): Promise<Mail[]> {
  const folder = join(dataDir, 'mailbox');
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.eml'));
  return Promise.all(
    files.map(async (name) => {
      const mail = await simpleParser(await readFile(join(folder, name)), { skipHtmlToText: true });
      const [to] = [mail.to ?? []].flat();
      return { to: to?.value[0]?.address ?? '', subject: mail.subject ?? '', text: mail.text ?? '' };
    }),
  );
}

/** The path of the one link of a page in a mail's text part, where it stands alone on its line. */
export function linkIn(mail: Pick<Mail, 'text'> | undefined, page: string): string {
  const found = mail?.text.match(new RegExp(`^https?://[^/\\s]+(/(?:en|es)/${page}/\\S+)$`, 'm'))?.[1];
  if (!found) throw new Error(`no link to ${page} in: ${mail?.text}`);
  return found;
}

/** @throws Error with `words` when it has not come true in time */
export async function until(
  isTrue: () => Promise<boolean>,
  milliseconds: number,
  words: () => string = () => 'it did not come true in time',
): Promise<void> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await pause(50)) {
    if (await isTrue()) return;
  }
  throw new Error(words());
}
