import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { type LedgerRoom, openLedgerRoom } from '../support/ledger.ts';

const PETITION = 'end-unsafe-returns';
type Documents = Record<string, unknown>[];
/** The three collections at one moment. */
type Copy = { signatures: Documents; ledger: Documents; tallies: Documents };

let room: LedgerRoom;
let history: Copy[];
beforeAll(async () => {
  room = await openLedgerRoom();
  history = await live();
}, 60_000);
beforeEach(() => room.clear());
afterAll(() => room.drop());

async function read(name: string): Promise<Documents> {
  return room.connection.collection(name).find().toArray();
}

async function copy(): Promise<Copy> {
  return {
    signatures: await read('signatures'),
    ledger: await read('ledger'),
    tallies: await read('tallies'),
  };
}

/**
 * What a petition lives through, copied after each move: people come in batches from several places, leave, are held and
 * come back, and a worker is struck down with an entry made and nobody marked, then with all marked and no tally.
 */
async function live(): Promise<Copy[]> {
  await room.clear();
  const copies: Copy[] = [];
  const keep = async () => void copies.push(await copy());
  const dies = async (): Promise<never> => {
    throw new Error('the process is gone');
  };
  const struck = (odd: Parameters<LedgerRoom['createService']>[0]) =>
    room
      .createService(odd)
      .step()
      .catch(() => undefined);
  const from = (country: string, region: string) =>
    ({ cell: { country, region, source: 'direct', locale: 'es' } }) as const;
  await keep();
  const first = await room.buildMany(4);
  await keep();
  await room.settle();
  await keep();
  room.clock.advance(1_000);
  const second = await room.buildMany(3, from('MX', 'MX-CHP'));
  await room.withdraw(first[0]?._id ?? '');
  await room.change(first[1]?._id ?? '', { held: true });
  await struck({ counting: { mark: dies } });
  await keep();
  await struck({ ledger: { advanceTally: dies } });
  await keep();
  await room.settle();
  room.clock.advance(1_000);
  await room.change(first[1]?._id ?? '', { held: false });
  await room.withdraw(second[0]?._id ?? '');
  await room.buildMany(2, from('GT', 'GT-01'));
  await room.settle();
  await keep();
  room.clock.advance(1_000);
  await room.withdraw(first[2]?._id ?? '');
  await room.buildMany(1);
  await room.settle();
  await room.buildMany(2);
  await keep();
  return copies;
}

async function restore(parts: {
  signatures: number;
  ledger: number;
  tallies: number | 'none';
}): Promise<void> {
  await room.clear();
  const put = async (name: keyof Copy, documents: Documents) => {
    if (documents.length > 0) await room.connection.collection(name).insertMany(documents);
  };
  await put('signatures', history[parts.signatures]?.signatures ?? []);
  await put('ledger', history[parts.ledger]?.ledger ?? []);
  await put('tallies', parts.tallies === 'none' ? [] : (history[parts.tallies]?.tallies ?? []));
}

const standing = () =>
  room.signatures.countDocuments({ petitionId: PETITION, state: 'confirmed', held: { $ne: true } });
const faults = async () => (await room.service.verify()).petitions.flatMap((one) => one.faults);
const count = async () => (await room.service.getCount(PETITION)).count;

async function start(): Promise<ReturnType<LedgerRoom['createService']>> {
  const service = room.createService();
  await service.repairAll();
  await room.settle(service);
  return service;
}

async function expectExact(): Promise<void> {
  expect(await faults()).toEqual([]);
  expect(await count()).toBe(await standing());
  expect(await room.counting.countOn(PETITION)).toBe(await standing());
  const places = await room.signatures.distinct('counted.place');
  const placed = await room.signatures.countDocuments({ 'counted.place': { $exists: true } });
  expect(places).toHaveLength(placed);
}

/** Due, an entry without its marks, marked without its tally, and two later ones; the tallies older, newer and missing. */
const moments = [1, 3, 4, 5, 6] as const;
const pairs = moments.flatMap((signatures) => moments.map((ledger) => ({ signatures, ledger })));
const tallies = [1, 4, 6, 'none'] as const;

describe('a copy in which signatures, ledger and tally are of different moments', () => {
  test.each(pairs)(
    'is exact after a start and a correction, and goes on so: $signatures, $ledger',
    async (pair) => {
      for (const parts of tallies.map((moment) => ({ ...pair, tallies: moment }))) {
        await restore(parts);
        const told = await faults();
        const service = await start();
        // Nobody is counted twice: what is over is what the ledger counted and the copy does not hold.
        const lost = (await count()) - (await standing());
        if (pair.signatures >= pair.ledger) expect({ parts, lost }).toEqual({ parts, lost: 0 });
        expect({ parts, isTold: (await faults()).length > 0 }).toEqual({ parts, isTold: lost !== 0 });
        await service.correct(PETITION);
        await room.settle(service);
        await expectExact();
        const isWhole = parts.signatures === parts.ledger && parts.ledger === parts.tallies;
        if (isWhole) expect(told).toEqual([]);
        const one = await room.signatures.findOne({ state: 'confirmed' });
        await room.withdraw(one?._id ?? '');
        await room.build();
        await room.settle(service);
        await expectExact();
      }
    },
  );
});

