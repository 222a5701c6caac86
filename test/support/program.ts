import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { simpleParser } from 'mailparser';
import { createServices } from '../../src/composition.ts';
import { readConfig } from '../../src/config.ts';
import { connectDatabase } from '../../src/database/connect.ts';
import { readRunningDatabase } from '../../src/database/local/data-dir.ts';
import { freePort } from '../../src/database/local/free-port.ts';
import { awaitEnd, identify } from '../../src/database/local/process-identity.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { CHILD_ENV } from './child-env.ts';

const START = join(import.meta.dirname, '../../src/start.mjs');
const READY_MS = 60_000;

/** What `npm start` starts: the web and the workers, or one process with ROLES. `env.DATA_DIR` must be given; whoever made it removes it. */
export async function startProgram(env: Record<string, string> & { DATA_DIR: string }) {
  const port = Number(env.PORT ?? (await freePort()));
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [START], {
    // The variables of whoever runs the tests are not the program's.
    env: {
      ...CHILD_ENV,
      PORT: String(port),
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'error',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, as a terminal gives it: a signal can go to all of it.
    detached: true,
  });
  const group = child.pid ?? Number.NaN;
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  // A run of the tests that is broken off leaves nobody behind.
  const kill = () => signalGroup(group, 'SIGKILL');
  process.once('exit', kill);
  void exited.then(() => process.removeListener('exit', kill));
  const isUp = async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok ?? false;
  await until(
    async () => {
      if (hasEnded(child)) throw new Error(`the program ended\n${said}`);
      return said.includes('Safe Passage is running') && (await isUp());
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
    /** The process number of the web or of the workers, a new one after each restart. */
    partPid: async (part: Part) => (await listParts(group)).get(part),
    /** kill -9 of one process: the starting one, which answers when it is gone, or a part of it. */
    async killOnly(which: 'start' | Part) {
      const pid = which === 'start' ? group : (await listParts(group)).get(which);
      if (pid === undefined) throw new Error(`there is no ${which}`);
      const killed = await identify(pid);
      process.kill(pid, 'SIGKILL');
      await awaitEnd(killed, 5_000);
    },
    /** kill -9 of every process but the database; answers when they are gone. */
    async killProgram() {
      const parts = await Promise.all([...(await listParts(group)).values()].map(identify));
      signalGroup(group, 'SIGKILL');
      await exited;
      await Promise.all(parts.map((part) => awaitEnd(part, 5_000)));
    },
    async killDatabase() {
      process.kill((await database()).pid, 'SIGKILL');
    },
    async killBoth() {
      const { pid } = await database();
      signalGroup(group, 'SIGKILL');
      process.kill(pid, 'SIGKILL');
      await exited;
    },
    /** As Ctrl-C in a terminal does, to every process of the group, and npm once more; answers the exit code. */
    async interrupt(): Promise<number | null> {
      signalGroup(group, 'SIGINT');
      await pause(50);
      child.kill('SIGINT');
      return exited;
    },
    isUp,
    /** the exit code of the starting process */
    exited,
    async stop(): Promise<number | null> {
      if (!hasEnded(child)) child.kill('SIGTERM');
      return exited;
    },
  };
}
export type Program = Awaited<ReturnType<typeof startProgram>>;

export type Part = 'web' | 'workers';

/** The processes below the starting one, by the name that each has as its argument. */
async function listParts(starting: number): Promise<Map<string, number>> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  const lines = [...stdout.matchAll(/^ *(\d+) +(\d+) .*part\.ts (\w+)$/gm)];
  return new Map(
    lines.filter((line) => Number(line[2]) === starting).map((line) => [line[3] ?? '', Number(line[1])]),
  );
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // All of it has ended.
  }
}

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

/** The local mailbox as it lies on the disk; where `begin` is given, mails to addresses that begin so. */
export async function readMailbox(dataDir: string, begin = ''): Promise<Mail[]> {
  const folder = join(dataDir, 'mailbox');
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.eml'));
  const all = await Promise.all(files.map((name) => readFile(join(folder, name))));
  const wanted = all.filter((raw) => raw.includes(`To: ${begin}`));
  return Promise.all(
    wanted.map(async (raw) => {
      const mail = await simpleParser(raw, { skipHtmlToText: true });
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
