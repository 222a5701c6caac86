import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { type LedgerRoom, openLedgerRoom } from '../support/ledger.ts';

const PETITION = 'end-unsafe-returns';
let room: LedgerRoom;
beforeAll(async () => {
  room = await openLedgerRoom();
});
beforeEach(() => room.clear());
afterAll(() => room.drop());

async function total(petitionId = PETITION): Promise<number> {
  await room.settle();
  return (await room.service.getCount(petitionId)).count;
}

describe('who is counted', () => {
  test('one confirmed person is one, in place 1', async () => {
    const { _id } = await room.build();
    expect(await total()).toBe(1);
    expect((await room.read(_id))?.counted).toEqual({ seq: 1, on: true, place: 1 });
    expect(await room.read(_id)).not.toHaveProperty('ledgerDue');
  });

  test('pending, held, withdrawn and invalidated people are not', async () => {
    await room.build({ state: 'pending' });
    await room.build({ held: true });
    await room.build({ state: 'withdrawn' });
    await room.build({ state: 'invalidated' });
    expect(await total()).toBe(0);
    expect(await room.service.getCount(PETITION)).toEqual({ count: 0, seq: 0, at: null });
    expect(await room.service.head(PETITION)).toBeNull();
  });

  test('who withdraws leaves the count, and the stub may go', async () => {
    const { _id } = await room.build();
    await total();
    await room.withdraw(_id);
    expect(await room.read(_id)).not.toHaveProperty('expiresAt');
    expect(await total()).toBe(0);
    const stub = await room.read(_id);
    expect(stub).toMatchObject({
      state: 'withdrawn',
      expiresAt: room.clock.now(),
      counted: { seq: 2, on: false, place: 1 },
    });
    expect(stub).not.toHaveProperty('ledgerDue');
  });

  test('who signs again after withdrawing has the place of before', async () => {
    const { _id } = await room.build();
    await total();
    await room.withdraw(_id);
    await total();
    await room.build();
    await room.confirm(_id);
    expect(await total()).toBe(2);
    expect((await room.read(_id))?.counted).toEqual({ seq: 3, on: true, place: 1 });
    expect(await room.signatures.distinct('counted.place')).toEqual([1, 2]);
  });

  test('who is held leaves the count, and comes back to it when released', async () => {
    const { _id } = await room.build();
    await total();
    await room.change(_id, { held: true });
    expect(await total()).toBe(0);
    await room.change(_id, { held: false });
    expect(await total()).toBe(1);
    expect((await room.read(_id))?.counted).toEqual({ seq: 3, on: true, place: 1 });
  });

  test('who signed while held is counted at release', async () => {
    const { _id } = await room.build({ held: true });
    expect(await total()).toBe(0);
    await room.change(_id, { held: false });
    expect(await total()).toBe(1);
  });

  test('who withdraws before being counted never was, and the stub goes later', async () => {
    const { _id } = await room.build();
    await room.withdraw(_id);
    expect(await total()).toBe(0);
    expect((await room.read(_id))?.expiresAt?.getTime()).toBe(room.clock.now().getTime() + 7 * DAY);
  });

  test('a person who is found false leaves the count and may be restored to it', async () => {
    const { _id } = await room.build();
    await total();
    await room.change(_id, { state: 'invalidated' });
    expect(await total()).toBe(0);
    expect(await room.read(_id)).not.toHaveProperty('expiresAt');
    await room.change(_id, { state: 'confirmed' });
    expect(await total()).toBe(1);
  });

  test('a correction after confirming leaves the cell as it was', async () => {
    const { _id } = await room.build();
    await total();
    await room.change(_id, { country: 'MX', region: 'MX-CHP' });
    await room.withdraw(_id);
    await total();
    expect((await room.ledger.getTally(PETITION))?.byCountry).toEqual({});
  });

  test('each petition has a ledger of its own', async () => {
    await room.buildMany(2);
    await room.build({ petitionId: 'another' });
    expect(await total()).toBe(2);
    expect(await total('another')).toBe(1);
    expect(await room.ledger.getTotals([PETITION, 'another', 'none'])).toHaveLength(2);
    expect((await room.service.verify()).ok).toBe(true);
  });
});

