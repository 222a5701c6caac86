import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Marking } from '../../src/signatures/marking.ts';
import type { SignedSignature } from '../../src/signatures/signature.ts';
import { type LedgerRoom, openLedgerRoom } from '../support/ledger.ts';

let room: LedgerRoom;
beforeAll(async () => {
  room = await openLedgerRoom();
});
beforeEach(() => room.clear());
afterAll(() => room.drop());

function marking(
  added: readonly SignedSignature[],
  removed: readonly SignedSignature[] = [],
  seq = 1,
): Marking {
  const members = {
    added: added.map((one) => one._id),
    addedRefs: added.map((one) => one.ref),
    removed: removed.map((one) => one._id),
  };
  return { seq, at: room.clock.now(), firstPlace: 101, places: 100 + added.length, members };
}

test('the longest waiting are listed first, and no more than asked for', async () => {
  const times = ['2026-11-24T11:03:00Z', '2026-11-24T11:01:00Z', '2026-11-24T11:02:00Z'];
  const built = await Promise.all(times.map((time) => room.build({ ledgerDue: new Date(time) })));
  await room.build({ state: 'pending' });
  const due = await room.counting.listDue(2);
  expect(due.map((one) => one._id)).toEqual([built[1]?._id, built[2]?._id]);
  expect(due[0]).toEqual({
    _id: built[1]?._id,
    ref: built[1]?.ref,
    petitionId: 'end-unsafe-returns',
    countable: true,
    cell: { country: 'US', region: 'US-TX', source: 'direct', locale: 'en' },
    dueAt: new Date('2026-11-24T11:01:00Z'),
    mark: { _id: built[1]?._id, seq: 0, repairs: 0 },
  });
});

test('the list of due ones comes from its own index', async () => {
  await room.buildMany(30, { state: 'pending' });
  const plan = await room.signatures
    .find({ ledgerDue: { $lte: room.clock.now() } })
    .sort({ ledgerDue: 1 })
    .limit(10)
    .explain();
  expect(JSON.stringify(plan.queryPlanner)).toContain('"indexName":"ledgerDue"');
});

test('one that is marked as due by hand, and is not, is not listed', async () => {
  await room.build({ counted: { seq: 1, on: true, place: 1 }, ledgerDue: room.clock.now() });
  expect(await room.counting.listDue(10)).toEqual([]);
});

test('six hundred members get six hundred places in the order of the entry', async () => {
  const people = await room.buildMany(600);
  await room.counting.mark(marking(people));
  const found = await Promise.all([0, 49, 50, 599].map((i) => room.read(people[i]?._id ?? '')));
  expect(found.map((one) => one?.counted?.place)).toEqual([101, 150, 151, 700]);
  expect(await room.signatures.distinct('counted.place')).toHaveLength(600);
});

test('marking again, or by an earlier entry, changes nothing', async () => {
  const [person] = await room.buildMany(1);
  if (!person) throw new Error('nobody was built');
  await room.counting.mark(marking([person], [], 5));
  const once = await room.read(person._id);
  await room.counting.mark({ ...marking([person], [], 5), firstPlace: 900, places: 900 });
  await room.counting.mark({ ...marking([], [person], 4), firstPlace: 900 });
  expect(await room.read(person._id)).toEqual(once);
});

test('a marker that slept while its person was removed again does not bring them back', async () => {
  const person = await room.build();
  await room.counting.mark(marking([person]));
  await room.withdraw(person._id);
  await room.counting.mark(marking([], [person], 2));
  await room.counting.mark(marking([person]));
  expect((await room.read(person._id))?.counted).toEqual({ seq: 2, on: false, place: 101 });
});

test('a marker that slept until the stub was gone does not touch who signs with that address anew', async () => {
  const before = await room.build();
  await room.signatures.deleteOne({ _id: before._id });
  await room.build({ _id: before._id, state: 'pending' });
  await room.counting.mark(marking([before]));
  await room.counting.mark(marking([], [before], 2));
  expect(await room.read(before._id)).not.toHaveProperty('counted');
});

test('people who stand in the count are counted by petition and by mark', async () => {
  const people = await room.buildMany(3);
  await room.build({ petitionId: 'another', counted: { seq: 1, on: true, place: 1 } });
  await room.counting.mark(marking(people));
  expect(await room.counting.countOn('end-unsafe-returns')).toBe(3);
  const ids = people.map((one) => one._id);
  expect(await room.counting.countMarked(ids, 1, true)).toBe(3);
  expect(await room.counting.countMarked(ids, 2, true)).toBe(0);
});
