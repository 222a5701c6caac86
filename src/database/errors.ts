const PASSING_NAMES = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoTopologyClosedError',
  'MongoNotConnectedError',
  'MongoPoolClearedError',
  'PoolClearedError',
  'MongoPoolClosedError',
  'MongoWaitQueueTimeoutError',
  'MongoConnectionPoolClearedError',
  'MongoOperationTimeoutError',
  'MongoExpiredSessionError',
  'MongoWriteConcernError',
]);

/** Not primary, shutting down, interrupted: the server's own words for "not now". */
const PASSING_CODES = new Set([6, 7, 64, 89, 91, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** Whether the database is away, and not the request at fault. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, message } = error;
  if (PASSING_NAMES.has(name)) return true;
  if ('code' in error && typeof error.code === 'number' && PASSING_CODES.has(error.code)) return true;
  if (name === 'MongooseError' && /initial connection|bufferCommands|disconnected/i.test(message))
    return true;
  return error.cause !== undefined && error.cause !== error && isUnavailable(error.cause);
}
