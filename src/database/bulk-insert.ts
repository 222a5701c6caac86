import type { mongo } from 'mongoose';

type Collection = { insertMany: unknown };
type WriteError = { index: number; code: number; errmsg?: string };
type BulkError = Error & {
  writeErrors?: WriteError | WriteError[];
  result?: { getWriteConcernError?(): unknown };
};

const DUPLICATE_KEY = 11_000;

/**
 * One unordered bulk insert by the driver's own call, durable when it answers (majority, journal).
 * mongoose's `insertMany({ ordered: false })` is not used: it drops invalid documents silently.
 * A duplicate key is no error: the first one wins (law 3).
 * @returns an entry for each document, the error that it alone met, or undefined
 * @throws whatever failed for all of them: nobody may be told that theirs is stored
 */
export async function insertUnordered(
  collection: Collection,
  documents: readonly object[],
): Promise<(Error | undefined)[]> {
  const results: (Error | undefined)[] = documents.map(() => undefined);
  try {
    await (collection as mongo.Collection).insertMany(documents as mongo.OptionalId<mongo.Document>[], {
      ordered: false,
      writeConcern: { w: 'majority', journal: true },
    });
  } catch (error) {
    const { writeErrors, result } = error as BulkError;
    if (!writeErrors || result?.getWriteConcernError?.()) throw error;
    for (const { index, code, errmsg } of [writeErrors].flat()) {
      if (code !== DUPLICATE_KEY)
        results[index] = new Error(errmsg ?? `write error ${code}`, { cause: error });
    }
  }
  return results;
}
