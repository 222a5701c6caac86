import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createCampaignStore } from '../../src/campaign/campaign.store.ts';
import { createOfficeStore } from '../../src/offices/office.store.ts';
import { createPetitionStore } from '../../src/petitions/petition.store.ts';
import { loadStarter } from '../../src/starter/load-starter.ts';
import { seedStarter } from '../../src/starter/seed.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

function openStores(connection: Connection) {
  return {
    petitions: createPetitionStore(connection),
    offices: createOfficeStore(connection),
    campaign: createCampaignStore(connection),
  };
}

let database: TestDatabase;
let stores: ReturnType<typeof openStores>;
beforeAll(async () => {
  database = await openTestDatabase();
  stores = openStores(database.connection);
});
beforeEach(async () => {
  for (const name of ['petitions', 'offices', 'campaign']) {
    await database.connection.collection(name).deleteMany({});
  }
});
afterAll(() => database.drop());

async function seedInProcess(): Promise<void> {
  const child = fork(join(import.meta.dirname, 'seed.fixture.ts'), [database.uri]);
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}

test('two processes that start at once put everything in, once', async () => {
  const shipped = await loadStarter();
  await Promise.all([seedInProcess(), seedInProcess()]);
  expect(await stores.petitions.listPetitions()).toEqual(shipped.petitions);
  expect(await stores.offices.listOffices()).toEqual(shipped.offices);
  expect(await database.connection.collection('campaign').countDocuments()).toBe(1);
});

test('what an organiser changed stays, and what is missing beside it comes', async () => {
  const shipped = await loadStarter();
  await seedStarter(shipped, stores);
  await stores.petitions.closePetition('safe-passage', new Date('2026-11-24T12:00:00Z'));
  await stores.campaign.setCampaign({ legalName: 'Acme Rights' });
  const petitions = database.connection.collection<{ _id: string }>('petitions');
  await petitions.deleteOne({ _id: 'protection-and-asylum' });
  await seedStarter(shipped, stores);
  expect((await stores.petitions.listPetitions()).map(({ _id, state }) => [_id, state])).toEqual([
    ['no-more-unsafe-returns', 'open'],
    ['protection-and-asylum', 'open'],
    ['safe-passage', 'closed'],
  ]);
  expect(await stores.campaign.findCampaign()).toMatchObject({ legalName: 'Acme Rights' });
});

test('a petition that the database refuses is told, and is no silent gap', async () => {
  const shipped = await loadStarter();
  // More than any MongoDB takes in one document.
  const slug = 'x'.repeat(17 * 1024 * 1024);
  const unstorable = shipped.petitions.map((petition) => ({ ...petition, _id: slug }));
  await expect(seedStarter({ ...shipped, petitions: unstorable }, stores)).rejects.toThrow();
});
