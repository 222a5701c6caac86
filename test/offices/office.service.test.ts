import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/lib/logger.ts';
import { createOfficeService, type OfficeService } from '../../src/offices/office.service.ts';
import { createOfficeStore, type OfficeStore } from '../../src/offices/office.store.ts';
import { emailChannel } from '../../src/offices/office.ts';
import { loadStarter } from '../../src/starter/load-starter.ts';
import { TESTER } from '../support/actor.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const given = { email: 'mail@inm.example', source: 'https://inm.example/contact', checked: '2026-11-23' };

let database: TestDatabase;
let store: OfficeStore;
let offices: OfficeService;
beforeAll(async () => {
  database = await openTestDatabase();
  store = createOfficeStore(database.connection);
  offices = createOfficeService({
    store,
    clock: createTestClock('2026-11-24T12:00:00Z'),
    logger: silentLogger,
  });
});
beforeEach(async () => {
  await database.connection.collection('offices').deleteMany({});
  await store.insertMissing((await loadStarter()).offices);
});
afterAll(() => database.drop());

test('the nine offices are listed in order, and one is found by its id', async () => {
  const ids = (await offices.listOffices()).map(({ _id }) => _id);
  expect(ids).toHaveLength(9);
  expect(ids[0]).toBe('us-dhs-secretary');
  expect((await offices.getOffice('mx-inm')).name.es).toBe('Instituto Nacional de Migración');
});

test('an office that is not there is an error that names it', async () => {
  const error = { code: 'OFFICE_NOT_FOUND', message: expect.stringContaining('mx-nobody') };
  await expect(offices.getOffice('mx-nobody')).rejects.toMatchObject(error);
  await expect(offices.verifyEmailChannel(TESTER, 'mx-nobody', given)).rejects.toMatchObject(error);
  await expect(offices.blockEmailChannel(TESTER, 'mx-nobody')).rejects.toMatchObject(error);
});

describe('entering an address', () => {
  test('keeps where it is published and when somebody looked, beside the postal address', async () => {
    const office = await offices.verifyEmailChannel(TESTER, 'mx-presidency', given);
    expect(office.channels.map(({ kind }) => kind)).toEqual(['post', 'email']);
    expect(emailChannel(office)).toEqual({
      kind: 'email',
      value: given.email,
      state: 'verified',
      source: given.source,
      verifiedOn: given.checked,
    });
  });

  test('anew takes the place of the one before', async () => {
    await offices.verifyEmailChannel(TESTER, 'mx-inm', given);
    const office = await offices.verifyEmailChannel(TESTER, 'mx-inm', { ...given, email: 'new@inm.example' });
    expect(office.channels.map(({ value }) => value)).toEqual(['new@inm.example']);
  });

  test('is refused for an office that serves people in need', async () => {
    await expect(offices.verifyEmailChannel(TESTER, 'mx-comar', given)).rejects.toMatchObject({
      code: 'OFFICE_CHANNEL_INVALID',
      message: expect.stringContaining('by post only'),
    });
    expect((await offices.getOffice('mx-comar')).channels).toEqual([]);
  });

  const faults: [string, Record<string, unknown>, RegExp][] = [
    ['no address', { email: undefined }, /^email: /],
    ['what is no address', { email: 'inm.example' }, /^email: must be an e-mail address$/],
    ['two addresses', { email: 'a@inm.example,b@inm.example' }, /^email: /],
    ['no source', { source: undefined }, /^source: must be the http\(s\) address/],
    ['a source that is no page', { source: 'somebody told me' }, /^source: /],
    ['no day', { checked: undefined }, /^checked: must be a calendar day, YYYY-MM-DD$/],
    ['a day that is none', { checked: '2026-02-30' }, /^checked: /],
    ['a day written otherwise', { checked: '11/23/2026' }, /^checked: /],
    ['a day in the future', { checked: '2026-11-26' }, /^checked: lies in the future$/],
  ];
  test.each(faults)('is refused with %s, and says so', async (_title, over, message) => {
    await expect(offices.verifyEmailChannel(TESTER, 'mx-inm', { ...given, ...over })).rejects.toMatchObject({
      code: 'OFFICE_CHANNEL_INVALID',
      message: expect.stringMatching(message),
    });
    expect((await offices.getOffice('mx-inm')).channels).toEqual([]);
  });

  test('names all faults at once', async () => {
    await expect(offices.verifyEmailChannel(TESTER, 'mx-inm', {})).rejects.toThrow(
      /email: .*\nsource: .*\nchecked: /,
    );
  });
});

describe('blocking an address', () => {
  test('stops mail to it and keeps it on record', async () => {
    await offices.verifyEmailChannel(TESTER, 'mx-inm', given);
    const office = await offices.blockEmailChannel(TESTER, 'mx-inm');
    expect(emailChannel(office)).toBeUndefined();
    expect(office.channels).toMatchObject([{ value: given.email, state: 'blocked', source: given.source }]);
  });

  test('needs one', async () => {
    await expect(offices.blockEmailChannel(TESTER, 'mx-inm')).rejects.toMatchObject({
      code: 'OFFICE_CHANNEL_INVALID',
    });
  });
});
