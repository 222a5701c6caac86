import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { connectDatabase } from '../../src/database/connect.ts';
import { isUnavailable } from '../../src/database/errors.ts';
import { insertOnce } from '../../src/database/insert.ts';
import { openModel, text } from '../../src/database/model.ts';
import { updateByPipeline } from '../../src/database/pipeline.ts';
import { silentLogger } from '../../src/lib/logger.ts';

const CALL_MS = 500;
const POOL = 20;

/** A door before the real database that can be shut so that nothing is answered any more, and nobody hung up on. */
async function openDoor(port: number) {
  let isShut = false;
  const held = new Set<Socket>();
  const server: Server = createServer((client) => {
    const inner = connect(port, '127.0.0.1');
    held.add(client).add(inner);
    for (const [from, to] of [
      [client, inner],
      [inner, client],
    ] as const) {
      from.on('data', (data) => void (isShut || to.write(data)));
      from.on('error', () => undefined).on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    shut: (now: boolean) => {
      isShut = now;
    },
    close: () => {
      for (const socket of held) socket.destroy();
      server.close();
    },
  };
}

let door: Awaited<ReturnType<typeof openDoor>>;
let connection: Connection;
/** Past the door and without its short deadline: what a test begins with may take longer than a call that it tries. */
let direct: Connection;
const things = () => connection.collection<{ _id: number; n?: number }>('things');
const modelled = () =>
  openModel<{ _id: string; n?: number }>(connection, 'modelled', { _id: text, n: Number });

beforeAll(async () => {
  const uri = new URL(inject('databaseUri'));
  uri.pathname = `/test_deadlines_${process.pid}`;
  direct = await connectDatabase({ uri: String(uri), logger: silentLogger });
  door = await openDoor(Number(uri.port));
  uri.port = String(door.port);
  uri.searchParams.set('directConnection', 'true');
  connection = await connectDatabase({ uri: String(uri), logger: silentLogger, callMs: CALL_MS });
});
beforeEach(async () => {
  door.shut(false);
  const filled = direct.collection<{ _id: number }>('things');
  await filled.deleteMany({});
  await filled.insertMany(Array.from({ length: 250 }, (_, _id) => ({ _id })));
});
afterAll(async () => {
  door.shut(false);
  await direct.dropDatabase();
  await direct.close();
  await connection.close();
  door.close();
});

/** A call whose answer was lost is made again, and must not find what it wrote itself. */
let newest = 1_000;
const CALLS: [string, () => Promise<unknown>][] = [
  ['findOne of a model', async () => modelled().findOne({ _id: '1' }).lean()],
  ['find of a model', async () => modelled().find().sort({ _id: 1 }).limit(5).lean()],
  ['cursor of a model', async () => modelled().find().lean().cursor().next()],
  ['aggregate of a model', async () => modelled().aggregate([{ $match: { n: 1 } }])],
  ['countDocuments of a model', async () => modelled().countDocuments({ n: 1 })],
  ['exists of a model', async () => modelled().exists({ n: 1 })],
  ['insert of a model', () => insertOnce(modelled(), { _id: '2' })],
  ['updateOne of a model', async () => modelled().updateOne({ _id: '1' }, { $set: { n: 1 } })],
  ['update by a pipeline', () => updateByPipeline(modelled(), { _id: '1' }, [{ $set: { n: 1 } }])],
  ['deleteMany of a model', async () => modelled().deleteMany({ n: 1 })],
  ['findOne', () => things().findOne({ _id: 1 })],
  ['find', () => things().find().toArray()],
  ['find, sorted and limited', () => things().find().sort({ _id: 1 }).limit(5).toArray()],
  [
    'aggregate',
    () =>
      things()
        .aggregate([{ $match: { _id: 1 } }])
        .toArray(),
  ],
  ['countDocuments', () => things().countDocuments({})],
  ['distinct', () => things().distinct('_id')],
  ['insertOne', () => things().insertOne({ _id: ++newest })],
  ['insertMany', () => things().insertMany([{ _id: ++newest }], { ordered: false })],
  ['updateOne', () => things().updateOne({ _id: 1 }, { $set: { n: 1 } })],
  ['updateOne, upserting', () => things().updateOne({ _id: ++newest }, { $set: { n: 1 } }, { upsert: true })],
  ['updateMany', () => things().updateMany({}, { $set: { n: 1 } })],
  ['replaceOne', () => things().replaceOne({ _id: 1 }, { n: 1 })],
  ['findOneAndUpdate', () => things().findOneAndUpdate({ _id: 1 }, { $set: { n: 1 } })],
  ['findOneAndDelete', () => things().findOneAndDelete({ _id: 1 })],
  ['deleteOne', () => things().deleteOne({ _id: 1 })],
  ['deleteMany', () => things().deleteMany({ _id: { $lt: 5 } })],
  ['bulkWrite', () => things().bulkWrite([{ deleteOne: { filter: { _id: 1 } } }])],
  ['command', () => connection.db?.command({ ping: 1 }) ?? Promise.reject(new Error('no database'))],
];

// All of these before the door is first shut: what watches the server ends calls under way when it finds out, which may be later.
test.each(CALLS)('%s answers as it did while the database answers', async (_name, call) => {
  await expect(call()).resolves.toBeDefined();
});

describe.each(CALLS)('%s', (_name, call) => {
  test('ends at its deadline while the database hangs, as an outage, and works again after it', async () => {
    door.shut(true);
    const begun = performance.now();
    const error = await call().catch((thrown: unknown) => thrown);
    expect(isUnavailable(error)).toBe(true);
    expect(performance.now() - begun).toBeLessThan(CALL_MS + 1_500);
    door.shut(false);
    await expect.poll(() => call().catch(() => undefined), { timeout: 10_000 }).toBeDefined();
  });
});

test('a list that is read on asks in time for each batch, and a hang in the middle ends it', async () => {
  const read: number[] = [];
  const rest = (async () => {
    for await (const { _id } of things().find({}, { batchSize: 100 })) {
      read.push(_id);
      if (read.length === 100) door.shut(true);
    }
  })();
  expect(isUnavailable(await rest.catch((error: unknown) => error))).toBe(true);
  expect(read).toHaveLength(100);
  door.shut(false);
  expect(await things().find({}, { batchSize: 100 }).toArray()).toHaveLength(250);
});

test('more hung calls than the pool has connections leave it usable', { timeout: 40_000 }, async () => {
  door.shut(true);
  for (let round = 0; round < 3; round += 1) {
    const calls = Array.from({ length: POOL }, (_, n) => things().updateOne({ _id: n }, { $set: { n } }));
    const ends = await Promise.allSettled(calls);
    expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
  }
  door.shut(false);
  await expect
    .poll(
      () =>
        things()
          .findOne({ _id: 7 })
          .catch(() => undefined),
      { timeout: 15_000 },
    )
    .toMatchObject({ _id: 7 });
});
