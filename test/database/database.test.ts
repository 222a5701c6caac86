import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectDatabase } from '../../src/database/connect.ts';
import { isUnavailable } from '../../src/database/errors.ts';
import { compareIndexes, ensureIndexes, rebuildIndexes } from '../../src/database/indexes.ts';
import { insertUnordered } from '../../src/database/insert.ts';
import { openModel, text } from '../../src/database/model.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let other: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
  other = await openTestDatabase();
});
afterAll(async () => {
  await database.drop();
  await other.drop();
});

describe('indexes', () => {
  const declaration = { collection: 'things', key: { a: 1 } as const, options: { name: 'a', unique: true } };

  test('are made once, by several processes at the same time too', async () => {
    const others = await Promise.all(
      Array.from({ length: 4 }, () => connectDatabase({ uri: database.uri, logger: silentLogger })),
    );
    const connections = [database.connection, ...others];
    await Promise.all(
      connections.map((connection) => ensureIndexes(connection, [declaration], silentLogger)),
    );
    await ensureIndexes(database.connection, [declaration], silentLogger);
    const indexes = await database.connection.collection('things').indexes();
    expect(indexes.map(({ name }) => name)).toEqual(['_id_', 'a']);
    await Promise.all(others.map((connection) => connection.close()));
  });

  test('one that is there and means something else is named in the error', async () => {
    await ensureIndexes(database.connection, [declaration], silentLogger);
    const changed = { ...declaration, options: { name: 'a' } };
    const attempt = ensureIndexes(database.connection, [changed], silentLogger);
    await expect(attempt).rejects.toMatchObject({ code: 'INDEX_CONFLICT' });
    await expect(attempt).rejects.toThrow(/The index a on things differs/);
  });

  test('one that means the same stays, whatever its name and the order in which it is told', async () => {
    const things = database.connection.collection('same');
    await things.createIndex({ a: 1, b: -1 }, { sparse: true, unique: true, name: 'as restored' });
    await things.createIndex({ c: 1 }, { partialFilterExpression: { d: { $gt: 0 }, e: 'x' }, name: 'c' });
    await ensureIndexes(
      database.connection,
      [
        { collection: 'same', key: { a: 1, b: -1 }, options: { name: 'ab', unique: true, sparse: true } },
        {
          collection: 'same',
          key: { c: 1 },
          options: { name: 'c', partialFilterExpression: { e: 'x', d: { $gt: 0 } } },
        },
      ],
      silentLogger,
    );
    expect((await things.indexes()).map(({ name }) => name)).toEqual(['_id_', 'as restored', 'c']);
  });

  test('one that differs and is not unique is made anew, and that is said', async () => {
    const things = database.connection.collection('changed');
    await things.createIndex({ a: 1 }, { name: 'a' });
    await things.createIndex({ b: 1 }, { name: 'old name of b', sparse: true });
    const said: unknown[] = [];
    const logger = {
      ...silentLogger,
      warn: (fields: unknown, event?: string) => void said.push([event, fields]),
    };
    const declarations = [
      { collection: 'changed', key: { a: 1 } as const, options: { name: 'a', sparse: true } },
      { collection: 'changed', key: { b: 1 } as const, options: { name: 'b' } },
    ];
    await ensureIndexes(database.connection, declarations, logger);
    const states = await compareIndexes(database.connection, declarations);
    expect(states.map(({ state }) => state)).toEqual(['there', 'there']);
    expect(said).toEqual([
      ['index.rebuilt', { collection: 'changed', index: 'a', dropped: ['a'] }],
      ['index.rebuilt', { collection: 'changed', index: 'b', dropped: ['old name of b'] }],
    ]);
  });

  test('a unique one is made anew by command alone, which drops nothing that it cannot make again', async () => {
    const things = database.connection.collection('once');
    await things.createIndex({ a: 1 }, { name: 'a' });
    await things.insertMany([{ a: 1 }, { a: 1 }]);
    const wanted = { ...declaration, collection: 'once' };
    const attempt = ensureIndexes(database.connection, [wanted], silentLogger);
    await expect(attempt).rejects.toThrow(/npm run cli -- database indexes --rebuild/);
    await expect(rebuildIndexes(database.connection, [wanted], silentLogger)).rejects.toThrow(
      /cannot be made/,
    );
    expect((await things.indexes()).map(({ name, unique }) => [name, unique])).toEqual([
      ['_id_', undefined],
      ['a', undefined],
    ]);
    await things.deleteOne({ a: 1 });
    expect(await rebuildIndexes(database.connection, [wanted], silentLogger)).toHaveLength(1);
    await ensureIndexes(database.connection, [wanted], silentLogger);
    await expect(things.insertOne({ a: 1 })).rejects.toMatchObject({ code: 11_000 });
    expect(await rebuildIndexes(database.connection, [wanted], silentLogger)).toEqual([]);
  });

  test('one of a former version is replaced, and a second start finds nothing to do', async () => {
    const former = { ...declaration, collection: 'older', options: { name: 'a' } };
    await ensureIndexes(database.connection, [former], silentLogger);
    const today = { ...former, options: { name: 'a_once', unique: true, sparse: true }, replaces: 'a' };
    await ensureIndexes(database.connection, [today], silentLogger);
    await ensureIndexes(database.connection, [today, { ...today, collection: 'new' }], silentLogger);
    for (const collection of ['older', 'new']) {
      const indexes = await database.connection.collection(collection).indexes();
      expect(indexes.map(({ name }) => name)).toEqual(['_id_', 'a_once']);
    }
  });

  test('a unique one that the data break is named in the error', async () => {
    await database.connection.collection('twins').insertMany([{ a: 1 }, { a: 1 }]);
    const attempt = ensureIndexes(
      database.connection,
      [{ ...declaration, collection: 'twins' }],
      silentLogger,
    );
    await expect(attempt).rejects.toThrow(/The index a on twins cannot be made/);
  });
});

