/** The driver's names (mongodb 7) for "nobody there", "not now" and "gone while it answered". */
const PASSING_NAMES = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
  'MongoServerClosedError',
  'MongoNotConnectedError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoPoolClosedError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
  'MongoExpiredSessionError',
  'MongoWriteConcernError',
]);

/** Not primary, shutting down, interrupted: the server's own words for "not now". */
const PASSING_CODES = new Set([
  6, 7, 64, 89, 91, 134, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436,
]);

const PASSING_LABELS = ['RetryableWriteError', 'RetryableError', 'TransientTransactionError'];

type DriverError = Error & {
  code?: unknown;
  errorResponse?: unknown;
  hasErrorLabel?: (label: string) => boolean;
  result?: { getWriteConcernError?: () => unknown };
};

/** Whether the database is away, and not the request at fault. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, message, cause, code, result, errorResponse } = error as DriverError;
  if (PASSING_NAMES.has(name) || code === 'DATABASE_UNAVAILABLE') return true;
  if (typeof code === 'number' && PASSING_CODES.has(code)) return true;
  if (PASSING_LABELS.some((label) => (error as DriverError).hasErrorLabel?.(label))) return true;
  // A bulk write that was made, but whose durability nobody confirmed.
  if (result?.getWriteConcernError?.()) return true;
  if (name === 'MongooseError' && /initial connection|bufferCommands|disconnected/i.test(message))
    return true;
  // A bulk error keeps the driver's own inside.
  return [cause, errorResponse].some((inner) => inner !== error && isUnavailable(inner));
}
