import { type ChildProcess, spawn } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import { forgetRunningDatabase, readRunningDatabase, writeRunningDatabase } from './data-dir.ts';
import { WAYS, type Way } from './local-ways.ts';

export type LocalDatabase = { uri: string; way: string; pid: number; port: number; stop(): Promise<void> };

export type LocalDatabaseOptions = {
  dataDir: string;
  /** names of ways, in the order in which they are tried */
  ways: readonly string[];
  path: string;
  logger: Logger;
  onProgress(text: string): void;
  cacheDir?: string;
};

const DATABASE_NAME = 'safe-passage';
const READY_MS = 60_000;
const FORMER_MS = 30_000;
const RESTART_PAUSE_MS = 500;

export function localUri(way: Way, port: number): string {
  return `mongodb://127.0.0.1:${port}/${DATABASE_NAME}?${way.uriOptions}`;
}

/** The database that a live server of this DATA_DIR holds: what the operator commands connect to. */
export async function findRunningDatabase(dataDir: string): Promise<string | undefined> {
  const running = await readRunningDatabase(dataDir);
  const way = WAYS.find(({ name }) => name === running?.way);
  return running && way && (await isListening(running.port)) ? localUri(way, running.port) : undefined;
}

/**
 * Starts a MongoDB-protocol server with its files under DATA_DIR, on a free loopback port; takes the first way that is
 * to be had, but stays with the one that made the files. If it dies alone it is started again on the same port.
 * @throws DATABASE_NOT_FOUND naming the ways
 */
export async function startLocalDatabase(options: LocalDatabaseOptions): Promise<LocalDatabase> {
  const { dataDir, logger } = options;
  await mkdir(dataDir, { recursive: true });
  await awaitFormer(dataDir);
  const { way, program } = await chooseWay(options);
  const folder = join(dataDir, `database-${way.engine}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '.way'), way.name);
  const port = await freePort();
  const command = way.command(program, { port, folder });
  let child = await launch(command, port);
  let isStopping = false;

  const remember = () => writeRunningDatabase(dataDir, { way: way.name, pid: child.pid, port });
  function watch(): void {
    child.watchdog.once('exit', (code) => {
      if (isStopping) return;
      logger.error({ way: way.name, code }, 'database.died');
      void restart();
    });
  }
  async function restart(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, RESTART_PAUSE_MS));
    if (isStopping) return;
    try {
      child = await launch(command, port);
      await remember();
      watch();
      logger.warn({ way: way.name, pid: child.pid }, 'database.restarted');
    } catch (error) {
      logger.error({ err: error }, 'database.restart-failed');
      void restart();
    }
  }

  await remember();
  watch();
  logger.info({ way: way.name, program, folder, port }, 'database.started');
  return {
    uri: localUri(way, port),
    way: way.name,
    get pid() {
      return child.pid;
    },
    port,
    async stop() {
      isStopping = true;
      await quit(child.watchdog);
      await forgetRunningDatabase(dataDir);
    },
  };
}

async function chooseWay(options: LocalDatabaseOptions): Promise<{ way: Way; program: string }> {
  const { dataDir, path, onProgress } = options;
  const cacheDir =
    options.cacheDir ??
    join(
      process.platform === 'win32' ? join(homedir(), 'AppData', 'Local') : join(homedir(), '.cache'),
      'safe-passage',
    );
  const wanted = options.ways.flatMap((name) => WAYS.filter((way) => way.name === name));
  const owned: Way[] = [];
  for (const way of wanted) if (await exists(join(dataDir, `database-${way.engine}`))) owned.push(way);
  for (const way of owned.length > 0 ? owned : wanted) {
    const program = await way.find({ path, cacheDir, onProgress });
    if (program) return { way, program };
  }
  throw new AppError('DATABASE_NOT_FOUND', { message: notFound(wanted, owned) });
}

function notFound(wanted: readonly Way[], owned: readonly Way[]): string {
  const lines = [
    'No database could be found or fetched. Any one of these will do:',
    '  1. set MONGODB_URI to a MongoDB replica set;',
    '  2. put mongod on the PATH;',
    '  3. put secantusd-rs on the PATH;',
    '  4. allow the program to fetch mongod, or SecantusDB from PyPI (needs Python 3.10 to 3.13 with venv).',
    `Looked for: ${wanted.map(({ name }) => name).join(', ')}.`,
  ];
  if (owned.length > 0)
    lines.push(
      `The data were made by ${owned.map(({ engine }) => engine).join(' or ')}, which must open them.`,
    );
  return lines.join('\n');
}

/** A former server's database may still be writing its last: its watchdog stops it, and until then the files are its own. */
async function awaitFormer(dataDir: string): Promise<void> {
  for (let waited = 0; waited < FORMER_MS; waited += 100) {
    const former = await readRunningDatabase(dataDir);
    if (!former) return;
    // Its watchdog should have ended it by now; perhaps that was killed too.
    if (waited === FORMER_MS / 3) process.kill(former.pid, 'SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new AppError('DATA_DIR_IN_USE', {
    message: `A database is still running on ${dataDir} and does not stop.`,
  });
}

type Launched = { watchdog: ChildProcess; pid: number };

async function launch(command: readonly string[], port: number): Promise<Launched> {
  const watchdog = spawn(process.execPath, [join(import.meta.dirname, 'watchdog.ts'), ...command], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const pid = await new Promise<number>((resolve, reject) => {
    watchdog.stdout.once('data', (line: Buffer) => resolve(Number(line.toString().trim())));
    watchdog.once('exit', (code) =>
      reject(new Error(`the database did not start (${code}): ${command.join(' ')}`)),
    );
  });
  const end = Date.now() + READY_MS;
  while (!(await isListening(port))) {
    if (watchdog.exitCode !== null || Date.now() > end) {
      throw new Error(`the database does not listen: ${command.join(' ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { watchdog, pid };
}

async function quit(watchdog: ChildProcess): Promise<void> {
  if (watchdog.exitCode !== null) return;
  const exited = new Promise<void>((resolve) => watchdog.once('exit', () => resolve()));
  watchdog.stdin?.end();
  await exited;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => socket.destroy(resolve(true) as undefined));
    socket.once('error', () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
