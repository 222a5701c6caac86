import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE } from '../../src/lib/clock.ts';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { releaseAll } from '../support/letters.ts';

const SLUG = 'no-more-unsafe-returns';
const FIRST = 'us-dhs-secretary';
const SECOND = 'us-cbp-commissioner';

let campaign: TestCampaign;
beforeEach(async () => {
  await campaign?.close();
  campaign = await openCampaign();
  await verify(FIRST);
});
afterAll(() => campaign.close());

const verify = (id: string) =>
  campaign.services.offices.verifyEmailChannel(TESTER, id, {
    email: `${id}@office.example`,
    source: 'https://example.org',
    checked: '2026-11-24',
  });
async function sign(...names: string[]): Promise<void> {
  for (const name of names) await campaign.addSupporter(`${name}@home.example`);
  campaign.clock.advance(MINUTE);
}
async function send(): Promise<void> {
  await campaign.services.planner.planDigests();
  await releaseAll(campaign.services);
  await campaign.services.mailWorker.drainOffices();
  campaign.clock.advance(MINUTE);
}
type Copy = Record<string, object[]>;
async function copy(...names: string[]): Promise<Copy> {
  const all = names.map(async (name) => [name, await campaign.connection.collection(name).find().toArray()]);
  return Object.fromEntries(await Promise.all(all));
}
async function restore(from: Copy): Promise<void> {
  for (const [name, documents] of Object.entries(from)) {
    await campaign.connection.collection(name).deleteMany({});
    if (documents.length > 0) await campaign.connection.collection(name).insertMany(documents as never[]);
  }
}
/** How many people each of an office's digests that arrived tells of, and the first of the next one. */
async function told(office: string): Promise<number[]> {
  const digests = await campaign.services.stores.deliveries.listDigests(SLUG, office);
  const sums = digests
    .filter(({ state }) => state === 'sent')
    .sort((a, b) => a.n - b.n)
    .map(async ({ from, to }) => (await campaign.services.ledger.deltaBetween(SLUG, from, to)).added);
  return Promise.all(sums);
}
const count = async () => (await campaign.services.ledger.getCount(SLUG)).count;
async function expectSound(): Promise<void> {
  const { petitions } = await campaign.services.ledger.verify();
  expect(petitions.flatMap(({ faults }) => faults)).toEqual([]);
}

describe('a restored copy whose digests are newer than its ledger', () => {
  test.each([
    ['signatures as new as the digests', 'after'],
    ['signatures as old as the ledger, and not counted yet', 'due'],
  ] as const)('(%s) tells nobody twice and loses nobody', async (_, when) => {
    await sign('a', 'b', 'c');
    await campaign.count();
    await send();
    const ledger = await copy('ledger', 'tallies');
    await sign('d', 'e');
    const due = await copy('signatures');
    await campaign.count();
    await sign('f');
    await campaign.count();
    // Two entries that the copy will lack, in one digest.
    const due2 = await copy('signatures');
    await send();
    expect(await told(FIRST)).toEqual([3, 3]);
    await restore({ ...ledger, ...(when === 'after' ? due2 : due) });
    if (when === 'due') await sign('f');
    await sign('g');
    await campaign.services.ledger.repairAll();
    await campaign.count();
    await send();
    expect(await told(FIRST)).toEqual(when === 'after' ? [3, 3, 1] : [3, 2, 2]);
    expect(await count()).toBe(7);
    await expectSound();
    // Found whole, and left alone.
    const [report] = await campaign.services.ledger.repairAll(true);
    expect(report).toMatchObject({ unmarked: 0, dueAgain: 0, toldBefore: 0, unaccounted: 0 });
  });

  test('two offices that were told up to different entries are each told of the rest', async () => {
    await sign('a');
    await campaign.count();
    await send();
    const ledger = await copy('ledger', 'tallies');
    await sign('b', 'c');
    await campaign.count();
    await send();
    await sign('d');
    await campaign.count();
    await verify(SECOND);
    const { services } = campaign;
    await services.planner.planDigests();
    for (const one of await services.stores.deliveries.listByState(['planned'], { officeId: SECOND }))
      await services.stores.deliveries.move(one, 'approved', {
        approvedBy: 'Rosa',
        approvedAt: one.plannedAt,
      });
    await services.letters.releaseDigests(TESTER, { officeId: SECOND });
    await services.mailWorker.drainOffices();
    expect([await told(FIRST), await told(SECOND)]).toEqual([[1, 2], [4]]);
    campaign.clock.advance(MINUTE);
    await restore(ledger);
    await sign('e');
    await campaign.services.ledger.repairAll(true);
    await campaign.count();
    await send();
    expect([await told(FIRST), await told(SECOND)]).toEqual([
      [1, 2, 2],
      [4, 1],
    ]);
    expect(await count()).toBe(5);
    await expectSound();
  });

  test('one that was only planned tells of what is there then', async () => {
    await sign('a');
    await campaign.count();
    await send();
    const ledger = await copy('ledger', 'tallies');
    await sign('b');
    await campaign.count();
    await campaign.services.planner.planDigests();
    await restore(ledger);
    await campaign.services.ledger.repairAll();
    await sign('c');
    await campaign.count();
    await send();
    expect(await told(FIRST)).toEqual([1, 2]);
    expect(await count()).toBe(3);
  });
});
