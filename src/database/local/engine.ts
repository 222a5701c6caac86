import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readEngineRecord, writeEngineRecord, writeRunningDatabase } from './data-dir.ts';
import { type DatabaseProcess, lastWords, startDatabaseProcess } from './database-process.ts';
import { freePort, isListening } from './free-port.ts';
import { canEnter, isWrongPassword, localUri, setPassword } from './local-access.ts';
import { identify } from './process-identity.ts';
import type { Way } from './ways.ts';

const READY_MS = 120_000;
const POLL_MS = 50;
/** Somebody may have taken the free port first, or a former database may still hold the files. */
const RETRY_PAUSES_MS = [300, 1_500];

export type OpenEngine = {
  uri: string;
  port: number;
  folder: string;
  first: DatabaseProcess;
  start(signal: AbortSignal): Promise<DatabaseProcess>;
};

/**
 * Starts one way's database on its files in DATA_DIR, made if they are not there. It asks for a password from its
 * second start on; the first, which takes a moment, is for making the user (not every engine has an exception for that).
 * @throws Error with the database's last words
 */
export async function openEngine(options: {
  dataDir: string;
  way: Way;
  program: readonly string[];
  logFile: string;
}): Promise<OpenEngine> {
  const { dataDir, way, program, logFile } = options;
  const folder = join(dataDir, `database-${way.engine}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const owner = await identify(process.pid);
  const known = await readEngineRecord(dataDir, way.engine);
  const password = known?.password ?? randomBytes(24).toString('base64url');
  let hasUser = known?.hasUser ?? false;

  async function start(port: number, uri: string, asksPassword: boolean, signal?: AbortSignal) {
    const command = way.command(program, { port, folder, asksPassword });
    const database = await startDatabaseProcess(command, logFile);
    try {
      const { identity, watchdog } = database;
      await writeRunningDatabase(dataDir, { ...identity, way: way.name, port, uri, watchdog, owner });
      await awaitReady({ database, port, uri, logFile, ...(signal ? { signal } : {}) });
      return database;
    } catch (error) {
      await database.quit();
      throw error;
    }
  }

  async function makeUser(port: number): Promise<void> {
    const openUri = localUri(port, way.uriOptions);
    const database = await start(port, openUri, false);
    const record = { way: way.name, password };
    try {
      await writeEngineRecord(dataDir, way.engine, { ...record, hasUser: false });
      await setPassword(openUri, password);
    } finally {
      await database.quit();
    }
    await writeEngineRecord(dataDir, way.engine, { ...record, hasUser: true });
    hasUser = true;
  }

  for (let attempt = 0; ; attempt += 1) {
    const port = await freePort();
    const uri = localUri(port, way.uriOptions, password);
    try {
      if (!hasUser) await makeUser(port);
      const first = await start(port, uri, true);
      return { uri, port, folder, first, start: (signal) => start(port, uri, true, signal) };
    } catch (error) {
      const wait = RETRY_PAUSES_MS[attempt];
      if (wait === undefined) throw error;
      // The files came from elsewhere, without their record: whoever can write them may set the password.
      if (isWrongPassword(error)) hasUser = false;
      await pause(wait);
    }
  }
}

async function awaitReady(options: {
  database: DatabaseProcess;
  port: number;
  uri: string;
  logFile: string;
  signal?: AbortSignal;
}): Promise<void> {
  const { database, port, uri, logFile, signal } = options;
  const end = Date.now() + READY_MS;
  while (!((await isListening(port)) && (await canEnter(uri)))) {
    if (signal?.aborted) throw new Error('told to stop while starting');
    if (database.hasEnded() || Date.now() > end) {
      throw new Error(`it ${database.hasEnded() ? 'ended' : 'does not answer'}\n${await lastWords(logFile)}`);
    }
    await pause(POLL_MS);
  }
  // The port may be taken by another program, and that program may be what answered.
  if (database.hasEnded()) throw new Error(`it ended\n${await lastWords(logFile)}`);
}
