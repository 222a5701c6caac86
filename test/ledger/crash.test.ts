import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LedgerStore } from '../../src/ledger/ledger.store.ts';
import type { CountingStore } from '../../src/signatures/counting.store.ts';
import { type LedgerRoom, openLedgerRoom } from '../support/ledger.ts';

const PETITION = 'end-unsafe-returns';
let room: LedgerRoom;
beforeAll(async () => {
  room = await openLedgerRoom();
});
beforeEach(() => room.clear());
afterAll(() => room.drop());

type Odd = { ledger?: Partial<LedgerStore>; counting?: Partial<CountingStore> };
const crash = new Error('the process is gone');
const dies = async (): Promise<never> => {
  throw crash;
};

/** Where a worker may be struck: each leaves the database as the process would have. */
const crashes: { at: string; odd: () => Odd }[] = [
  { at: 'before the entry is inserted', odd: () => ({ ledger: { insertEntry: dies } }) },
  {
    at: 'after the entry, before any mark',
    odd: () => ({ counting: { mark: dies } }),
  },
  {
    at: 'with half of the members marked',
    odd: () => ({
      counting: {
        async mark(entry) {
          const { added, addedRefs, removed } = entry.members;
          const half = added.slice(0, Math.ceil(added.length / 2));
          await room.counting.mark({
            ...entry,
            members: { added: half, addedRefs, removed: removed.slice(1) },
          });
          throw crash;
        },
      },
    }),
  },
  { at: 'after the marks, before the tally', odd: () => ({ ledger: { advanceTally: dies } }) },
  { at: 'after the tally, before old members are dropped', odd: () => ({ ledger: { dropMembers: dies } }) },
];

async function membersKept(): Promise<number> {
  return room.connection.collection('ledger').countDocuments({ members: { $exists: true } });
}

async function expectExact(count: number): Promise<void> {
  expect((await room.service.getCount(PETITION)).count).toBe(count);
  expect(await room.counting.countOn(PETITION)).toBe(count);
  expect((await room.service.verify()).petitions.flatMap(({ faults }) => faults)).toEqual([]);
}

describe.each(crashes)('a worker that dies $at', ({ at, odd }) => {
  test('is repaired by the next step of another', async () => {
    const [leaves, stays, ...others] = await room.buildMany(4);
    await room.settle();
    await room.withdraw(leaves?._id ?? '');
    await room.buildMany(5);
    await expect(room.createService(odd()).step()).rejects.toBe(crash);
    await room.service.step();
    await expectExact(8);
    expect(await membersKept()).toBe(1);
    expect(await room.signatures.distinct('counted.place')).toHaveLength(9);
    expect((await room.read(stays?._id ?? ''))?.counted?.seq).toBe(1);
    expect(others).toHaveLength(2);
  });

  test('at the very first entry, too', async () => {
    await room.buildMany(3);
    await room.service.step(); // opens the tally
    await expect(room.createService(odd()).step()).rejects.toBe(crash);
    await room.settle();
    await expectExact(3);
  });

  test('and people who change before the repair are counted as they then are', async () => {
    const people = await room.buildMany(6);
    await room.service.step();
    await expect(room.createService(odd()).step()).rejects.toBe(crash);
    const [first, , third, , , last] = people;
    for (const one of [first, third, last]) await room.withdraw(one?._id ?? '');
    await room.confirm(third?._id ?? '');
    const changed = await Promise.all([first, last].map((one) => room.read(one?._id ?? '')));
    // Retention would delete them now: it must not be let to, while an entry may hold them.
    expect(changed.every((one) => !one?.expiresAt || one.expiresAt > room.clock.now())).toBe(true);
    await room.settle();
    await expectExact(4);
    expect(await room.signatures.countDocuments({ ledgerDue: { $exists: true } })).toBe(0);
    expect(at).toBeTruthy();
  });

  test('again and again, and the count is still exact', async () => {
    for (let turn = 0; turn < 4; turn += 1) {
      const people = await room.buildMany(3);
      await room
        .createService(odd())
        .step()
        .catch(() => undefined);
      await room.withdraw(people[turn % 3]?._id ?? '');
      await room
        .createService(odd())
        .step()
        .catch(() => undefined);
    }
    await room.settle();
    await expectExact(8);
    expect(await membersKept()).toBe(1);
  });
});

