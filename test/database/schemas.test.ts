import type { Connection, Schema, SchemaType } from 'mongoose';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connectDatabase } from '../../src/database/connect.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { createStores, READS, type Stores, WRITES } from './writes.ts';

let database: TestDatabase;
let connection: Connection;
let calls: { collection: string; name: string; args: unknown[] }[] = [];

const WRITE_CALLS = [
  'insertOne',
  'insertMany',
  'updateOne',
  'updateMany',
  'bulkWrite',
  'deleteOne',
  'deleteMany',
];

beforeAll(async () => {
  database = await openTestDatabase();
  connection = database.connection;
  listen(connection);
});
afterAll(() => database.drop());

/** Notes every write that is handed to the driver. Before any store asks for its collection. */
function listen({ db }: Connection): void {
  if (!db) throw new Error('not connected');
  const collectionOf = db.collection.bind(db);
  Object.assign(db, {
    collection: (collection: string) => {
      const own = collectionOf(collection) as unknown as Record<string, (...args: unknown[]) => unknown>;
      const noted = Object.create(own);
      for (const name of WRITE_CALLS)
        noted[name] = (...args: unknown[]) => {
          calls.push({ collection, name, args });
          return own[name]?.(...args);
        };
      return noted;
    },
  });
}

/** The collection whose model was spoiled last. To make every model anew each time takes longer than all the rest. */
let spoilt: string | undefined;

/** Stores whose models are as they should be; that of `collection` has not been used yet. */
function freshStores(collection?: string): Stores {
  for (const name of [spoilt, collection]) if (name && connection.models[name]) connection.deleteModel(name);
  spoilt = undefined;
  return createStores(connection);
}

type Written = {
  collection: string;
  path: string;
  /** a value stands there, and not only the name of a field */
  hasValue: boolean;
};

/** Every path that these calls name, and whether a value is written there. */
function writtenBy(noted: typeof calls): Written[] {
  const found = new Map<string, Written>();
  for (const { collection, name, args } of noted) {
    const add = (path: string, hasValue: boolean) => {
      const plain = path.replace(/\.\d+(?=\.|$)/g, '');
      const key = `${collection} ${plain}`;
      found.set(key, { collection, path: plain, hasValue: hasValue || found.get(key)?.hasValue === true });
    };
    const document = (value: unknown, path = '') => {
      for (const [field, one] of entriesOf(value)) {
        add(path + field, isLiteral(one));
        document(one, `${path + field}.`);
      }
    };
    const filter = (value: unknown) => {
      for (const [field, one] of Object.entries(value as object)) {
        if (field === '$or' || field === '$and') for (const part of one as unknown[]) filter(part);
        else add(field, one !== null && !isAbsence(one));
      }
    };
    const update = (change: unknown) => {
      for (const stage of [change].flat() as Record<string, object>[])
        for (const [operator, fields] of Object.entries(stage)) {
          if (operator === '$unset') for (const field of namesOf(fields)) add(field, false);
          else document(operator === '$push' ? pushed(fields) : fields);
        }
    };
    if (name.startsWith('insert')) for (const one of [args[0]].flat()) document(one);
    else if (name === 'bulkWrite')
      for (const { updateMany } of args[0] as { updateMany: { filter: object; update: unknown } }[]) {
        filter(updateMany.filter);
        update(updateMany.update);
      }
    else {
      filter(args[0]);
      if (name.startsWith('update')) update(args[1]);
    }
  }
  return [...found.values()];
}

const isAbsence = (value: unknown) => typeof value === 'object' && value !== null && '$exists' in value;
const namesOf = (fields: object) => (Array.isArray(fields) ? (fields as string[]) : Object.keys(fields));

function pushed(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, (value as { $each?: unknown }).$each ?? [value]]),
  );
}

/** The fields of a document or of the documents of a list; of nothing else. */
function entriesOf(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap(entriesOf);
  if (value instanceof Map) return [];
  if (typeof value !== 'object' || value === null || value instanceof Date || Buffer.isBuffer(value))
    return [];
  const { $literal, toObject } = value as { $literal?: unknown; toObject?: () => unknown };
  if ($literal !== undefined) return entriesOf($literal);
  const plain = typeof toObject === 'function' ? toObject.call(value) : value;
  return Object.entries(plain as object).filter(
    ([name]) => !name.startsWith('$') && !name.startsWith('_bson'),
  );
}

const RESULTS: Record<string, number> = { $cond: 1, $ifNull: 0, $min: 0, $max: 0, $concatArrays: 0 };