describe('signatures that are newer than the ledger', () => {
  test('are left out by a worker until their mark is taken away, and no turn writes a removal without end', async () => {
    await restore({ signatures: 6, ledger: 2, tallies: 2 });
    const [one] = (await room.signatures
      .find({ 'counted.seq': { $gt: 1 }, state: 'confirmed' })
      .toArray()) as { _id: string }[];
    await room.withdraw(one?._id ?? '');
    await room.settle(room.createService());
    expect(await count()).toBeGreaterThanOrEqual(0);
    const { seq } = await room.service.getCount(PETITION);
    await room.settle(room.createService());
    expect((await room.service.getCount(PETITION)).seq).toBe(seq);
    // What it wrote before a start bears numbers that marks of the lost entries bear, too: only a correction tells them apart.
    await (await start()).correct(PETITION);
    expect(await faults()).toEqual([]);
    expect(await count()).toBe(await standing());
  });

  test('bear a true mark again when two processes start at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      await restore({ signatures: 5, ledger: 2, tallies: 2 });
      await Promise.all([start(), start(), start()]);
      const service = await start();
      await service.correct(PETITION);
      await room.settle(service);
      await expectExact();
    }
  });

  test('are told of by verify, by their number', async () => {
    await restore({ signatures: 5, ledger: 2, tallies: 2 });
    const beyond = await room.signatures.countDocuments({ 'counted.seq': { $gt: 1 } });
    expect(beyond).toBeGreaterThan(0);
    expect(await faults()).toContainEqual({
      seq: 2,
      what: `${beyond} people bear the mark of an entry that is not there`,
    });
  });

  test('without any ledger at all are counted from the beginning, and verify says what is missing', async () => {
    await restore({ signatures: 5, ledger: 0, tallies: 'none' });
    expect(await faults()).not.toEqual([]);
    await start();
    await expectExact();
  });
});

describe('signatures that are older than the ledger', () => {
  test('are not counted twice, and who is lost is taken out by a correction alone', async () => {
    await restore({ signatures: 1, ledger: 5, tallies: 5 });
    const before = await count();
    const service = await start();
    expect(await count()).toBe(before);
    expect(await room.counting.countOn(PETITION)).toBe(4);
    expect(await service.correct(PETITION)).toBe(before - 4);
    await expectExact();
    expect(await service.correct(PETITION)).toBe(0);
  });
});

describe('the tally', () => {
  test('that a hand has deleted is made again within one turn, with nobody due', async () => {
    await restore({ signatures: 5, ledger: 5, tallies: 5 });
    const service = await start();
    const before = await room.ledger.getTally(PETITION);
    await room.connection.collection('tallies').deleteMany({});
    await service.step();
    expect(await room.ledger.getTally(PETITION)).toEqual(before);
    expect(await faults()).toEqual([]);
  });

  test('that a hand has changed is made right by a repair', async () => {
    await restore({ signatures: 5, ledger: 5, tallies: 5 });
    const service = await start();
    await room.connection.collection('tallies').updateMany({}, { $set: { total: 99, 'byCountry.US': 99 } });
    expect(await faults()).not.toEqual([]);
    expect(await service.repairPetition(PETITION, true)).toMatchObject({
      isTallyRebuilt: true,
      unaccounted: 0,
    });
    await expectExact();
  });

  test('cannot be made where an entry is missing between others, and that is said', async () => {
    await restore({ signatures: 5, ledger: 5, tallies: 'none' });
    await room.connection.collection('ledger').deleteOne({ seq: 2 });
    const service = room.createService();
    expect(await service.repairAll()).toMatchObject([
      { petitionId: PETITION, isBroken: true, unaccounted: null },
    ]);
    expect(await faults()).not.toEqual([]);
  });
});

test('people who are not due and should be are found by verify and by a repair', async () => {
  await restore({ signatures: 5, ledger: 5, tallies: 5 });
  const service = await start();
  await room.build();
  await room.signatures.updateMany({}, { $unset: { ledgerDue: 1 } });
  await room.settle(service);
  expect(await faults()).toMatchObject([{ what: '1 people should be due for counting and are not' }]);
  expect(await service.repairPetition(PETITION, true)).toMatchObject({ dueAgain: 1 });
  await room.settle(service);
  await expectExact();
});

describe('a clock that was a year ahead once', () => {
  test('keeps nobody waiting who confirmed or withdrew meanwhile, and no stub longer than others', async () => {
    const [one] = await room.buildMany(2);
    await room.settle();
    room.clock.advance(365 * DAY);
    await room.withdraw(one?._id ?? '');
    await room.build({ ledgerDue: room.clock.now() });
    room.clock.advance(-365 * DAY);
    await room.settle();
    await expectExact();
    expect(await count()).toBe(2);
    expect((await room.read(one?._id ?? ''))?.expiresAt).toEqual(room.clock.now());
  });

  test('and whose worker made entries leaves a ledger that goes on, whose times do not go back', async () => {
    await room.buildMany(2);
    room.clock.advance(365 * DAY);
    await room.settle();
    const ahead = room.clock.now();
    room.clock.advance(-365 * DAY);
    const [one] = await room.buildMany(2);
    await room.settle();
    await room.withdraw(one?._id ?? '');
    await room.settle();
    await expectExact();
    expect((await room.service.getCount(PETITION)).at).toEqual(ahead);
    expect((await room.read(one?._id ?? ''))?.expiresAt).toEqual(room.clock.now());
  });
});