describe('the ledger', () => {
  test('holds members only in the newest entry', async () => {
    for (let i = 0; i < 3; i += 1) {
      await room.build();
      await total();
    }
    const kept: boolean[] = [];
    for await (const entry of room.ledger.streamEntries(PETITION, { withMembers: true }))
      kept.push('members' in entry);
    expect(kept).toEqual([false, false, true]);
  });

  test('takes no tally but the next, so that a slow worker cannot turn it back', async () => {
    await room.build();
    await total();
    const stale = await room.ledger.getTally(PETITION);
    await room.build();
    await total();
    const fresh = await room.ledger.getTally(PETITION);
    if (!stale) throw new Error('no tally');
    expect(await room.ledger.advanceTally(stale)).toBe(false);
    expect(await room.ledger.getTally(PETITION)).toEqual(fresh);
  });

  test('makes no entry when nobody is due', async () => {
    await room.build();
    await total();
    expect(await room.service.step()).toBe(false);
    expect((await room.service.getCount(PETITION)).seq).toBe(1);
  });

  test('tells the head of the chain in public fields alone', async () => {
    await room.build();
    await total();
    const head = await room.service.head(PETITION);
    expect(Object.keys(head ?? {})).toEqual([
      'petitionId',
      'seq',
      'at',
      'added',
      'removed',
      'total',
      'previousHash',
      'hash',
    ]);
    const { petitions } = await room.service.verify(PETITION);
    expect(petitions).toEqual([{ petitionId: PETITION, entries: 1, total: 1, head: head?.hash, faults: [] }]);
  });

  test('sums what changed after one entry and up to another', async () => {
    const [one] = await room.buildMany(2);
    await total();
    await room.build({ cell: { country: 'MX', region: 'MX-CHP', source: 'qr', locale: 'es' } });
    await total();
    await room.withdraw(one?._id ?? '');
    await total();
    expect(await room.service.deltaBetween(PETITION, 1, 3)).toEqual({
      added: 1,
      removed: 1,
      total: 2,
      delta: {
        country: { MX: 1, US: -1 },
        region: { 'MX-CHP': 1, 'US-TX': -1 },
        source: { qr: 1, direct: -1 },
        locale: { es: 1, en: -1 },
      },
    });
    expect(await room.service.deltaBetween(PETITION, 0, 3)).toMatchObject({ added: 3, removed: 1, total: 2 });
    expect(await room.service.deltaBetween(PETITION, 2, 2)).toMatchObject({ added: 0, removed: 0, total: 3 });
    expect(await room.service.deltaBetween(PETITION, 0, 0)).toMatchObject({ added: 0, total: 0 });
  });

  test('refuses to sum where an entry is missing', async () => {
    for (let i = 0; i < 3; i += 1) {
      await room.build();
      await total();
    }
    await expect(room.service.deltaBetween(PETITION, 1, 4)).rejects.toMatchObject({ code: 'LEDGER_BROKEN' });
    await room.connection.collection<{ _id: string }>('ledger').deleteOne({ _id: `${PETITION}:0000000002` });
    await expect(room.service.deltaBetween(PETITION, 0, 3)).rejects.toMatchObject({ code: 'LEDGER_BROKEN' });
  });
});

describe('breakdowns for the public', () => {
  const from = (country: string, region: string) =>
    ({ cell: { country, region, source: 'direct', locale: 'es' } }) as const;

  test('are made once a UTC day, with no cell under ten', async () => {
    await room.buildMany(21, from('MX', 'MX-CHP'));
    await room.buildMany(2, from('MX', 'MX-OAX'));
    await room.buildMany(11, from('US', 'US-TX'));
    await room.buildMany(3, from('GT', 'GT-01'));
    await total();
    expect(await room.service.publishDaily()).toBe(1);
    const first = (await room.ledger.getTally(PETITION))?.published;
    expect(first).toEqual({
      day: '2026-11-24',
      total: 37,
      country: { cells: { MX: 23 }, other: 14 },
      region: { cells: {}, other: 37 },
      locale: { cells: { es: 37 }, other: 0 },
    });

    await room.buildMany(9, from('GT', 'GT-01'));
    expect(await total()).toBe(46);
    expect(await room.service.publishDaily()).toBe(0);
    expect((await room.ledger.getTally(PETITION))?.published).toEqual(first);

    room.clock.advance(DAY);
    expect(await room.service.publishDaily()).toBe(1);
    expect((await room.ledger.getTally(PETITION))?.published).toMatchObject({
      day: '2026-11-25',
      country: { cells: { MX: 23, US: 11, GT: 12 }, other: 0 },
    });
    room.clock.set('2026-11-24T12:00:00Z');
    expect(await room.service.publishDaily()).toBe(0);
  });

  test('are made by one worker when several try', async () => {
    await room.buildMany(10);
    await total();
    const services = [1, 2, 3, 4].map(() => room.createService());
    const made = await Promise.all(services.map((one) => one.publishDaily()));
    expect(made.reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});
