import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertUnordered } from '../../src/database/bulk-insert.ts';
import { connectDatabase } from '../../src/database/connect.ts';
import { isUnavailable } from '../../src/database/errors.ts';
import { ensureIndexes } from '../../src/database/indexes.ts';
import { createLeases } from '../../src/database/leases.ts';
import { SECOND } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let other: TestDatabase;
const clock = createTestClock();

beforeAll(async () => {
  database = await openTestDatabase();
  other = await openTestDatabase();
});
afterAll(async () => {
  await database.drop();
  await other.drop();
});

describe('leases', () => {
  test('of two owners one holds it, until it runs out or is given back', async () => {
    const a = createLeases({ connection: database.connection, clock, owner: 'a' });
    const b = createLeases({
      connection: database.connection.useDb(database.connection.name, { useCache: false }),
      clock,
      owner: 'b',
    });
    expect(await a.acquireLease('daily', 10 * SECOND)).toBe(true);
    expect(await b.acquireLease('daily', 10 * SECOND)).toBe(false);
    expect(await a.acquireLease('daily', 10 * SECOND)).toBe(true);
    clock.advance(11 * SECOND);
    expect(await b.acquireLease('daily', 10 * SECOND)).toBe(true);
    await b.releaseLease('daily');
    expect(await a.acquireLease('daily', 10 * SECOND)).toBe(true);
  });
});

describe('indexes', () => {
  test('are made once, by several processes at the same time too', async () => {
    const declarations = [
      { collection: 'things', key: { a: 1 } as const, options: { name: 'a', unique: true } },
    ];
    await Promise.all(Array.from({ length: 5 }, () => ensureIndexes(database.connection, declarations)));
    const indexes = await database.connection.collection('things').indexes();
    expect(indexes.map(({ name }) => name)).toEqual(['_id_', 'a']);
  });
});

describe('the bulk insert', () => {
  test('the first one wins, and its neighbours are stored all the same', async () => {
    const things = database.connection.collection('bulk');
    await insertUnordered(things, [{ _id: 1, by: 'first' }]);
    const results = await insertUnordered(things, [{ _id: 1, by: 'second' }, { _id: 2 }, { _id: 2 }]);
    expect(results).toEqual([undefined, undefined, undefined]);
    expect(await things.find().sort({ _id: 1 }).toArray()).toEqual([{ _id: 1, by: 'first' }, { _id: 2 }]);
  });

  test('when the database is away everybody is told so', async () => {
    const uri = 'mongodb://127.0.0.1:9/none?directConnection=true';
    const error = await connectDatabase({ uri, logger: silentLogger, timeoutMs: 1 }).catch(
      (failure) => failure,
    );
    expect(isUnavailable(error)).toBe(true);
    await other.connection.close();
    const closed = await insertUnordered(other.connection.collection('x'), [{ _id: 1 }]).catch(
      (failure) => failure,
    );
    expect(closed).toBeInstanceOf(Error);
    expect(isUnavailable(closed), String(closed)).toBe(true);
    other = await openTestDatabase();
  });
});
