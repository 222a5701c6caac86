import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LedgerEntry, Tally } from '../../src/ledger/ledger.ts';
import { entryId, hashDetail, hashEntry } from '../../src/ledger/ledger.ts';
import { type LedgerRoom, openLedgerRoom } from '../support/ledger.ts';

const PETITION = 'end-unsafe-returns';
const COLLECTIONS = ['signatures', 'ledger', 'tallies'];
let room: LedgerRoom;
let asBuilt: { name: string; documents: Record<string, unknown>[] }[];
beforeAll(async () => {
  room = await openLedgerRoom();
  await build();
  asBuilt = await Promise.all(
    COLLECTIONS.map(async (name) => ({
      name,
      documents: await room.connection.collection(name).find().toArray(),
    })),
  );
});
/** Each test finds the ledger as it was built. */
beforeEach(async () => {
  await room.clear();
  for (const { name, documents } of asBuilt) await room.connection.collection(name).insertMany(documents);
});
afterAll(() => room.drop());

/** Four entries; two people have gone again. */
async function build(): Promise<void> {
  const first = await room.buildMany(3);
  await room.settle();
  for (const person of first.slice(0, 2)) {
    await room.withdraw(person._id);
    await room.buildMany(2);
    await room.settle();
  }
  await room.buildMany(2);
  await room.settle();
}

const entries = () => room.connection.collection<LedgerEntry>('ledger');
const tallies = () => room.connection.collection<Tally>('tallies');

async function faultySeqs(): Promise<number[]> {
  const { ok, petitions } = await room.service.verify(PETITION);
  const seqs = petitions.flatMap(({ faults }) => faults.map(({ seq }) => seq));
  expect(ok).toBe(seqs.length === 0);
  return [...new Set(seqs)].sort();
}

test('a ledger that nobody touched is without fault', async () => {
  const { ok, petitions } = await room.service.verify();
  expect(ok).toBe(true);
  expect(petitions).toMatchObject([{ petitionId: PETITION, entries: 4, total: 7, faults: [] }]);
  expect(petitions[0]?.head).toMatch(/^[0-9a-f]{64}$/);
});

test('a petition without a ledger has none to fault', async () => {
  expect(await room.service.verify('none')).toEqual({
    ok: true,
    petitions: [{ petitionId: 'none', entries: 0, total: 0, head: null, faults: [] }],
  });
});

describe('a changed field of an entry is found at that entry', () => {
  const changes: Record<string, unknown> = {
    petitionId: 'another',
    seq: 9,
    at: new Date('2026-11-24T12:00:01Z'),
    'at to text': 'today',
    added: 3,
    removed: 0,
    total: 100,
    previousHash: 'f'.repeat(64),
    hash: 'f'.repeat(64),
    firstPlace: 1,
    places: 70,
    'delta.country': { US: 0, MX: 1 },
    'delta.region': { 'US-TX': 5 },
    'delta.source': { qr: 1 },
    'delta.locale': { es: 1 },
    delta: { country: { US: 1 } },
    detailHash: 'f'.repeat(64),
  };

  test.each(Object.keys(changes))('%s', async (field) => {
    for (const seq of [2, 3]) {
      const before = await room.ledger.findEntry(PETITION, seq);
      await entries().updateOne(
        { _id: entryId(PETITION, seq) },
        { $set: { [field.split(' ')[0] ?? '']: changes[field] } },
      );
      expect(await faultySeqs()).toEqual([seq]);
      if (before) await entries().replaceOne({ _id: before._id }, before);
      expect(await faultySeqs()).toEqual([]);
    }
  });

  test('and one that is taken away', async () => {
    await entries().updateOne({ _id: entryId(PETITION, 3) }, { $unset: { delta: 1 } });
    expect(await faultySeqs()).toEqual([3]);
  });

  test('and members of the newest', async () => {
    await entries().updateOne(
      { _id: entryId(PETITION, 4) },
      { $set: { 'members.added.0': `${PETITION}:nobody` } },
    );
    expect(await faultySeqs()).toEqual([4]);
    await entries().updateOne({ _id: entryId(PETITION, 4) }, { $set: { 'members.removed': ['somebody'] } });
    expect(await faultySeqs()).toEqual([4]);
  });
});

test('an entry rewritten with matching hashes is found by the next one, which it no longer precedes', async () => {
  const entry = await room.ledger.findEntry(PETITION, 3);
  if (!entry) throw new Error('no third entry');
  const changed = { ...entry, at: new Date(entry.at.getTime()), added: 3, removed: 2 };
  changed.hash = hashEntry(changed);
  changed.detailHash = hashDetail(changed);
  await entries().replaceOne({ _id: entry._id }, changed);
  expect(await faultySeqs()).toEqual([4]);
});

test.each([1, 2, 3, 4])('a missing entry is found at its place: %i', async (seq) => {
  await entries().deleteOne({ _id: entryId(PETITION, seq) });
  const { petitions } = await room.service.verify(PETITION);
  expect(petitions[0]?.faults).toEqual([{ seq, what: 'entry is missing' }]);
});

test('entries put after the newest are found', async () => {
  const entry = await room.ledger.findEntry(PETITION, 4);
  if (!entry) throw new Error('no fourth entry');
  await entries().insertOne({ ...entry, _id: entryId(PETITION, 6), seq: 6 });
  expect(await faultySeqs()).toEqual([5]);
});

describe('a changed tally is found', () => {
  const changes: Record<string, unknown> = {
    total: 8,
    places: 8,
    at: new Date('2026-11-20T12:00:00Z'),
    byCountry: { US: 6, MX: 1 },
    byRegion: {},
    bySource: { direct: 7, qr: 1 },
    byLocale: { en: 7, es: 0 },
    byDay: { '2026-11-23': 7 },
  };
  test.each(Object.keys(changes))('%s', async (field) => {
    await tallies().updateOne({ _id: PETITION }, { $set: { [field]: changes[field] } });
    expect(await faultySeqs()).toEqual([4]);
  });

  test('a part taken away', async () => {
    await tallies().updateOne({ _id: PETITION }, { $unset: { byDay: 1, at: 1 } });
    expect(await faultySeqs()).toEqual([4]);
  });

  test('seq ahead of the ledger', async () => {
    await tallies().updateOne({ _id: PETITION }, { $set: { seq: 5 } });
    expect(await faultySeqs()).toEqual([5]);
  });

  test('seq behind it', async () => {
    await tallies().updateOne({ _id: PETITION }, { $set: { seq: 2 } });
    expect(await faultySeqs()).toEqual([2]);
  });

  test('standing still', async () => {
    const tally = await tallies().findOne({ _id: PETITION });
    await room.build();
    await room.settle();
    await room.build();
    await room.settle();
    if (!tally) throw new Error('no tally');
    await tallies().replaceOne({ _id: PETITION }, tally);
    expect(await faultySeqs()).toEqual([5]);
    await room.settle();
    expect(await faultySeqs()).toEqual([]);
  });

  test('gone', async () => {
    await tallies().deleteMany({});
    expect(await faultySeqs()).toEqual([4]);
    expect((await room.service.verify()).ok).toBe(false);
  });
});

test('people who stand in the count without the ledger, or the reverse, are found', async () => {
  await room.build({ counted: { seq: 4, on: true, place: 99 } });
  expect(await faultySeqs()).toEqual([4]);
  await room.signatures.deleteOne({ 'counted.place': 99 });
  expect(await faultySeqs()).toEqual([]);
  await room.signatures.deleteOne({ 'counted.on': true });
  expect(await faultySeqs()).toEqual([4]);
});
