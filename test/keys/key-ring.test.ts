import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKeyStore, type KeyStore } from '../../src/keys/key.store.ts';
import { openKeyRing } from '../../src/keys/key-ring.ts';
import { createSealer } from '../../src/lib/sealed.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let store: KeyStore;
let dataDir: string;
const clock = createTestClock();
const locked = expect.objectContaining({ code: 'KEY_RING_LOCKED' });

beforeAll(async () => {
  database = await openTestDatabase();
  store = createKeyStore(database.connection);
});
afterAll(() => database.drop());
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keys-'));
  for (const name of ['keys', 'signatures']) await database.connection.collection(name).deleteMany({});
});
afterEach(() => rm(dataDir, { recursive: true }));

const open = (masterKey?: Buffer) => openKeyRing({ store, dataDir, masterKey, clock });

describe('the key ring', () => {
  test('a second start opens what the first one sealed, and knows people by the same key', async () => {
    const first = await open();
    const sealed = createSealer(first.data).seal({ name: 'Ana' }, 'c');
    const second = await open();
    expect(createSealer(second.data).open(sealed, 'c')).toEqual({ name: 'Ana' });
    expect(second.emailKeyOf('ana@home.example')).toBe(first.emailKeyOf('ana@home.example'));
  });

  test('the generated master key is readable by its owner alone and is not in the database', async () => {
    await open();
    const path = join(dataDir, 'keys', 'master.key');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const key = Buffer.from(await readFile(path, 'utf8'), 'base64');
    const stored = JSON.stringify(await database.connection.collection('keys').find().toArray());
    expect(stored).not.toContain(key.toString('base64'));
  });

  test('two processes that start at once end with one ring', async () => {
    const rings = await Promise.all([open(), open(), open()]);
    expect(new Set(rings.map((ring) => ring.emailKeyOf('ana@home.example'))).size).toBe(1);
  });

  test('a ring that a crash left half made is completed, and what it has stays', async () => {
    const first = await open();
    const keys = database.connection.collection('keys');
    await keys.deleteMany({ purpose: { $in: ['session', 'emailKey'] } });
    const second = await open();
    expect(await keys.countDocuments()).toBe(4);
    const sealed = createSealer(first.data).seal({ name: 'Ana' }, 'c');
    expect(createSealer(second.data).open(sealed, 'c')).toEqual({ name: 'Ana' });
  });

  test('another master key stops the program before anything is written', async () => {
    await open(Buffer.alloc(32, 1));
    const before = await database.connection.collection('keys').find().toArray();
    await expect(open(Buffer.alloc(32, 2))).rejects.toThrow(locked);
    expect(await database.connection.collection('keys').find().toArray()).toEqual(before);
  });

  test('a lost key file stops the program and is not made anew', async () => {
    await open();
    await rm(join(dataDir, 'keys'), { recursive: true });
    await expect(open()).rejects.toThrow(locked);
    await expect(stat(join(dataDir, 'keys', 'master.key'))).rejects.toThrow();
  });

  test('a ring that vanished while people are stored is not made anew', async () => {
    await open();
    await database.connection.collection('keys').deleteMany({});
    await database.connection.collection('signatures').insertOne({ sealed: 'x' });
    await expect(open()).rejects.toThrow(locked);
    expect(await database.connection.collection('keys').countDocuments()).toBe(0);
  });

  test('networks and addresses are named by keys that say nothing', async () => {
    const ring = await open();
    expect(ring.emailKeyOf('ana@home.example')).toMatch(/^[\w-]{22}$/);
    expect(ring.networkKeyOf('192.0.2.1')).toMatch(/^[\w-]{16}$/);
  });
});
