import { afterAll, beforeAll, expect, test } from 'vitest';
import { SECOND } from '../../src/lib/clock.ts';
import { createPetitionService } from '../../src/petitions/petition.service.ts';
import { createPetitionStore } from '../../src/petitions/petition.store.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { buildPetition } from '../support/signing.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.drop());

test('petitions are found by slug and number, listed in order, and gone from the open ones when closed', async () => {
  const store = createPetitionStore(database.connection);
  await store.insertMissing([
    buildPetition({ _id: 'b', number: 2, order: 2 }),
    buildPetition({ _id: 'a', number: 1, order: 1 }),
  ]);
  const petitions = createPetitionService({ store, clock: createTestClock() });
  expect((await petitions.listOpenPetitions()).map(({ _id }) => _id)).toEqual(['a', 'b']);
  expect((await petitions.findPetitionByNumber(2))?._id).toBe('b');
  await expect(petitions.getPetition('nope')).rejects.toThrow(
    expect.objectContaining({ code: 'PETITION_NOT_FOUND' }),
  );
  await petitions.closePetition('a');
  expect((await petitions.listOpenPetitions()).map(({ _id }) => _id)).toEqual(['b']);
  await expect(petitions.closePetition('nope')).rejects.toThrow(
    expect.objectContaining({ code: 'PETITION_NOT_FOUND' }),
  );
});

test('while the database is away, what was known last is served', async () => {
  const other = await openTestDatabase();
  const clock = createTestClock();
  const store = createPetitionStore(other.connection);
  await store.insertMissing([buildPetition()]);
  const petitions = createPetitionService({ store, clock });
  await petitions.getPetition('no-more-unsafe-returns');
  await other.drop();
  clock.advance(10 * SECOND);
  expect((await petitions.getPetition('no-more-unsafe-returns')).number).toBe(1);
});
