import { findDownload } from './download-mongod.ts';
import { findProgram } from './find-program.ts';
import { findSecantusFromPypi } from './pypi-secantus.ts';

export type WayContext = {
  /** the PATH to look in */
  path: string;
  /** a folder outside the project for what is fetched */
  cacheDir: string;
  /** nothing else will do: try again although it failed a short while ago */
  isOnlyWay: boolean;
  onProgress(text: string): void;
};

/** `program` is how it is started, without options: one word, or an interpreter and what it runs. */
export type Found = { program: readonly string[] } | { missing: string };

/** A kind of local database: how to find its program, and how to start it. */
export type Way = {
  name: string;
  /** files of one engine are never opened by another */
  engine: string;
  find(context: WayContext): Promise<Found>;
  command(
    program: readonly string[],
    options: { port: number; folder: string; asksPassword: boolean },
  ): string[];
  /** what a connection to it needs */
  uriOptions: string;
};

const mongodCommand: Way['command'] = (program, { port, folder, asksPassword }) => [
  ...program,
  ...['--port', String(port), '--bind_ip', '127.0.0.1', '--dbpath', folder],
  ...['--wiredTigerCacheSizeGB', '0.5', '--quiet'],
  ...(asksPassword ? ['--auth'] : []),
];

const secantusCommand: Way['command'] = (program, { port, folder, asksPassword }) => [
  ...program,
  ...['--host', '127.0.0.1', '--port', String(port), '--storage-path', folder],
  ...['--sync-on-commit', '--cache-size', '512M', '--log-level', 'ERROR'],
  ...(asksPassword ? ['--auth'] : []),
];

/**
 * A lone mongod has no replica set, and so no retryable writes. SecantusDB 0.7.0b3 keeps them in one list, goes through
 * it at each write, and sorts it once it holds 10,000: some minutes of signing, and every write takes 10 ms longer.
 */
const WITHOUT_RETRIES = 'directConnection=true&retryWrites=false';

async function findOnPath(name: string, path: string): Promise<Found> {
  const program = await findProgram(name, path);
  return program ? { program: [program] } : { missing: 'is not on the PATH' };
}

/** In the order in which they are tried. */
export const WAYS: readonly Way[] = [
  {
    name: 'mongod',
    engine: 'mongod',
    find: ({ path }) => findOnPath('mongod', path),
    command: mongodCommand,
    uriOptions: WITHOUT_RETRIES,
  },
  {
    name: 'secantusd-rs',
    engine: 'secantusd-rs',
    find: ({ path }) => findOnPath('secantusd-rs', path),
    command: secantusCommand,
    uriOptions: 'directConnection=true',
  },
  {
    name: 'download',
    engine: 'mongod',
    find: findDownload,
    command: mongodCommand,
    uriOptions: WITHOUT_RETRIES,
  },
  {
    name: 'pypi',
    engine: 'secantusd-py',
    find: findSecantusFromPypi,
    command: secantusCommand,
    uriOptions: WITHOUT_RETRIES,
  },
];
