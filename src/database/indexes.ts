import type { Connection } from 'mongoose';
import { AppError } from '../lib/errors.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';

/** IndexOptionsConflict, IndexKeySpecsConflict */
const CONFLICT_CODES = new Set([85, 86]);
/** NamespaceNotFound, IndexNotFound */
const MISSING_CODES = new Set<unknown>([26, 27]);
/** the data themselves break a unique index while it is built */
const DUPLICATE_KEY = 11_000;

/**
 * Makes the declared indexes, and the collections that they stand on; those that are there stay. Safe with many
 * processes at once.
 * @throws INDEX_CONFLICT when one of that name or key is there and means something else, or the data break a unique one
 */
export async function ensureIndexes(
  connection: Connection,
  declarations: readonly IndexDeclaration[],
): Promise<void> {
  for (const { collection, key, options, replaces } of declarations) {
    try {
      if (replaces) await dropIndex(connection, collection, replaces);
      await connection.collection(collection).createIndex(key, options);
    } catch (error) {
      throw conflict(error, collection, options.name) ?? error;
    }
  }
}

async function dropIndex(connection: Connection, collection: string, name: string): Promise<void> {
  await connection
    .collection(collection)
    .dropIndex(name)
    .catch((error) => {
      if (!MISSING_CODES.has(error.code)) throw error;
    });
}

function conflict(error: unknown, collection: string, index: string): AppError | undefined {
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'number') return undefined;
  const where = `The index ${index} on ${collection}`;
  if (CONFLICT_CODES.has(code)) {
    const message = `${where} differs from what this version declares. Drop it (db.${collection}.dropIndex('${index}')) and start again.`;
    return new AppError('INDEX_CONFLICT', { message, collection, index }, { cause: error });
  }
  if (code === DUPLICATE_KEY) {
    const message = `${where} cannot be made: documents share a key that has to be unique.`;
    return new AppError('INDEX_CONFLICT', { message, collection, index }, { cause: error });
  }
  return undefined;
}
