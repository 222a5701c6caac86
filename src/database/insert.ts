import type { Model, mongo } from 'mongoose';
import { isDuplicateKey } from '../lib/duplicate-key.ts';
import { checkDocument, rulesOf } from './check.ts';

type WriteError = { index: number; code: number; errmsg?: string };
type BulkError = Error & {
  writeErrors?: WriteError | WriteError[];
  errorResponse?: unknown;
  result?: { getWriteConcernError?(): unknown };
};

const DUPLICATE_KEY = 11_000;

/**
 * One unordered bulk insert by the driver's own call, checked against the schema before. mongoose's
 * `insertMany({ ordered: false })` is not used: it drops invalid documents silently, and a document of its own for each of
 * them costs intake more than all that it does besides.
 * A duplicate key is no error: the first one wins (law 3).
 * @returns an entry for each document, the error that it alone met, or undefined
 * @throws whatever failed for all of them: nobody may be told that theirs is stored
 */
export async function insertUnordered<T>(
  model: Model<T>,
  documents: readonly T[],
): Promise<(Error | undefined)[]> {
  return (await insertAndCount(model, documents)).errors;
}

export type Inserted = {
  /** an entry for each document, the error that it alone met, or undefined */
  errors: (Error | undefined)[];
  /** how many were new */
  inserted: number;
};

/** The same, and how many of the documents were new. */
export async function insertAndCount<T>(model: Model<T>, documents: readonly T[]): Promise<Inserted> {
  const { errors, sound } = checkAll(model, documents);
  const { duplicates, failed } = await insertSound(
    model,
    sound.map(({ stored }) => stored),
  );
  for (const { index, error } of failed) errors[sound[index]?.index ?? -1] = error;
  return { errors, inserted: sound.length - duplicates - failed.length };
}

/** One that is not as the schema says must not keep out the others. */
function checkAll<T>(model: Model<T>, documents: readonly T[]) {
  const errors: (Error | undefined)[] = documents.map(() => undefined);
  const sound: { index: number; stored: mongo.OptionalId<mongo.Document> }[] = [];
  for (const [index, document] of documents.entries()) {
    try {
      sound.push({ index, stored: toStored(model, document) });
    } catch (error) {
      errors[index] = error as Error;
    }
  }
  return { errors, sound };
}

async function insertSound<T>(model: Model<T>, documents: mongo.OptionalId<mongo.Document>[]) {
  if (documents.length === 0) return { duplicates: 0, failed: [] };
  try {
    await model.collection.insertMany(documents, { ordered: false });
    return { duplicates: 0, failed: [] };
  } catch (error) {
    const { writeErrors, errorResponse, result } = error as BulkError;
    const single = [writeErrors ?? []].flat();
    // A lost connection comes as a bulk error too, with an empty list: nothing is known of any document then.
    if (single.length === 0 || result?.getWriteConcernError?.())
      throw errorResponse instanceof Error ? errorResponse : error;
    const failed = single
      .filter(({ code }) => code !== DUPLICATE_KEY)
      .map(({ index, code, errmsg }) => ({
        index,
        error: new Error(errmsg ?? `write error ${code}`, { cause: error }),
      }));
    return { duplicates: single.length - failed.length, failed };
  }
}

/** Puts in what is not there and overwrites nothing. @throws the first error of any document: a gap must not pass for a seed */
export async function insertMissing<T>(model: Model<T>, documents: readonly T[]): Promise<void> {
  const failed = (await insertUnordered(model, documents)).find((error) => error !== undefined);
  if (failed) throw failed;
}

/** One document; false when its key is there already: the first one stays. */
export async function insertOnce<T>(model: Model<T>, document: T): Promise<boolean> {
  return unlessThere(() => new model(document).save());
}

/** The same by the driver's own call, for what is large or often written; checked against the schema before. */
export async function insertLean<T>(model: Model<T>, document: T): Promise<boolean> {
  return unlessThere(() => model.collection.insertOne(toStored(model, document)));
}

async function unlessThere(insert: () => Promise<unknown>): Promise<boolean> {
  try {
    await insert();
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

function toStored<T>(model: Model<T>, document: T): mongo.OptionalId<mongo.Document> {
  return checkDocument(rulesOf(model.schema), document as object);
}
