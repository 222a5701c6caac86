import type { Connection } from 'mongoose';
import type { IndexDeclaration } from '../lib/indexes.ts';

/** Makes the declared indexes; those that are there stay. Safe with many processes at once. */
export async function ensureIndexes(
  connection: Connection,
  declarations: readonly IndexDeclaration[],
): Promise<void> {
  for (const { collection, key, options } of declarations) {
    await connection.collection(collection).createIndex(key, options);
  }
}
