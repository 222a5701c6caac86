import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/lib/logger.ts';
import { createOfficeService, type OfficeService } from '../../src/offices/office.service.ts';
import { createOfficeStore, type OfficeStore } from '../../src/offices/office.store.ts';
import { type Channel, emailChannel } from '../../src/offices/office.ts';
import { loadStarter } from '../../src/starter/load-starter.ts';
import { TESTER } from '../support/actor.ts';
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
  offices = createOfficeService({ store, clock, logger: silentLogger });
});
beforeEach(async () => {
  clock.set('2026-11-24T12:00:00Z');
  await database.connection.collection('offices').deleteMany({});
  await store.insertMissing((await loadStarter()).offices);
});
afterAll(() => database.drop());

/** As it could stand there, whoever put it in. */
const put = (id: string, ...channels: Channel[]) =>
  store.changeOffice(id, (office) => ({ ...office, channels: [...office.channels, ...channels] }));

const emailsOf = async (id: string) =>
  (await store.findOffice(id))?.channels.filter(({ kind }) => kind === 'email') ?? [];

describe('the store', () => {
  test('lists what was put in, in order, and overwrites nothing', async () => {
    const shipped = (await loadStarter()).offices;
    expect(await store.listOffices()).toEqual(shipped);
    await put('mx-inm', channel('a@inm.example'));
    await store.insertMissing(shipped);
    expect(await emailsOf('mx-inm')).toEqual([channel('a@inm.example')]);
  });

  test('an office of an older installation gets what it lacks, on reading alone', async () => {
    const offices = database.connection.collection<{ _id: string }>('offices');
    const old = { $unset: { languages: 1, hours: 1, pace: 1 } };
    await offices.updateMany({}, old as never);
    expect(await store.listOffices()).toEqual((await loadStarter()).offices);
    expect(await store.findOffice('mx-comar')).toMatchObject({
      languages: ['es'],
      pace: { digestsPerMonth: 0, lettersPerHour: 0, lettersInAll: 0 },
    });
    expect(await offices.findOne({ _id: 'mx-inm' })).not.toHaveProperty('pace');
  });

  test('twenty who change an office at once all change it', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `a${index}@inm.example`);
    await Promise.all(names.map((name) => put('mx-inm', channel(name))));
    expect((await emailsOf('mx-inm')).map(({ value }) => value).sort()).toEqual(names.sort());
    expect((await store.findOffice('mx-inm'))?.revision).toBe(20);
  });

  test('a change that changes nothing is not written', async () => {
    await store.changeOffice('mx-inm', (office) => office);
    expect(await store.findOffice('mx-inm')).not.toHaveProperty('revision');
  });

  test('what another room keeps in an office stays there', async () => {
    const offices = database.connection.collection<{ _id: string }>('offices');
    await offices.updateOne({ _id: 'mx-inm' }, { $set: { kept: 'by another' } });
    await put('mx-inm', channel('a@inm.example'));
    expect(await offices.findOne({ _id: 'mx-inm' })).toMatchObject({ kept: 'by another' });
  });

  test('two who enter an address at once leave one address', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        offices.verifyEmailChannel(TESTER, 'mx-inm', { ...given, email: `a${index}@inm.example` }),
      ),
    );
    expect(await emailsOf('mx-inm')).toHaveLength(1);
  });

  test('an address with a dollar sign is text and no expression', async () => {
    await offices.verifyEmailChannel(TESTER, 'mx-inm', { ...given, email: '$name@inm.example' });
    expect((await emailsOf('mx-inm')).map(({ value }) => value)).toEqual(['$name@inm.example']);
  });
});

