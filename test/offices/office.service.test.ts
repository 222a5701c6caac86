import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOfficeService, type OfficeService } from '../../src/offices/office.service.ts';
import { createOfficeStore } from '../../src/offices/office.store.ts';
import { loadStarter } from '../../src/starter/load-starter.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let offices: OfficeService;
const good = { email: 'Letters@DHS.example', source: 'https://example.org/contact', checked: '2026-11-24' };

beforeAll(async () => {
  database = await openTestDatabase();
  const store = createOfficeStore(database.connection);
  await store.insertMissing((await loadStarter()).offices);
  offices = createOfficeService({ store, clock: createTestClock('2026-11-24T12:00:00Z') });
});
afterAll(() => database.drop());

describe('verifying an address', () => {
  test('keeps it with its page and its day, and takes the place of the one before', async () => {
    await offices.verifyEmailChannel('us-dhs-secretary', good);
    const office = await offices.verifyEmailChannel('us-dhs-secretary', {
      ...good,
      email: 'new@dhs.example',
    });
    expect(office.channels.filter(({ kind }) => kind === 'email')).toEqual([
      {
        kind: 'email',
        value: 'new@dhs.example',
        state: 'verified',
        source: good.source,
        verifiedOn: '2026-11-24',
      },
    ]);
    expect(office.channels.some(({ kind }) => kind === 'post')).toBe(true);
  });

  test.each([
    ['an address that is none', { ...good, email: 'dhs' }, /email/],
    ['a source that is no page', { ...good, source: 'somebody told me' }, /source/],
    ['a day that does not exist', { ...good, checked: '2026-02-30' }, /checked/],
    ['a day in the future', { ...good, checked: '2026-12-01' }, /future/],
    ['everything wrong at once', { email: '', source: '', checked: '' }, /email[\s\S]*source[\s\S]*checked/],
  ])('%s is refused in words', async (_title, given, said) => {
    await expect(offices.verifyEmailChannel('us-dhs-secretary', given)).rejects.toThrow(said);
  });

  test('an office that serves people in need is never written to by mail', async () => {
    await expect(offices.verifyEmailChannel('mx-comar', good)).rejects.toThrow(/post only/);
  });

  test('an office nobody knows is said to be unknown', async () => {
    await expect(offices.verifyEmailChannel('us-x', good)).rejects.toThrow(
      expect.objectContaining({ code: 'OFFICE_NOT_FOUND' }),
    );
  });

  test('a blocked one stays on record and is no channel any more', async () => {
    const office = await offices.blockEmailChannel('us-dhs-secretary');
    expect(office.channels.find(({ kind }) => kind === 'email')?.state).toBe('blocked');
    await expect(offices.blockEmailChannel('us-dhs-secretary')).rejects.toThrow(/no verified/);
  });
});
