import type { mongo } from 'mongoose';
import { beforeDeadline } from '../lib/deadline.ts';
import { AppError } from '../lib/errors.ts';

/** Where each call takes its options. */
const OPTIONS_AT = {
  insertOne: 1,
  insertMany: 1,
  bulkWrite: 1,
  updateOne: 2,
  updateMany: 2,
  replaceOne: 2,
  deleteOne: 1,
  deleteMany: 1,
  findOne: 1,
  findOneAndUpdate: 2,
  findOneAndReplace: 2,
  findOneAndDelete: 1,
  countDocuments: 1,
  estimatedDocumentCount: 0,
  distinct: 2,
  indexes: 0,
} as const;
const CURSORS = ['find', 'aggregate'] as const;
/** A cursor's calls that may ask the server; all its other ways of reading go through these. */
const CURSOR_CALLS = ['next', 'tryNext', 'hasNext'] as const;

type Call = (...args: unknown[]) => Promise<unknown>;
type Guard = <T>(what: string, call: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/**
 * Gives every call of this database a deadline: without one a call whose connection is lost in the wrong instant is
 * never answered (mongodb 7.5 awaits 'drain' of a closed socket, and `timeoutMS` does not end it). At the deadline the
 * call is also aborted, which closes its connection, so that hung ones do not fill the pool. Whether a write was made
 * is not known then; every filter is such that to write again is harmless. Index builds have no deadline: they may take
 * many minutes. Only collections that are asked for afterwards are guarded.
 */
export function guardCalls(db: mongo.Db, callMs: number): void {
  const guard: Guard = async (what, call) => {
    const abort = new AbortController();
    return beforeDeadline(call(abort.signal), callMs, () => {
      const error = late(what, callMs);
      abort.abort(error);
      return error;
    });
  };
  const collection = db.collection.bind(db) as (name: string, options?: object) => mongo.Collection;
  const command = db.command.bind(db);
  Object.assign(db, {
    collection: (name: string, options?: object) => guardCollection(collection(name, options), guard),
    command: (document: mongo.Document, options?: object) =>
      guard('command', (signal) => command(document, { ...options, signal })),
  });
}

function guardCollection(collection: mongo.Collection, guard: Guard): mongo.Collection {
  // Beside the driver's own, whose calls use one another.
  const guarded = Object.create(collection) as Record<string, unknown>;
  const own = collection as unknown as Record<string, Call>;
  for (const [name, at] of Object.entries(OPTIONS_AT)) {
    guarded[name] = (...args: unknown[]) =>
      guard(`${name} on ${collection.collectionName}`, async (signal) => {
        const whole = Array.from({ length: Math.max(args.length, at + 1) }, (_, index) => args[index]);
        whole[at] = { ...(whole[at] as object | undefined), signal };
        return own[name]?.apply(collection, whole);
      });
  }
  for (const name of CURSORS) {
    guarded[name] = (filter?: mongo.Document, options?: object) => {
      const abort = new AbortController();
      const open = collection[name].bind(collection) as (f?: unknown, o?: object) => mongo.AbstractCursor;
      const cursor = open(filter ?? (name === 'find' ? {} : []), { ...options, signal: abort.signal });
      return guardCursor(cursor, `${name} on ${collection.collectionName}`, guard, abort);
    };
  }
  return guarded as unknown as mongo.Collection;
}

function guardCursor(
  cursor: mongo.AbstractCursor,
  what: string,
  guard: Guard,
  abort: AbortController,
): mongo.AbstractCursor {
  for (const name of CURSOR_CALLS) {
    const call = cursor[name].bind(cursor) as () => Promise<unknown>;
    Object.assign(cursor, {
      [name]: () => {
        if (cursor.bufferedCount() > 0) return call();
        return guard(what, (signal) => {
          signal.addEventListener('abort', () => abort.abort(signal.reason), { once: true });
          return call();
        });
      },
    });
  }
  return cursor;
}

function late(what: string, callMs: number): AppError {
  const message = `The database did not answer within ${callMs / 1_000} seconds (${what}).`;
  return new AppError('DATABASE_UNAVAILABLE', { message });
}
