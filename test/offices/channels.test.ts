import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOfficeService, type OfficeService } from '../../src/offices/office.service.ts';
import { createOfficeStore } from '../../src/offices/office.store.ts';
import { emailChannel } from '../../src/offices/office.ts';
import { loadStarter } from '../../src/starter/load-starter.ts';
import { TESTER } from '../support/actor.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const given = { email: 'a@inm.example', source: 'https://inm.example/contact', checked: '2026-11-24' };
const at = new Date('2026-11-24T15:00:00Z');
const soft = { reason: '452 4.2.2 mailbox full', at };
const hard = { reason: '550 5.1.1 no such user', at, hard: true };

let database: TestDatabase;
let logged: string[];
let offices: OfficeService;
beforeAll(async () => {
  database = await openTestDatabase();
});
beforeEach(async () => {
  await database.connection.collection('offices').deleteMany({});
  const store = createOfficeStore(database.connection);
  await store.insertMissing((await loadStarter()).offices);
  logged = [];
  const log = (level: string) => (_: unknown, event: string) => void logged.push(`${level} ${event}`);
  const logger = { error: log('error'), warn: log('warn'), info: log('info'), debug: log('debug') };
  offices = createOfficeService({ store, clock: createTestClock(), logger });
  await offices.verifyEmailChannel(TESTER, 'mx-inm', given);
  logged = [];
});
afterAll(() => database.drop());

const channelOf = async () => (await offices.getOffice('mx-inm')).channels[0];

describe('a mail that comes back', () => {
  test('because there is no such address stops mail to it at once, and tells the organisers', async () => {
    const office = await offices.failChannel('mx-inm', hard);
    expect(emailChannel(office)).toBeUndefined();
    expect(await channelOf()).toMatchObject({
      state: 'failing',
      failures: 1,
      failedAt: at,
      reason: '550 5.1.1 no such user',
      source: given.source,
    });
    expect(logged).toEqual(['error office.channel-failing']);
  });

  test('for another reason does at the third time', async () => {
    await offices.failChannel('mx-inm', soft);
    expect(emailChannel(await offices.failChannel('mx-inm', soft))?.failures).toBe(2);
    expect(emailChannel(await offices.failChannel('mx-inm', soft))).toBeUndefined();
    expect(logged).toEqual([
      'warn office.channel-failed',
      'warn office.channel-failed',
      'error office.channel-failing',
    ]);
  });

  test('two that are told at once both count, and three at once fail it', async () => {
    await Promise.all([offices.failChannel('mx-inm', soft), offices.failChannel('mx-inm', soft)]);
    expect(await channelOf()).toMatchObject({ state: 'verified', failures: 2 });
    await Promise.all(Array.from({ length: 5 }, () => offices.failChannel('mx-inm', soft)));
    expect(await channelOf()).toMatchObject({ state: 'failing', failures: 3 });
    expect(logged.filter((line) => line === 'error office.channel-failing')).toHaveLength(1);
  });

  test('one that is told twice counts once, also when both come at once', async () => {
    const told = { ...soft, deliveryId: 'p:mx-inm:digest:1' };
    await Promise.all([offices.failChannel('mx-inm', told), offices.failChannel('mx-inm', told)]);
    await offices.failChannel('mx-inm', told);
    expect(await channelOf()).toMatchObject({ failures: 1 });
    expect(logged).toHaveLength(1);
  });

  test('from an address that is written to no more says nothing of the one that is', async () => {
    await offices.verifyEmailChannel(TESTER, 'mx-inm', { ...given, email: 'new@inm.example' });
    await offices.failChannel('mx-inm', { ...hard, address: given.email });
    expect(emailChannel(await offices.getOffice('mx-inm'))?.value).toBe('new@inm.example');
    await offices.failChannel('mx-inm', { ...hard, address: 'NEW@inm.example' });
    expect(emailChannel(await offices.getOffice('mx-inm'))).toBeUndefined();
  });

  test('hands over to the next verified address', async () => {
    const second = { kind: 'email', value: 'b@inm.example', source: given.source, checked: given.checked };
    await offices.addChannel(TESTER, 'mx-inm', second);
    expect(emailChannel(await offices.failChannel('mx-inm', hard))?.value).toBe('b@inm.example');
  });

  test('brings no control characters into a terminal', async () => {
    await offices.failChannel('mx-inm', { reason: '550 \u001b[31mno\r\nsuch\u0007 user', at, hard: true });
    expect((await channelOf())?.reason).toBe('550 [31mno such user');
  });

  test('to an office without an address, or to none, is no harm', async () => {
    expect((await offices.failChannel('mx-sre', hard)).channels).toEqual([]);
    await expect(offices.failChannel('mx-nobody', hard)).rejects.toMatchObject({ code: 'OFFICE_NOT_FOUND' });
    expect(logged).toEqual([]);
  });

  test('counts no more once somebody has checked the address anew, or lifted the mark', async () => {
    await offices.failChannel('mx-inm', hard);
    expect(emailChannel(await offices.verifyEmailChannel(TESTER, 'mx-inm', given))).not.toHaveProperty(
      'failures',
    );
    await offices.failChannel('mx-inm', hard);
    expect(emailChannel(await offices.unblockChannel(TESTER, 'mx-inm', given.email))).toEqual({
      kind: 'email',
      value: given.email,
      state: 'verified',
      source: given.source,
      verifiedOn: given.checked,
    });
  });
});

