import { setTimeout as pause } from 'node:timers/promises';
import mongoose, { type Connection } from 'mongoose';
import { AppError } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import { guardCalls } from './deadlines.ts';
import { isUnavailable } from './errors.ts';

/** How long one operation looks for a server before the visitor gets an honest 503. */
const SELECTION_MS = 2_500;
const RETRY_MS = 1_000;
const AUTHENTICATION_FAILED = 18;
const UNREADABLE = new Set([
  'MongoParseError',
  'MongoInvalidArgumentError',
  'MongoAPIError',
  'MongoMissingCredentialsError',
]);
/** Longer than the largest batch of a worker takes on a busy machine. */
const CALL_MS = 20_000;

/**
 * Connects, and tries again until `timeoutMs` are over: a database that starts beside the program may come later.
 * Every write asks for majority and journal (law 1). Whether writes are tried again by the driver (retryWrites) is the
 * address's word: by default they are, where the server knows how.
 * @throws DATABASE_UNAVAILABLE when nobody answers in time; CONFIG_INVALID when the address or password is wrong
 */
export async function connectDatabase(options: {
  uri: string;
  logger: Logger;
  timeoutMs?: number;
  /** after which a call that has no answer fails; see guardCalls */
  callMs?: number;
}): Promise<Connection> {
  const { uri, logger, timeoutMs = 60_000, callMs = CALL_MS } = options;
  const end = Date.now() + timeoutMs;
  // Updates are held against the schemas too, not only what is inserted.
  mongoose.set('runValidators', true);
  for (;;) {
    const connection = mongoose.createConnection();
    try {
      await connection.openUri(uri, {
        autoIndex: false,
        autoCreate: false,
        bufferCommands: false,
        serverSelectionTimeoutMS: SELECTION_MS,
        connectTimeoutMS: 5_000,
        // One that hangs, instead of being away, is found out by the heartbeat: after this and the connect timeout.
        heartbeatFrequencyMS: 5_000,
        waitQueueTimeoutMS: 5_000,
        socketTimeoutMS: 60_000,
        maxPoolSize: 20,
        // Given one by one, they win over those of the address.
        w: 'majority',
        journal: true,
        // A lean read gives Buffers, as the types say.
        promoteBuffers: true,
      });
      if (connection.db) guardCalls(connection.db, callMs);
      reportOutages(connection, logger);
      return connection;
    } catch (error) {
      await connection.close(true).catch(() => undefined);
      if (!isUnavailable(error)) throw refused(error) ?? error;
      if (Date.now() > end) throw unavailable(error, timeoutMs);
      logger.warn({ err: error }, 'database.waiting');
      await pause(RETRY_MS);
    }
  }
}

function reportOutages(connection: Connection, logger: Logger): void {
  let isClosing = false;
  connection.once('disconnecting', () => {
    isClosing = true;
  });
  connection.on('disconnected', () => {
    if (!isClosing) logger.warn({}, 'database.disconnected');
  });
  connection.on('reconnected', () => logger.info({}, 'database.reconnected'));
}

/** What the address itself is at fault for; never with the address, which holds a password. */
function refused(error: unknown): AppError | undefined {
  const { name = '', code, message = '' } = error as Error & { code?: unknown };
  const invalid = (words: string) =>
    new AppError('CONFIG_INVALID', { message: `MONGODB_URI: ${words}` }, { cause: error });
  if (code === AUTHENTICATION_FAILED) return invalid('the database does not take this user and password.');
  if (UNREADABLE.has(name)) return invalid(`it cannot be read (${message}).`);
  if (code === 'ENOTFOUND' || code === 'ENODATA') return invalid('the name of the database is not known.');
  return undefined;
}

function unavailable(cause: unknown, timeoutMs: number): AppError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = `The database did not answer within ${Math.round(timeoutMs / 1_000)} seconds: ${why}`;
  return new AppError('DATABASE_UNAVAILABLE', { message }, { cause });
}