describe('which address may receive mail', () => {
  test('none of those that ship', async () => {
    expect((await store.listOffices()).filter(emailChannel)).toEqual([]);
  });

  test.each(['unverified', 'failing', 'blocked'] as const)('none that is %s', async (state) => {
    await put('mx-inm', channel('a@inm.example', { state }));
    const office = await store.findOffice('mx-inm');
    expect(office && emailChannel(office)).toBeUndefined();
  });

  test('none of an office that became post only after it had one', async () => {
    await put('mx-inm', channel('a@inm.example'));
    await database.connection
      .collection<{ _id: string }>('offices')
      .updateOne({ _id: 'mx-inm' }, { $set: { isPostOnly: true } });
    const office = await store.findOffice('mx-inm');
    expect(office && emailChannel(office)).toBeUndefined();
  });
});

describe('which of several addresses is written to', () => {
  const of = async () => {
    const office = await store.findOffice('mx-inm');
    return office && emailChannel(office)?.value;
  };

  test('the first that is verified', async () => {
    await put(
      'mx-inm',
      channel('a@inm.example', { state: 'unverified' }),
      channel('b@inm.example', { state: 'failing' }),
      channel('c@inm.example'),
      channel('d@inm.example'),
    );
    expect(await of()).toBe('c@inm.example');
  });

  test.each([
    ['a mark do-not-contact', { kind: 'do-not-contact', value: 'asked us to stop', state: 'verified' }],
  ] as const)('none under %s', async (_title, mark) => {
    await put('mx-inm', channel('c@inm.example'), mark);
    expect(await of()).toBeUndefined();
  });

  test.each([
    ['address', channel('helpline@inm.example')],
    ['page that publishes it', channel('a@inm.example', { source: 'https://inm.example/linea-de-ayuda' })],
  ])('none whose %s says that it is a helpline', async (_title, helpline) => {
    await put('mx-inm', helpline);
    expect(await of()).toBeUndefined();
  });

  test('none of an office that is named so', async () => {
    await put('mx-inm', channel('a@inm.example'));
    await store.changeOffice('mx-inm', (office) => ({
      ...office,
      name: { en: 'ORR National Call Center', es: 'Centro' },
    }));
    expect(await of()).toBeUndefined();
  });
});

describe('the day on which somebody looked', () => {
  test('may be the one that has begun only in the far east', async () => {
    clock.set('2026-11-24T10:30:00Z');
    const office = await offices.verifyEmailChannel(TESTER, 'mx-inm', { ...given, checked: '2026-11-25' });
    expect(emailChannel(office)?.verifiedOn).toBe('2026-11-25');
  });

  test('may not be one that has begun nowhere', async () => {
    clock.set('2026-11-24T09:30:00Z');
    await expect(
      offices.verifyEmailChannel(TESTER, 'mx-inm', { ...given, checked: '2026-11-25' }),
    ).rejects.toThrow(/future/);
    expect(await emailsOf('mx-inm')).toEqual([]);
  });
});

test('a refused address leaves the one before as it was', async () => {
  await offices.verifyEmailChannel(TESTER, 'mx-inm', given);
  for (const bad of ['a@b@c.example', 'a, b@dhs.example', 'A <a@dhs.example>', 'a@dhs', 'a b@dhs.example']) {
    await expect(
      offices.verifyEmailChannel(TESTER, 'mx-inm', { ...given, email: bad }),
    ).rejects.toMatchObject({
      code: 'OFFICE_CHANNEL_INVALID',
    });
  }
  for (const source of [
    'ftp://dhs.example/a',
    'mailto:a@dhs.example',
    'javascript:alert(1)',
    'dhs.example',
  ]) {
    await expect(offices.verifyEmailChannel(TESTER, 'mx-inm', { ...given, source })).rejects.toThrow(
      /source/,
    );
  }
  expect((await emailsOf('mx-inm')).map(({ value }) => value)).toEqual(['a@dhs.example']);
});

test('a blocked address may be verified anew', async () => {
  await offices.verifyEmailChannel(TESTER, 'mx-inm', given);
  await offices.blockEmailChannel(TESTER, 'mx-inm');
  const office = await offices.verifyEmailChannel(TESTER, 'mx-inm', { ...given, email: 'b@dhs.example' });
  expect(emailChannel(office)?.value).toBe('b@dhs.example');
});
