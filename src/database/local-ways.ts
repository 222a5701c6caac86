import { findDownload } from './download-mongod.ts';
import { findProgram } from './find-program.ts';
import { findSecantusFromPypi } from './pypi-secantus.ts';

export type WayContext = {
  /** the PATH to look in */
  path: string;
  /** a folder outside the project for what is fetched */
  cacheDir: string;
  onProgress(text: string): void;
};

/** A kind of local database: how to find its program, and how to start it. */
export type Way = {
  name: string;
  /** files of one engine are never opened by another */
  engine: string;
  find(context: WayContext): Promise<string | undefined>;
  command(program: string, options: { port: number; folder: string }): string[];
  /** what a connection to it needs */
  uriOptions: string;
};

const mongodCommand: Way['command'] = (program, { port, folder }) => [
  program,
  ...['--port', String(port), '--bind_ip', '127.0.0.1', '--dbpath', folder],
  ...['--wiredTigerCacheSizeGB', '0.5', '--quiet'],
];

const secantusCommand: Way['command'] = (program, { port, folder }) => [
  program,
  ...['--host', '127.0.0.1', '--port', String(port), '--storage-path', folder],
  ...['--sync-on-commit', '--cache-size', '512M', '--log-level', 'ERROR'],
];

/** A lone mongod has no replica set, and so no retryable writes. */
const STANDALONE = 'directConnection=true&retryWrites=false';

/** In the order in which they are tried. */
export const WAYS: readonly Way[] = [
  {
    name: 'mongod',
    engine: 'mongod',
    find: ({ path }) => findProgram(['mongod'], path),
    command: mongodCommand,
    uriOptions: STANDALONE,
  },
  {
    name: 'secantusd-rs',
    engine: 'secantusd-rs',
    find: ({ path }) => findProgram(['secantusd-rs'], path),
    command: secantusCommand,
    uriOptions: 'directConnection=true',
  },
  { name: 'download', engine: 'mongod', find: findDownload, command: mongodCommand, uriOptions: STANDALONE },
  {
    name: 'pypi',
    engine: 'secantusd-py',
    find: findSecantusFromPypi,
    command: secantusCommand,
    uriOptions: 'directConnection=true',
  },
];
