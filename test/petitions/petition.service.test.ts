import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { shellActor } from '../../src/lib/actor.ts';
import { SECOND } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { createPetitionService } from '../../src/petitions/petition.service.ts';
import { createPetitionStore, type PetitionStore } from '../../src/petitions/petition.store.ts';
import { isOpen } from '../../src/petitions/petition.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { buildPetition } from '../support/signing.ts';

const SLUG = 'no-more-unsafe-returns';

let database: TestDatabase;
let store: PetitionStore;
beforeAll(async () => {
  database = await openTestDatabase();
  store = createPetitionStore(database.connection);
});
beforeEach(async () => {
  await database.connection.collection('petitions').deleteMany({});
  await store.insertMissing([
    buildPetition({ order: 2 }),
    buildPetition({ _id: 'first', number: 2, order: 1 }),
    buildPetition({ _id: 'later', number: 3, order: 3, opensAt: new Date('2027-01-01T00:00:00Z') }),
  ]);
});
afterAll(() => database.drop());

function build() {
  const clock = createTestClock();
  const petitions = createPetitionService({ store, clock, logger: silentLogger });
  const listOpen = async () =>
    (await petitions.listPetitions()).filter((one) => isOpen(one, clock.now())).map(({ _id }) => _id);
  return { clock, petitions, listOpen };
}

describe('finding petitions', () => {
  test('all are listed in order, and those that are open now', async () => {
    const { petitions, listOpen } = build();
    expect((await petitions.listPetitions()).map(({ _id }) => _id)).toEqual(['first', SLUG, 'later']);
    expect(await listOpen()).toEqual(['first', SLUG]);
  });

  test('one is found by its slug or by its number', async () => {
    const { petitions } = build();
    expect((await petitions.getPetition(SLUG)).number).toBe(1);
    expect((await petitions.findPetition('first'))?.number).toBe(2);
    expect((await petitions.findPetitionByNumber(3))?._id).toBe('later');
  });

  test('one that is not there is an error for who must have it, and null for who asks', async () => {
    const { petitions } = build();
    await expect(petitions.getPetition('none')).rejects.toMatchObject({ code: 'PETITION_NOT_FOUND' });
    await expect(petitions.closePetition('none', shellActor('Ana'))).rejects.toMatchObject({
      code: 'PETITION_NOT_FOUND',
    });
    expect(await petitions.findPetition('none')).toBeNull();
    expect(await petitions.findPetitionByNumber(9)).toBeNull();
  });
});

describe('what is kept', () => {
  test('who closes one sees it closed at once, and every other process a second later', async () => {
    const { petitions, clock, listOpen } = build();
    const elsewhere = createPetitionService({ store, clock, logger: silentLogger });
    await elsewhere.listPetitions();
    await petitions.listPetitions();
    await petitions.closePetition(SLUG, shellActor('Ana'));
    expect(await listOpen()).toEqual(['first']);
    expect((await elsewhere.getPetition(SLUG)).state).toBe('open');
    clock.advance(SECOND);
    expect((await elsewhere.getPetition(SLUG)).state).toBe('closed');
  });

  test('one opens and closes by the clock, whatever is kept', async () => {
    const { petitions, clock, listOpen } = build();
    await petitions.listPetitions();
    clock.set('2027-01-01T00:00:00Z');
    expect(await listOpen()).toEqual(['first', SLUG, 'later']);
  });

  test('while the database is away the last known ones are given, and nothing before any is known', async () => {
    const own = await openTestDatabase();
    const away = createPetitionStore(own.connection);
    await away.insertMissing([buildPetition()]);
    const clock = createTestClock();
    const knows = createPetitionService({ store: away, clock, logger: silentLogger });
    await knows.listPetitions();
    await own.drop();
    clock.advance(SECOND);
    expect((await knows.getPetition(SLUG)).number).toBe(1);
    await expect(
      createPetitionService({ store: away, clock, logger: silentLogger }).getPetition(SLUG),
    ).rejects.toThrow(/closed|connect/i);
  });
});
