import type { mongo } from 'mongoose';
import { isDuplicateKey } from '../lib/duplicate-key.ts';

type Collection = { insertMany: unknown };
type WriteError = { index: number; code: number; errmsg?: string };
type BulkError = Error & {
  writeErrors?: WriteError | WriteError[];
  errorResponse?: unknown;
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
  return (await insertAndCount(collection, documents)).errors;
}

export type Inserted = {
  /** an entry for each document, the error that it alone met, or undefined */
  errors: (Error | undefined)[];
  /** how many were new */
  inserted: number;
};

/** The same, and how many of the documents were new. */
export async function insertAndCount(
  collection: Collection,
  documents: readonly object[],
): Promise<Inserted> {
  let inserted = documents.length;
  const results: (Error | undefined)[] = documents.map(() => undefined);
  try {
    await (collection as mongo.Collection).insertMany(documents as mongo.OptionalId<mongo.Document>[], {
      ordered: false,
      writeConcern: { w: 'majority', journal: true },
    });
  } catch (error) {
    const { writeErrors, errorResponse, result } = error as BulkError;
    const single = [writeErrors ?? []].flat();
    // A lost connection comes as a bulk error too, with an empty list: nothing is known of any document then.
    if (single.length === 0 || result?.getWriteConcernError?.()) {
      throw errorResponse instanceof Error ? errorResponse : error;
    }
    inserted -= single.length;
    for (const { index, code, errmsg } of single) {
      if (code !== DUPLICATE_KEY)
        results[index] = new Error(errmsg ?? `write error ${code}`, { cause: error });
    }
  }
  return { errors: results, inserted };
}

/** Puts in what is not there and overwrites nothing. @throws the first error of any document: a gap must not pass for a seed */
export async function insertMissing(collection: Collection, documents: readonly object[]): Promise<void> {
  const failed = (await insertUnordered(collection, documents)).find((error) => error !== undefined);
  if (failed) throw failed;
}

/** One document, durable when it answers; false when its key is there already: the first one stays. */
export async function insertOnce(collection: { insertOne: unknown }, document: object): Promise<boolean> {
  try {
    await (collection as mongo.Collection).insertOne(document as mongo.OptionalId<mongo.Document>, {
      writeConcern: { w: 'majority', journal: true },
    });
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