describe('connecting', () => {
  test('a database that does not answer in time is an error that says so, without the password', async () => {
    const uri = 'mongodb://user:secret@127.0.0.1:9/none?directConnection=true';
    const error = await connectDatabase({ uri, logger: silentLogger, timeoutMs: 1 }).catch(
      (failure) => failure,
    );
    expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(error.message).toMatch(/did not answer within/);
    expect(error.message).not.toContain('secret');
    expect(isUnavailable(error)).toBe(true);
  });

  test('a wrong password is told at once, and not tried for a minute', async () => {
    const wrong = database.uri.replace(/:[^:@/]+@/, ':wrong@');
    expect(wrong).not.toBe(database.uri);
    const attempt = connectDatabase({ uri: wrong, logger: silentLogger });
    await expect(attempt).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(attempt).rejects.toThrow(/MONGODB_URI: the database does not take this user and password/);
  });
});

describe('the bulk insert', () => {
  type Thing = { _id: string; by?: string };
  const openThings = (connection: Connection, collection: string) =>
    openModel<Thing>(connection, collection, { _id: text, by: String });

  test('the first one wins, and its neighbours are stored all the same', async () => {
    const things = openThings(database.connection, 'bulk');
    await insertUnordered(things, [{ _id: '1', by: 'first' }]);
    const results = await insertUnordered(things, [{ _id: '1', by: 'second' }, { _id: '2' }, { _id: '2' }]);
    expect(results).toEqual([undefined, undefined, undefined]);
    expect(await things.find().sort({ _id: 1 }).lean()).toEqual([{ _id: '1', by: 'first' }, { _id: '2' }]);
  });

  test('one that is not as the schema says is refused, and its neighbours are stored', async () => {
    const things = openThings(database.connection, 'wrong');
    const wrong = { _id: 'misspelt', bye: 'x' };
    const results = await insertUnordered(things, [{ _id: '1' }, wrong, { _id: '1' }, { _id: '2' }]);
    expect(results).toEqual([undefined, expect.any(Error), undefined, undefined]);
    expect(await things.find().sort({ _id: 1 }).lean()).toEqual([{ _id: '1' }, { _id: '2' }]);
  });

  test('when the connection is closed everybody is told so', async () => {
    await other.connection.close();
    const closed = await insertUnordered(openThings(other.connection, 'x'), [{ _id: '1' }]).catch(
      (failure) => failure,
    );
    expect(closed).toBeInstanceOf(Error);
    expect(isUnavailable(closed), String(closed)).toBe(true);
    other = await openTestDatabase();
  });

  // The driver wraps a lost connection in a bulk error with an empty list of write errors.
  test('when the server is away everybody is told so, and nobody that theirs is stored', async () => {
    const { silent, forward } = await forwardTo(database.uri);
    const connection = await connectDatabase({ uri: forward, logger: silentLogger });
    const away = openThings(connection, 'away');
    expect(await insertUnordered(away, [{ _id: '1' }])).toEqual([undefined]);
    await silent();
    const failure = await insertUnordered(away, [{ _id: '2' }]).catch((error) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(isUnavailable(failure), String(failure)).toBe(true);
    await connection.close();
  });
});

/** A way to the server that can be cut. */
async function forwardTo(uri: string): Promise<{ forward: string; silent(): Promise<void> }> {
  const { hostname, port, host } = new URL(uri);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = createConnection({ host: hostname, port: Number(port) });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => socket === near && far.destroy());
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address() as AddressInfo;
  return {
    forward: uri.replace(host, `127.0.0.1:${address.port}`),
    silent: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
