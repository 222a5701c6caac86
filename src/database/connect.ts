import mongoose, { type Connection } from 'mongoose';
import type { Logger } from '../lib/logger.ts';

/** How long one operation looks for a server before the visitor gets an honest 503. */
const SELECTION_MS = 2_500;
const RETRY_MS = 1_000;

/**
 * Connects, and tries again until `timeoutMs` are over: a database that starts beside the program may come later.
 * Every write asks for majority and journal (law 1).
 */
export async function connectDatabase(options: {
  uri: string;
  logger: Logger;
  timeoutMs?: number;
}): Promise<Connection> {
  const { uri, logger, timeoutMs = 60_000 } = options;
  const end = Date.now() + timeoutMs;
  for (;;) {
    const connection = mongoose.createConnection(uri, {
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
      serverSelectionTimeoutMS: SELECTION_MS,
      connectTimeoutMS: 5_000,
      socketTimeoutMS: 60_000,
      maxPoolSize: 20,
      w: 'majority',
      journal: true,
    });
    try {
      await connection.asPromise();
      let isClosing = false;
      connection.once('disconnecting', () => {
        isClosing = true;
      });
      connection.on('disconnected', () => {
        if (!isClosing) logger.warn({}, 'database.disconnected');
      });
      connection.on('reconnected', () => logger.info({}, 'database.reconnected'));
      return connection;
    } catch (error) {
      await connection.close(true).catch(() => undefined);
      if (Date.now() > end) throw error;
      logger.warn({ err: error }, 'database.waiting');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
