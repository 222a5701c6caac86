import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LedgerService } from '../../src/ledger/ledger.service.ts';
import { ENTRY_LIMIT } from '../../src/ledger/ledger.ts';
import { createTestClock } from '../support/clock.ts';
import { type LedgerRoom, openLedgerRoom } from '../support/ledger.ts';

const PETITION = 'end-unsafe-returns';
let room: LedgerRoom;
beforeAll(async () => {
  room = await openLedgerRoom();
});
beforeEach(() => room.clear());
afterAll(() => room.drop());

/** Repeatable: xorshift of a seed. */
function createDice(seed: number): (sides: number) => number {
  let state = seed | 1;
  return (sides) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.abs(state) % sides;
  };
}

/** People sign, withdraw, sign again, are held and released, and stubs are deleted, whoever the dice choose. */
async function act(seed: number, acts: number): Promise<void> {
  const dice = createDice(seed);
  const ids: string[] = [];
  for (let i = 0; i < acts; i += 1) {
    const id = ids[dice(Math.max(ids.length, 1))];
    const move = dice(7);
    if (!id || move <= 1) ids.push((await room.build())._id);
    else if (move === 2) await room.withdraw(id);
    else if (move === 3) await ((await room.read(id)) ? room.confirm(id) : room.build({ _id: id }));
    else if (move === 4) await room.change(id, { held: true });
    else if (move === 5) await room.change(id, { held: false });
    else await deleteStubs();
  }
}

async function deleteStubs(): Promise<void> {
  await room.signatures.deleteMany({ expiresAt: { $lte: room.clock.now() }, ledgerDue: { $exists: false } });
}

/** Steps for as long as people act; now and then it is struck down in mid-step and another takes over. */
async function work(create: () => LedgerService, isOver: () => boolean): Promise<void> {
  let service = create();
  while (!isOver()) {
    try {
      await service.step();
    } catch {
      service = create();
    }
  }
}

function createFailing(seed: number): () => LedgerService {
  const dice = createDice(seed);
  const perhaps = () => {
    if (dice(12) === 0) throw new Error('struck down');
  };
  // Its clock is off by up to seven seconds: clocks of several machines differ.
  const clock = createTestClock(new Date(room.clock.now().getTime() + dice(7_000)).toISOString());
  return () =>
    room.createService(
      {
        ledger: {
          async insertEntry(entry) {
            perhaps();
            const isFirst = await room.ledger.insertEntry(entry);
            perhaps();
            return isFirst;
          },
          async advanceTally(next) {
            perhaps();
            const isDone = await room.ledger.advanceTally(next);
            perhaps();
            return isDone;
          },
        },
        counting: {
          async mark(entry) {
            const { added, addedRefs, removed } = entry.members;
            const cut = dice(added.length + 1);
            await room.counting.mark({
              ...entry,
              members: { added: added.slice(0, cut), addedRefs, removed: [] },
            });
            perhaps();
            await room.counting.mark({ ...entry, members: { added, addedRefs, removed } });
          },
        },
      },
      { time: clock },
    );
}

test.each([
  { workers: 2, seed: 11 },
  { workers: 4, seed: 23 },
  { workers: 4, seed: 47 },
])(
  '$workers workers struck at random count exactly while people come and go (seed $seed)',
  async ({ workers, seed }) => {
    let isOver = false;
    const working = Array.from({ length: workers }, (_, i) =>
      work(createFailing(seed * 100 + i), () => isOver),
    );
    await Promise.all([1, 2, 3, 4].map((crowd) => act(seed * 1_000 + crowd, 60)));
    isOver = true;
    await Promise.all(working);
    room.clock.advance(10_000);
    await room.settle();

    const standing = await room.signatures.countDocuments({ state: 'confirmed', held: false });
    expect(standing).toBeGreaterThan(10);
    expect((await room.service.getCount(PETITION)).count).toBe(standing);
    expect(await room.counting.countOn(PETITION)).toBe(standing);
    expect(await room.signatures.countDocuments({ ledgerDue: { $exists: true } })).toBe(0);
    const placed = await room.signatures.countDocuments({ 'counted.place': { $exists: true } });
    expect(await room.signatures.distinct('counted.place')).toHaveLength(placed);
    expect((await room.ledger.getTally(PETITION))?.places).toBeGreaterThanOrEqual(placed);
    expect((await room.service.verify()).petitions.flatMap(({ faults }) => faults)).toEqual([]);
  },
);

test('verifying while people are counted raises no alarm', async () => {
  let isOver = false;
  const working = work(
    () => room.service,
    () => isOver,
  );
  const acting = act(5, 80).finally(() => {
    isOver = true;
  });
  const faults: unknown[] = [];
  while (!isOver) faults.push(...(await room.service.verify()).petitions.flatMap((one) => one.faults));
  await Promise.all([acting, working]);
  expect(faults).toEqual([]);
});

test('two that step at the same moment make one entry', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 5 }), async (services) => {
      await room.clear();
      await room.buildMany(3);
      await room.service.step();
      await Promise.all(Array.from({ length: services }, () => room.createService().step()));
      expect(await room.service.getCount(PETITION)).toMatchObject({ count: 3, seq: 1 });
    }),
    { numRuns: 8 },
  );
});

/** The product's own limit in `npm run test:faults`; else more than the marking writes in one call. */
const LIMIT = process.env.FAULT_ROUNDS ? ENTRY_LIMIT : 3_000;

test(`${LIMIT} people are counted in one entry, each in a place of their own, and who is left in the next`, async () => {
  const service = room.createService({}, { entryLimit: LIMIT });
  for (let built = 0; built < LIMIT; built += 1_000) await room.buildMany(1_000);
  await room.buildMany(10);
  await service.step();
  expect(await service.step()).toBe(true);
  expect(await service.getCount(PETITION)).toMatchObject({ count: LIMIT, seq: 1 });
  await room.settle(service);
  expect((await service.getCount(PETITION)).count).toBe(LIMIT + 10);
  const places = await room.signatures.distinct('counted.place');
  expect(places).toHaveLength(LIMIT + 10);
  expect(Math.max(...places)).toBe(LIMIT + 10);
}, 60_000);
