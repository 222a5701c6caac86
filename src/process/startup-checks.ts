import { lookup } from 'node:dns/promises';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, isIPv4 } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { isThere } from '../database/local/find-program.ts';
import { AppError } from '../lib/errors.ts';

type Settings = Pick<
  Config,
  'host' | 'port' | 'publicUrl' | 'dataDir' | 'roles' | 'mongodbUri' | 'masterKey' | 'smtpUrl'
>;
/** Every address that a name stands for; rejects where there is none. */
type Resolve = (name: string) => Promise<readonly { address: string; family: number }[]>;

/** A server that is being started anew may have the port for a moment more. */
const PORT_TRIES = 10;
const TRY_MS = 150;

/** @throws CONFIG_INVALID, before anything is written there, where the folder for data cannot be used */
export async function checkDataDir(settings: Settings): Promise<void> {
  const { dataDir, mongodbUri, masterKey, smtpUrl } = settings;
  if (mongodbUri && masterKey && smtpUrl) return;
  const trial = join(dataDir, `.trial-${process.pid}`);
  try {
    await makeFolder(dataDir);
    await writeFile(trial, '', { mode: 0o600 });
    await rm(trial);
  } catch (error) {
    throw invalid(`DATA_DIR: ${dataDirFault(dataDir, error as NodeJS.ErrnoException)}`, error);
  }
}

/**
 * Not by `recursive`: where a folder that is there takes no others and says ENOENT, as /proc does, Node 24 tries again
 * for ever.
 */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || (await isThere(dirname(path)))) throw error;
    await makeFolder(dirname(path));
    await mkdir(path, { mode: 0o700 });
  }
}

function dataDirFault(dataDir: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'EEXIST' || code === 'ENOTDIR')
    return `${dataDir} is a file, or lies below one; give a folder.`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `${dataDir} cannot be written by this user; give it to them, or give another folder.`;
  if (code === 'ENOSPC' || code === 'EDQUOT') return `there is no space left for ${dataDir}.`;
  return `${dataDir} cannot be used (${message}).`;
}

/** @throws CONFIG_INVALID where nobody could come in: the port is another's, or the printed address leads elsewhere */
export async function checkDoor(settings: Settings, resolve: Resolve = resolveAll): Promise<void> {
  if (!settings.roles.includes('web')) return;
  await checkLocalhost(settings, resolve);
  for (let tries = 1; ; tries += 1) {
    const fault = await tryToListen(settings);
    if (!fault) return;
    if (fault.code !== 'EADDRINUSE' || tries >= PORT_TRIES) throw doorFault(settings, fault);
    await pause(TRY_MS);
  }
}

const resolveAll: Resolve = (name) => lookup(name, { all: true });

/** Links in mails and the printed address say localhost, which on some machines is an IPv6 address alone. */
async function checkLocalhost({ host, port, publicUrl }: Settings, resolve: Resolve): Promise<void> {
  if (new URL(publicUrl).hostname !== 'localhost' || !isIPv4(host)) return;
  const found = await resolve('localhost').catch(() => []);
  if (found.length === 0 || found.some(({ family }) => family === 4)) return;
  const addresses = found.map(({ address }) => address).join(', ');
  throw invalid(
    `HOST: ${host} is not where ${publicUrl} leads, as localhost is ${addresses} on this machine; set HOST=::1, or PUBLIC_URL=http://127.0.0.1:${port}.`,
  );
}

function tryToListen({ host, port }: Settings): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ host, port }, () => server.close(() => resolve(undefined)));
  });
}

/** What an operator can do about a door that does not open. */
export function doorFault({ host, port }: Pick<Settings, 'host' | 'port'>, error: unknown): AppError {
  const { code, message } = error as NodeJS.ErrnoException;
  const words: Record<string, string> = {
    EADDRINUSE: `PORT: ${port} at ${host} is taken by another program; stop that one, or set another PORT.`,
    EACCES: `PORT: ${port} may not be opened by this user; set one of 1024 or more, and let a proxy stand before it.`,
    EADDRNOTAVAIL: `HOST: ${host} is no address of this machine; set one that is, or 0.0.0.0 for all.`,
    ENOTFOUND: `HOST: ${host} is a name that nobody knows; set an address of this machine.`,
    EAI_AGAIN: `HOST: ${host} is a name that cannot be looked up now; set an address of this machine.`,
    EAFNOSUPPORT: `HOST: ${host} is of a kind that this machine does not speak; set 127.0.0.1 or 0.0.0.0.`,
  };
  return invalid(words[code ?? ''] ?? `HOST and PORT: nothing can be opened there (${message}).`, error);
}

function invalid(message: string, cause?: unknown): AppError {
  return new AppError('CONFIG_INVALID', { message }, { cause });
}
