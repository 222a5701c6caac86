import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { shellActor } from '../../src/lib/actor.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { createPetitionService, type PetitionService } from '../../src/petitions/petition.service.ts';
import { createPetitionStore } from '../../src/petitions/petition.store.ts';
import { waysOf } from '../../src/petitions/petition.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { buildPetition } from '../support/signing.ts';

const SLUG = 'no-more-unsafe-returns';

let database: TestDatabase;
let petitions: PetitionService;
beforeAll(async () => {
  database = await openTestDatabase();
});
beforeEach(async () => {
  await database.connection.collection('petitions').deleteMany({});
  const store = createPetitionStore(database.connection);
  await store.insertMissing([buildPetition({ officeIds: ['mx-inm', 'us-dhs-secretary'] })]);
  petitions = createPetitionService({ store, clock: createTestClock(), logger: silentLogger });
});
afterAll(() => database.drop());

const ways = async (officeId: string) => waysOf(await petitions.getPetition(SLUG), officeId);

describe('the ways from a petition to an office', () => {
  test('are digests and by hand until an organiser says otherwise', async () => {
    expect(await ways('mx-inm')).toEqual(['digest', 'hand']);
  });

  test('are none to an office that it does not write to', async () => {
    expect(await ways('mx-dif')).toEqual([]);
  });

  test('are set for one office, in one order, and leave the others', async () => {
    expect(await petitions.setWays(SLUG, 'mx-inm', ['hand', 'letters', 'hand'], shellActor('Ana'))).toEqual([
      'letters',
      'hand',
    ]);
    expect(await ways('mx-inm')).toEqual(['letters', 'hand']);
    expect(await ways('us-dhs-secretary')).toEqual(['digest', 'hand']);
  });

  test('may be none at all', async () => {
    await petitions.setWays(SLUG, 'mx-inm', [], shellActor('Ana'));
    expect(await ways('mx-inm')).toEqual([]);
  });

  test('of two offices set at once are both kept', async () => {
    await Promise.all([
      petitions.setWays(SLUG, 'mx-inm', ['hand'], shellActor('Ana')),
      petitions.setWays(SLUG, 'us-dhs-secretary', ['letters'], shellActor('Ana')),
    ]);
    expect([await ways('mx-inm'), await ways('us-dhs-secretary')]).toEqual([['hand'], ['letters']]);
  });

  test.each([
    ['nope', 'mx-inm', ['hand'], 'PETITION_NOT_FOUND', 'There is no petition "nope".'],
    [SLUG, 'mx-dif', ['hand'], 'INPUT_INVALID', /does not write to "mx-dif", but to mx-inm, us-dhs/],
    [SLUG, 'officeIds.0', ['hand'], 'INPUT_INVALID', /does not write to/],
    [SLUG, 'mx-inm', ['hand', 'fax'], 'INPUT_INVALID', '"fax" is no way. Ways are digest, letters, hand.'],
    [SLUG, 'mx-inm', [''], 'INPUT_INVALID', /"" is no way/],
  ])('%s to %s by %o is refused', async (slug, officeId, chosen, code, message) => {
    const refused = petitions.setWays(slug, officeId, chosen, shellActor('Ana'));
    await expect(refused).rejects.toMatchObject({ code });
    await expect(refused).rejects.toThrow(message);
    expect(await ways('mx-inm')).toEqual(['digest', 'hand']);
  });
});
