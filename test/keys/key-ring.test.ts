import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKeyStore, type KeyStore } from '../../src/keys/key.store.ts';
import { type KeyRing, openKeyRing } from '../../src/keys/key-ring.service.ts';
import { createSealer, decrypt, encrypt } from '../../src/lib/sealed.ts';
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
  for (const name of ['keys', 'signatures', 'installation'])
    await database.connection.collection(name).deleteMany({});
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
    // Fingerprints are noted when the ring is whole.
    await database.connection.collection('installation').deleteMany({});
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

  describe('carries fingerprints in the data that it seals', () => {
    const foreign = expect.objectContaining({ code: 'KEY_RING_FOREIGN' });
    const rows = (name: string) => database.connection.collection<{ _id: string }>(name);
    const contents = async () => ({
      keys: await rows('keys').find().toArray(),
      installation: await rows('installation').find().toArray(),
    });
    async function sign(ring: KeyRing, id = 'p:a'): Promise<void> {
      const sealed = createSealer(ring.data).seal({ name: 'Ana' }, `signature:${id}`);
      await rows('signatures').insertOne({ _id: id, sealed } as never);
    }
    /** Another installation's ring, in the place of this one's. */
    async function exchangeRing(): Promise<void> {
      await rows('keys').deleteMany({});
      const kept = await rows('signatures').find().toArray();
      const noted = await rows('installation').find().toArray();
      await rows('signatures').deleteMany({});
      await rows('installation').deleteMany({});
      await open();
      await rows('installation').deleteMany({});
      if (noted.length > 0) await rows('installation').insertMany(noted);
      if (kept.length > 0) await rows('signatures').insertMany(kept);
    }

    test('so that another ring stops the program before anything is written, and both ways out are named', async () => {
      await sign(await open());
      await exchangeRing();
      const before = await contents();
      await expect(open()).rejects.toThrow(foreign);
      await expect(open()).rejects.toThrow(
        /collection `keys`.*\n.*restore the data that belong to these keys/s,
      );
      expect(await contents()).toEqual(before);
    });

    test('also where no person is left to be tried', async () => {
      await open();
      await exchangeRing();
      await expect(open()).rejects.toThrow(foreign);
    });

    test('a ring that was lost is not made anew beside its fingerprints', async () => {
      await open();
      await rows('keys').deleteMany({});
      await expect(open()).rejects.toThrow(foreign);
      expect(await rows('keys').countDocuments()).toBe(0);
    });

    test('data that were restored beside the fingerprints of this installation are tried', async () => {
      const ring = await open();
      await sign({ ...ring, data: { ...ring.data, current: { id: 1, secret: Buffer.alloc(32, 7) } } });
      await expect(open()).rejects.toThrow(foreign);
      await sign(ring, 'p:b');
      await open();
    });

    test('an installation from before them adopts its own, once its people could be opened', async () => {
      await sign(await open());
      await rows('installation').deleteMany({});
      await open();
      expect((await contents()).installation).toHaveLength(1);
      await exchangeRing();
      await rows('installation').deleteMany({});
      await expect(open()).rejects.toThrow(foreign);
      expect((await contents()).installation).toEqual([]);
    });

    test('another master key over the same ring, and a key that is added to it, change nothing', async () => {
      const [before, after] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
      await sign(await open(before));
      for (const key of await store.listKeys()) {
        const secret = decrypt(before, key.wrapped, `key:${key._id}`);
        const wrapped = encrypt(after, secret, `key:${key._id}`);
        await rows('keys').updateOne({ _id: key._id }, { $set: { wrapped } });
      }
      await open(after);
      const wrapped = encrypt(after, Buffer.alloc(32, 9), 'key:data:2');
      const added = { _id: 'data:2', purpose: 'data', number: 2, wrapped, createdAt: clock.now() };
      await store.insertMissing([added]);
      expect((await open(after)).data.current.id).toBe(2);
      expect(Object.keys((await store.findFingerprints()) ?? {})).toContain('data:2');
    });

    test('what runs beside a server notes none', async () => {
      await sign(await open());
      await rows('installation').deleteMany({});
      await openKeyRing({ store, dataDir, masterKey: undefined, mayMake: false, clock });
      expect((await contents()).installation).toEqual([]);
    });
  });

  test('networks and addresses are named by keys that say nothing', async () => {
    const ring = await open();
    expect(ring.emailKeyOf('ana@home.example')).toMatch(/^[\w-]{22}$/);
    expect(ring.networkKeyOf('192.0.2.1')).toMatch(/^[\w-]{16}$/);
  });
});
