import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ensureIndexes } from '../../src/database/indexes.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import {
  createPetitionStore,
  type PetitionStore,
  petitionIndexes,
} from '../../src/petitions/petition.store.ts';
import { isOpen } from '../../src/petitions/petition.ts';
import { loadStarter } from '../../src/starter/load-starter.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { buildPetition } from '../support/signing.ts';

const NOW = new Date('2026-11-24T12:00:00Z');
const EARLIER = new Date('2026-11-01T12:00:00Z');

let database: TestDatabase;
let store: PetitionStore;
beforeAll(async () => {
  database = await openTestDatabase();
  store = createPetitionStore(database.connection);
  await ensureIndexes(database.connection, petitionIndexes, silentLogger);
});
beforeEach(async () => {
  await database.connection.collection('petitions').deleteMany({});
});
afterAll(() => database.drop());

test('what comes back is what was put in, dates and paragraphs included', async () => {
  const { petitions } = await loadStarter();
  await store.insertMissing(petitions);
  expect(await store.listPetitions()).toEqual(petitions);
});

test('the first one wins, and a missing one beside it is put in', async () => {
  await store.insertMissing([buildPetition({ number: 1 })]);
  await store.insertMissing([
    buildPetition({ number: 7 }),
    buildPetition({ _id: 'new', number: 8, order: 2 }),
  ]);
  expect((await store.listPetitions()).map(({ _id, number }) => [_id, number])).toEqual([
    ['no-more-unsafe-returns', 1],
    ['new', 8],
  ]);
});

test('closing ends it now, and closing again does not put the end off', async () => {
  await store.insertMissing([buildPetition()]);
  expect(await store.closePetition('no-more-unsafe-returns', EARLIER, { by: 'Ana' })).toBe(true);
  expect(await store.closePetition('no-more-unsafe-returns', NOW, { by: 'Ana' })).toBe(true);
  const [closed] = await store.listPetitions();
  expect(closed).toMatchObject({ state: 'closed', closesAt: EARLIER });
  expect(closed && isOpen(closed, EARLIER)).toBe(false);
});

test('closing before the day that was set ends it now', async () => {
  await store.insertMissing([buildPetition({ closesAt: NOW })]);
  await store.closePetition('no-more-unsafe-returns', EARLIER, { by: 'Ana' });
  expect((await store.listPetitions())[0]?.closesAt).toEqual(EARLIER);
});

test('closing one that is not there is told', async () => {
  expect(await store.closePetition('nope', NOW, { by: 'Ana' })).toBe(false);
});