/** Whether a value comes from the program, and not out of other fields. */
function isLiteral(value: unknown): boolean {
  if (typeof value === 'string') return !value.startsWith('$');
  if (Array.isArray(value)) return value.some(isLiteral);
  if (typeof value !== 'object' || value === null || value instanceof Date || Buffer.isBuffer(value))
    return true;
  const [[operator, operands] = ['', []]] = Object.entries(value);
  if (!operator.startsWith('$')) return true;
  if (operator === '$literal') return true;
  const from = RESULTS[operator];
  return from !== undefined && [operands].flat().slice(from).some(isLiteral);
}

/** Where a path is declared: in the schema, or in that of a document inside it. Nothing for a mere group of paths. */
function declared(
  schema: Schema,
  path: string,
): { owner: Schema; name: string; type: SchemaType } | undefined {
  const names = path.split('.');
  for (let length = 1; length <= names.length; length += 1) {
    const name = names.slice(0, length).join('.');
    const type = schema.path(name) as (SchemaType & { schema?: Schema }) | undefined;
    if (!type) continue;
    if (length < names.length && type.schema) return declared(type.schema, names.slice(length).join('.'));
    const ofMap = length < names.length ? schema.path(`${name}.$*`) : undefined;
    return { owner: schema, name, type: ofMap ?? type };
  }
  return undefined;
}

function spoil({ collection, path }: Written, how: 'misspelt' | 'wrong type'): boolean {
  const schema = connection.models[collection]?.schema;
  if (!schema) throw new Error(`${collection} has no model`);
  spoilt = collection;
  const found = declared(schema, path);
  if (!found) return false;
  const { owner, name, type } = found;
  const nested = (schema as unknown as { singleNestedPaths: Record<string, SchemaType> }).singleNestedPaths;
  if (how === 'misspelt') {
    if (name === '_id') return false;
    owner.remove(name);
    delete nested[path];
    return true;
  }
  if ((type as { schema?: Schema }).schema) return false;
  for (const one of [type, nested[path]]) if (one) takeNothing(one);
  return true;
}

function takeNothing(type: SchemaType): void {
  const refuse = () => {
    throw new Error('it takes nothing');
  };
  Object.assign(type, { instance: 'Nothing', cast: refuse, castForQuery: refuse });
}

/** An error that is thrown, or that stands for a document of a batch. */
async function refusalOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    const answer = await run();
    return [answer, (answer as { errors?: unknown } | undefined)?.errors]
      .flat()
      .find((one) => one instanceof Error);
  } catch (error) {
    return error;
  }
}

describe('every store', () => {
  test('has each of its functions among the writes or the reads', () => {
    const stores = freshStores();
    const known = Object.fromEntries(
      Object.keys(stores).map((store) => [
        store,
        [...Object.keys(WRITES[store as keyof Stores]), ...READS[store as keyof Stores]].sort(),
      ]),
    );
    const there = Object.fromEntries(
      Object.entries(stores).map(([store, functions]) => [store, Object.keys(functions).sort()]),
    );
    expect(known).toEqual(there);
  });
});

const rows = Object.entries(WRITES).flatMap(([store, writes]) =>
  Object.entries(writes).map(([write, run]) => ({ store, write, run })),
);

for (const { store, write, run } of rows)
  describe(`${store}.${write}`, () => {
    async function pathsOf(): Promise<Written[]> {
      const stores = freshStores();
      calls = [];
      expect(await refusalOf(() => run(stores, connection))).toBeUndefined();
      const written = writtenBy(calls);
      expect(written).not.toEqual([]);
      return written;
    }

    test.for(['misspelt', 'wrong type'] as const)('is refused with any of its paths: %s', async (how) => {
      const accepted: string[] = [];
      let tried = 0;
      const all = await pathsOf();
      for (const written of all) {
        if (how === 'wrong type' && !written.hasValue) continue;
        const stores = freshStores(written.collection);
        if (!spoil(written, how)) continue;
        tried += 1;
        if (!(await refusalOf(() => run(stores, connection))))
          accepted.push(`${written.collection} ${written.path}`);
      }
      expect(accepted).toEqual([]);
      // `_id` is no path that could be misspelt.
      const isById = all.every(({ path }) => path === '_id');
      expect(tried).toBeGreaterThan(how === 'misspelt' && isById ? -1 : 0);
    });
  });

describe('a connection', () => {
  test('asks for majority and journal whatever its address says', async () => {
    const uri = `${inject('databaseUri')}&w=1&journal=false`;
    const other = await connectDatabase({ uri, logger: silentLogger });
    expect(other.getClient().options.writeConcern).toMatchObject({ w: 'majority', journal: true });
    await other.close();
  });
});
