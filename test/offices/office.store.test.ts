import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOfficeService, type OfficeService } from '../../src/offices/office.service.ts';
import { createOfficeStore, type OfficeStore } from '../../src/offices/office.store.ts';
import { type Channel, emailChannel } from '../../src/offices/office.ts';
import { loadStarter } from '../../src/starter/load-starter.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const channel = (value: string, over: Partial<Channel> = {}): Channel => ({
  kind: 'email',
  value,
  state: 'verified',
  source: 'https://office.example/contact',
  verifiedOn: '2026-11-24',
  ...over,
});
const given = { email: 'a@dhs.example', source: 'https://dhs.example/contact', checked: '2026-11-24' };

let database: TestDatabase;
let store: OfficeStore;
const clock = createTestClock();
let offices: OfficeService;
beforeAll(async () => {
  database = await openTestDatabase();
  store = createOfficeStore(database.connection);
  offices = createOfficeService({ store, clock });
});
beforeEach(async () => {
  clock.set('2026-11-24T12:00:00Z');
  await database.connection.collection('offices').deleteMany({});
  await store.insertMissing((await loadStarter()).offices);
});
afterAll(() => database.drop());

const emailsOf = async (id: string) =>
  (await store.findOffice(id))?.channels.filter(({ kind }) => kind === 'email') ?? [];

describe('the store', () => {
  test('lists what was put in, in order, and overwrites nothing', async () => {
    const shipped = (await loadStarter()).offices;
    expect(await store.listOffices()).toEqual(shipped);
    await store.putEmailChannel('mx-inm', channel('a@inm.example'));
    await store.insertMissing(shipped);
    expect(await emailsOf('mx-inm')).toEqual([channel('a@inm.example')]);
  });

  test('two who enter an address at once leave one address', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        store.putEmailChannel('mx-inm', channel(`a${index}@inm.example`)),
      ),
    );
    expect(await emailsOf('mx-inm')).toHaveLength(1);
  });

  test('an address with a dollar sign is text and no expression', async () => {
    await store.putEmailChannel('mx-inm', channel('$name@inm.example'));
    expect(await emailsOf('mx-inm')).toEqual([channel('$name@inm.example')]);
  });

  test('an office for people in need takes no address, not even from the store', async () => {
    expect(await store.putEmailChannel('mx-comar', channel('a@comar.example'))).toBe(false);
    expect(await emailsOf('mx-comar')).toEqual([]);
  });
});

describe('which address may receive mail', () => {
  test('none of those that ship', async () => {
    expect((await store.listOffices()).filter(emailChannel)).toEqual([]);
  });

  test.each(['unverified', 'failing', 'blocked'] as const)('none that is %s', async (state) => {
    await store.putEmailChannel('mx-inm', channel('a@inm.example', { state }));
    const office = await store.findOffice('mx-inm');
    expect(office && emailChannel(office)).toBeUndefined();
  });

  test('none of an office that became post only after it had one', async () => {
    await store.putEmailChannel('mx-inm', channel('a@inm.example'));
    await database.connection
      .collection<{ _id: string }>('offices')
      .updateOne({ _id: 'mx-inm' }, { $set: { isPostOnly: true } });
    const office = await store.findOffice('mx-inm');
    expect(office && emailChannel(office)).toBeUndefined();
  });
});

describe('the day on which somebody looked', () => {
  test('may be the one that has begun only in the far east', async () => {
    clock.set('2026-11-24T10:30:00Z');
    const office = await offices.verifyEmailChannel('mx-inm', { ...given, checked: '2026-11-25' });
    expect(emailChannel(office)?.verifiedOn).toBe('2026-11-25');
  });

  test('may not be one that has begun nowhere', async () => {
    clock.set('2026-11-24T09:30:00Z');
    await expect(offices.verifyEmailChannel('mx-inm', { ...given, checked: '2026-11-25' })).rejects.toThrow(
      /future/,
    );
    expect(await emailsOf('mx-inm')).toEqual([]);
  });
});

test('a refused address leaves the one before as it was', async () => {
  await offices.verifyEmailChannel('mx-inm', given);
  for (const bad of ['a@b@c.example', 'a, b@dhs.example', 'A <a@dhs.example>', 'a@dhs', 'a b@dhs.example']) {
    await expect(offices.verifyEmailChannel('mx-inm', { ...given, email: bad })).rejects.toMatchObject({
      code: 'OFFICE_CHANNEL_INVALID',
    });
  }
  for (const source of [
    'ftp://dhs.example/a',
    'mailto:a@dhs.example',
    'javascript:alert(1)',
    'dhs.example',
  ]) {
    await expect(offices.verifyEmailChannel('mx-inm', { ...given, source })).rejects.toThrow(/source/);
  }
  expect((await emailsOf('mx-inm')).map(({ value }) => value)).toEqual(['a@dhs.example']);
});

test('a blocked address may be verified anew', async () => {
  await offices.verifyEmailChannel('mx-inm', given);
  await offices.blockEmailChannel('mx-inm');
  const office = await offices.verifyEmailChannel('mx-inm', { ...given, email: 'b@dhs.example' });
  expect(emailChannel(office)?.value).toBe('b@dhs.example');
});