describe('somebody who changes between two moves of a worker', () => {
  test('withdraws after being read as due: is added, then removed', async () => {
    const { _id } = await room.build();
    await room.service.step();
    const service = room.createService({
      counting: {
        async listDue(limit) {
          const due = await room.counting.listDue(limit);
          await room.withdraw(_id);
          return due;
        },
      },
    });
    await service.step();
    expect((await room.service.getCount(PETITION)).count).toBe(1);
    expect((await room.read(_id))?.ledgerDue).toBeDefined();
    await room.settle();
    await expectExact(0);
    expect((await room.read(_id))?.expiresAt).toEqual(room.clock.now());
  });

  test('withdraws after the entry, before the mark', async () => {
    const { _id } = await room.build();
    await room.service.step();
    const service = room.createService({
      ledger: {
        async insertEntry(entry) {
          const isFirst = await room.ledger.insertEntry(entry);
          await room.withdraw(_id);
          return isFirst;
        },
      },
    });
    await service.step();
    await room.settle();
    await expectExact(0);
  });

  test('signs again after being read as leaving: is removed, then added in the same place', async () => {
    const { _id } = await room.build();
    await room.settle();
    await room.withdraw(_id);
    const service = room.createService({
      counting: {
        async listDue(limit) {
          const due = await room.counting.listDue(limit);
          await room.confirm(_id);
          return due;
        },
      },
    });
    await service.step();
    expect((await room.service.getCount(PETITION)).count).toBe(0);
    await room.settle();
    await expectExact(1);
    expect((await room.read(_id))?.counted).toEqual({ seq: 3, on: true, place: 1 });
  });

  test('a worker that read who was due, and slept while another counted them, adds nobody', async () => {
    await room.buildMany(3);
    await room.service.step();
    let isAsleep = true;
    const sleeper = room.createService({
      counting: {
        async listDue(limit) {
          const due = await room.counting.listDue(limit);
          if (isAsleep) await room.settle();
          isAsleep = false;
          return due;
        },
      },
    });
    expect(await sleeper.step()).toBe(true);
    await room.settle(sleeper);
    await expectExact(3);
    expect((await room.service.getCount(PETITION)).seq).toBe(1);
  });

  test('a worker that falls asleep before marking, while others go on, changes nothing when it wakes', async () => {
    const [person] = await room.buildMany(2);
    await room.service.step();
    const sleeper = room.createService({
      counting: {
        async mark(entry) {
          await room.settle();
          await room.withdraw(person?._id ?? '');
          await room.settle();
          await room.signatures.deleteOne({ _id: person?._id ?? '' });
          await room.build({ _id: person?._id ?? '' });
          await room.counting.mark(entry);
        },
      },
    });
    await sleeper.step();
    await room.settle();
    await expectExact(2);
  });
});

test('a lost tally is made again from the entries', async () => {
  await room.buildMany(2);
  await room.settle();
  await room.build();
  await room.settle();
  await room.connection.collection('tallies').deleteMany({});
  await room.build();
  await room.settle();
  await expectExact(4);
});

test('where entries that the tally counts are gone, that petition waits and the others are counted', async () => {
  await room.build();
  await room.settle();
  await room.connection.collection('ledger').deleteMany({});
  await room.build();
  await room.build({ petitionId: 'another' });
  await expect(room.service.step()).rejects.toMatchObject({ code: 'LEDGER_BROKEN' });
  await expect(room.service.step()).rejects.toMatchObject({ code: 'LEDGER_BROKEN' });
  expect((await room.service.getCount('another')).count).toBe(1);
  expect((await room.service.getCount(PETITION)).count).toBe(1);
  expect(await room.connection.collection('ledger').countDocuments({ petitionId: PETITION })).toBe(0);
});
