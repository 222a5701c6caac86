import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createCampaignStore } from '../../src/campaign/campaign.store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createOfficeStore } from '../../src/offices/office.store.ts';
import { createPetitionStore } from '../../src/petitions/petition.store.ts';
import { loadStarter } from '../../src/starter/load-starter.ts';
import { seedStarter } from '../../src/starter/seed.service.ts';
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
  await seedStarter(shipped, stores, systemClock);
  await stores.petitions.closePetition('safe-passage', new Date('2026-11-24T12:00:00Z'), { by: 'Ana' });
  await stores.campaign.setCampaign({ legalName: 'Acme Rights' });
  const petitions = database.connection.collection<{ _id: string }>('petitions');
  await petitions.deleteOne({ _id: 'protection-and-asylum' });
  await seedStarter(shipped, stores, systemClock);
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
  await expect(seedStarter({ ...shipped, petitions: unstorable }, stores, systemClock)).rejects.toThrow();
});

test('a stored petition of an earlier version loses the withdrawn fact, and nothing else', async () => {
  const shipped = await loadStarter();
  await seedStarter(shipped, stores, systemClock);
  const petitions = database.connection.collection<{ _id: string }>('petitions');
  await petitions.updateOne({ _id: 'no-more-unsafe-returns' }, [
    {
      $set: {
        factIds: ['F1', 'F2', 'F4', 'F5', 'F3'],
        'texts.en.body': ['Our own words.', 'It returned {F2_children} children in 2021.', 'An end.'],
        'texts.es.body': ['Palabras propias.', 'Devolvió a {F2_children} en 2021.', 'Un fin.'],
      },
    },
  ]);
  const clock = { now: () => new Date('2026-11-28T12:00:00Z') };
  await Promise.all([seedStarter(shipped, stores, clock), seedStarter(shipped, stores, clock)]);
  const [corrected] = await stores.petitions.listPetitions();
  const [own] = shipped.petitions;
  expect(corrected?.factIds).toEqual(['F1', 'F9', 'F4', 'F5', 'F3']);
  expect(corrected?.texts.en.body).toEqual(['Our own words.', own?.texts.en.body[2], 'An end.']);
  expect(corrected?.texts.es.body).toEqual(['Palabras propias.', own?.texts.es.body[2], 'Un fin.']);
  expect(corrected?.texts.es.title).toBe(own?.texts.es.title);
  expect(corrected?.correctedAt).toEqual(clock.now());
  // Once is enough: a later start leaves the petition and its date alone.
  await seedStarter(shipped, stores, systemClock);
  expect((await stores.petitions.listPetitions())[0]).toEqual(corrected);
});

test('an installation from before some facts were asked of offices gets them, and keeps what was said of them', async () => {
  await seedStarter(await loadStarter(), stores, systemClock);
  const offices = database.connection.collection<{ _id: string }>('offices');
  const unset = { isInWashington: true, department: true, enforcesImmigrationLaw: true } as const;
  await offices.updateMany({}, { $unset: unset });
  await offices.updateOne({ _id: 'mx-dif' }, { $set: { enforcesImmigrationLaw: true } });
  await seedStarter(await loadStarter(), stores, systemClock);
  const facts = (await stores.offices.listOffices()).map((office) => [
    office._id,
    office.isInWashington ?? false,
    office.department ?? '',
    office.enforcesImmigrationLaw,
  ]);
  expect(facts).toEqual([
    ['us-dhs-secretary', true, 'DHS', true],
    ['us-cbp-commissioner', true, 'DHS', true],
    ['mx-presidency', false, '', false],
    ['mx-inm', false, '', true],
    ['mx-segob', false, '', true],
    ['mx-sre', false, '', false],
    ['mx-comar', false, '', false],
    ['mx-sipinna', false, '', false],
    ['mx-dif', false, '', true],
  ]);
});

test('an installation from before gets the short names, and keeps those that an organiser gave', async () => {
  const shipped = await loadStarter();
  await seedStarter(shipped, stores, systemClock);
  const offices = database.connection.collection<{ _id: string }>('offices');
  await offices.updateMany({}, { $unset: { short: 1 } });
  const own = { en: 'Homeland Security', es: 'Seguridad Nacional' };
  await offices.updateOne({ _id: 'us-dhs-secretary' }, { $set: { short: own } });
  await seedStarter(shipped, stores, systemClock);
  const short = new Map((await stores.offices.listOffices()).map((office) => [office._id, office.short]));
  expect(short.get('us-dhs-secretary')).toEqual(own);
  expect(short.get('mx-inm')).toEqual({ en: 'INM', es: 'INM' });
  expect([...short.values()].every(Boolean)).toBe(true);
});
