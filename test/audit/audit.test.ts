import { createSecretKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuditService } from '../../src/audit/audit.service.ts';
import { createAuditStore } from '../../src/audit/audit.store.ts';
import { shellActor } from '../../src/lib/actor.ts';
import { toCsv } from '../../src/lib/csv.ts';
import { AppError } from '../../src/lib/errors.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
const clock = createTestClock();
const key = createSecretKey(Buffer.alloc(32, 7));
const rosa = shellActor('Rosa');
const open = () =>
  createAuditService({ store: createAuditStore(database.connection), key, clock, logger: silentLogger });
const lines = () => database.connection.collection('audit');

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.drop());

describe('an act', () => {
  test('is written down before it is done, and how it ended after it', async () => {
    const audit = open();
    const seenBefore: unknown[] = [];
    const change = [{ field: 'state', from: 'open', to: 'closed' }];
    const intent = { act: 'petition close', of: ['safe-passage'], changes: change, why: 'It is won.' };
    await audit.record(rosa, intent, async () => void seenBefore.push(...(await audit.listActs({}, 10))));
    expect(seenBefore).toEqual([
      expect.objectContaining({ by: 'Rosa', act: 'petition close', why: 'It is won.' }),
    ]);
    expect(seenBefore[0]).not.toHaveProperty('outcome');
    expect(await audit.listActs({}, 10)).toEqual([
      expect.objectContaining({ outcome: 'done', changes: change }),
    ]);
  });

  test('that is refused or fails says so, and the error is the act’s own', async () => {
    const audit = open();
    const refused = new AppError('INPUT_INVALID');
    await expect(audit.record(rosa, { act: 'a', of: [] }, () => Promise.reject(refused))).rejects.toBe(
      refused,
    );
    const failed = new TypeError('x');
    await expect(audit.record(rosa, { act: 'b', of: [] }, () => Promise.reject(failed))).rejects.toBe(failed);
    const outcomes = (await audit.listActs({}, 2)).map(({ act, outcome }) => [act, outcome]);
    expect(outcomes).toEqual([
      ['b', 'failed'],
      ['a', 'refused'],
    ]);
  });

  test('is not done when it cannot be written down', async () => {
    const store = {
      ...createAuditStore(database.connection),
      insertEntry: () => Promise.reject(new Error('away')),
    };
    const audit = createAuditService({ store, key, clock, logger: silentLogger });
    let isDone = false;
    const work = async () => {
      isDone = true;
    };
    await expect(audit.record(rosa, { act: 'a', of: [] }, work)).rejects.toThrow('away');
    expect(isDone).toBe(false);
  });

  test('of many writers at once has one line each, in one chain', async () => {
    const writers = [open(), open(), open()];
    const before = (await open().verify()).entries;
    const work = writers.flatMap((audit, writer) =>
      Array.from({ length: 20 }, (_, n) =>
        audit.record(rosa, { act: 'race', of: [`${writer}.${n}`] }, async () => undefined),
      ),
    );
    await Promise.all(work);
    const report = await open().verify();
    expect([report.entries, report.faults, report.open]).toEqual([before + 120, [], []]);
    const raced = await open().listActs({ act: 'race' }, 100);
    expect(new Set(raced.map(({ of }) => of[0])).size).toBe(60);
  });

  test('is found by who, what and on what, a page at a time', async () => {
    const audit = open();
    await audit.record(shellActor('Ana'), { act: 'found', of: ['x'] }, async () => undefined);
    const [act] = await audit.listActs({ by: 'Ana' }, 10);
    expect(await audit.listActs({ act: 'found', of: 'x' }, 10)).toEqual([act]);
    expect(await audit.listActs({ by: 'Ana', before: act?.seq ?? 0 }, 10)).toEqual([]);
  });
});

describe('the chain', () => {
  test('shows an act that no line ends', async () => {
    const audit = open();
    await audit.record(rosa, { act: 'crash', of: [] }, async () => undefined);
    const last = await lines().findOne({}, { sort: { _id: -1 } });
    await lines().deleteOne({ _id: last?._id as never });
    const [act] = await audit.listActs({}, 1);
    expect(act).not.toHaveProperty('outcome');
    expect((await audit.verify()).open).toEqual([act?.seq]);
  });

  test.each([
    ['who', { by: 'Eva' }],
    ['what', { act: 'z' }],
    ['on what', { of: ['y'] }],
    ['when', { at: new Date('2026-11-24T12:00:00.001Z') }],
    ['how it ended', { outcome: 'failed' }],
    ['a field that was not there', { why: 'x' }],
    ['its place', { seq: 9_000 }],
    ['its hash', { hash: '0'.repeat(64) }],
    ['the one before', { previousHash: '0'.repeat(64) }],
  ])('shows a line of which one byte is another: %s', async (_, $set) => {
    const audit = open();
    const sound = await lines().findOne({ ends: { $exists: true } }, { sort: { _id: 1 } });
    await lines().updateOne({ _id: sound?._id as never }, { $set });
    expect((await audit.verify()).faults.length).toBeGreaterThan(0);
    await lines().deleteOne({ _id: sound?._id as never });
    expect((await audit.verify()).faults.length).toBeGreaterThan(0);
    await lines().insertOne(sound as never);
    expect((await audit.verify()).faults).toEqual([]);
  });

  test('made with another key does not hold', async () => {
    const store = createAuditStore(database.connection);
    const other = createAuditService({
      store,
      key: createSecretKey(Buffer.alloc(32, 8)),
      clock,
      logger: silentLogger,
    });
    expect((await other.verify()).faults.length).toBeGreaterThan(0);
  });
});

test('a CSV runs nothing, and keeps quotation marks and line breaks', () => {
  const csv = toCsv(
    ['a', 'b'],
    [
      ['=1+1', ' +2'],
      ['she said "no"', 'one\ntwo'],
      ['@x', '-3'],
    ],
  );
  expect(csv).toBe('\ufeff"a","b"\r\n"\'=1+1","\' +2"\r\n"she said ""no""","one\ntwo"\r\n"\'@x","\'-3"\r\n');
});