describe('what happened to channels', () => {
  test('is kept in order, also of those that are gone', async () => {
    await offices.verifyEmailChannel(TESTER, 'mx-inm', { ...given, email: 'b@inm.example' });
    await offices.failChannel('mx-inm', { ...hard, deliveryId: 'd1' });
    await offices.removeChannel(TESTER, 'mx-inm', 'b@inm.example');
    const { changes = [] } = await offices.getOffice('mx-inm');
    expect(changes.map(({ change, value }) => `${change} ${value}`)).toEqual([
      'verified a@inm.example',
      'replaced a@inm.example',
      'verified b@inm.example',
      'failing b@inm.example',
      'removed b@inm.example',
    ]);
    expect(changes[3]).toMatchObject({ deliveryId: 'd1', reason: '550 5.1.1 no such user', at });
  });

  test('does not grow without end', async () => {
    for (let round = 0; round < 105; round += 1) {
      await offices.markDoNotContact(TESTER, 'mx-inm', 'they asked us');
      await offices.liftDoNotContact(TESTER, 'mx-inm');
    }
    expect((await offices.getOffice('mx-inm')).changes).toHaveLength(200);
  });
});

test('blocking and a failure at once are both kept', async () => {
  await Promise.all([
    offices.failChannel('mx-inm', soft),
    offices.setPace(TESTER, 'mx-inm', { lettersPerHour: 5 }),
    offices.addHolder(TESTER, 'mx-inm', {
      name: 'Ana',
      title: { en: 'Head', es: 'Titular' },
      from: '2026-01-01',
    }),
  ]);
  expect(await offices.getOffice('mx-inm')).toMatchObject({
    channels: [{ failures: 1 }],
    pace: { lettersPerHour: 5 },
    holders: [{ name: 'Ana' }],
  });
});

test.each([
  [
    'blocked twice',
    () => offices.blockEmailChannel(TESTER, 'mx-inm').then(() => offices.blockEmailChannel(TESTER, 'mx-inm')),
  ],
  ['unblocked when it is not blocked', () => offices.unblockChannel(TESTER, 'mx-inm', given.email)],
  ['lifted when there is no mark', () => offices.liftDoNotContact(TESTER, 'mx-inm')],
  ['marked without a reason', () => offices.markDoNotContact(TESTER, 'mx-inm', ' ')],
  [
    'a mark that is blocked',
    () =>
      offices
        .markDoNotContact(TESTER, 'mx-inm', 'why')
        .then(() => offices.blockChannel(TESTER, 'mx-inm', 'why')),
  ],
])('%s is refused', async (_title, act) => {
  await expect(act()).rejects.toMatchObject({ code: 'OFFICE_CHANNEL_INVALID' });
});
