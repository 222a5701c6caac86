import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMilliseconds, DAY } from '../../src/lib/clock.ts';
import { markStages, recomputeDueStages, STUB_DAYS } from '../../src/signatures/counting.ts';
import type { Signature } from '../../src/signatures/signature.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { buildSignature, readSignature } from '../support/signatures.ts';

const now = new Date('2026-11-24T12:00:00Z');
const earlier = new Date('2026-11-24T10:00:00Z');
const in30Days = new Date('2026-12-24T11:00:00Z');
const letGo = addMilliseconds(now, STUB_DAYS * DAY);
const on = { seq: 3, on: true, place: 7 };
const off = { seq: 4, on: false, place: 7 };

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.drop());

type Row = {
  title: string;
  fields: Partial<Signature>;
  without?: (keyof Signature)[];
  due?: Date;
  expires?: Date;
};

const rows: Row[] = [
  { title: 'a pending one keeps its date', fields: { state: 'pending' }, expires: in30Days },
  { title: 'a confirmed one is due', fields: { state: 'confirmed', expiresAt: in30Days }, due: now },
  { title: 'one that waits keeps the time since', fields: { ledgerDue: earlier }, due: earlier },
  { title: 'a counted one is not due', fields: { counted: on, ledgerDue: earlier } },
  { title: 'a held one is not due', fields: { held: true, ledgerDue: earlier } },
  { title: 'one without a held flag is due', fields: {}, without: ['held'], due: now },
  { title: 'a held one that was counted is due', fields: { held: true, counted: on }, due: now },
  {
    title: 'a counted one that is withdrawn is due and stays',
    fields: { state: 'withdrawn', counted: on, expiresAt: earlier },
    due: now,
  },
  {
    title: 'a stub that no entry removed goes later',
    fields: { state: 'withdrawn', ledgerDue: earlier },
    expires: letGo,
  },
  {
    title: 'a stub taken out before goes later',
    fields: { state: 'withdrawn', counted: off },
    expires: letGo,
  },
  {
    title: 'a stub keeps its date',
    fields: { state: 'withdrawn', counted: off, expiresAt: earlier },
    expires: earlier,
  },
  {
    title: 'a stub never confirmed goes at once',
    fields: { state: 'withdrawn', expiresAt: in30Days },
    without: ['confirmedAt'],
    expires: now,
  },
  { title: 'an invalidated one stays', fields: { state: 'invalidated', counted: off, expiresAt: earlier } },
  {
    title: 'an invalidated one that was counted is due',
    fields: { state: 'invalidated', counted: on },
    due: now,
  },
  {
    title: 'an invalidated one without its person goes later',
    fields: { state: 'invalidated', counted: off },
    without: ['sealed'],
    expires: letGo,
  },
  {
    title: 'an invalidated one that was pending keeps its date',
    fields: { state: 'invalidated', expiresAt: in30Days },
    without: ['confirmedAt'],
    expires: in30Days,
  },
  { title: 'a confirmed one without its person stays', fields: { counted: on }, without: ['sealed'] },
];

async function insert({ fields, without = [] }: Pick<Row, 'fields' | 'without'>): Promise<string> {
  const { _id } = await buildSignature(database.connection, fields);
  const collection = database.connection.collection<Signature>('signatures');
  const given = { ledgerDue: fields.ledgerDue, expiresAt: fields.expiresAt };
  const gone = Object.entries(given).flatMap(([key, value]) => (value ? [] : [key]));
  const keepsPending = fields.state === 'pending' ? gone.filter((key) => key !== 'expiresAt') : gone;
  if (keepsPending.length + without.length > 0) {
    await collection.updateOne({ _id }, [{ $unset: [...keepsPending, ...without] }]);
  }
  return _id;
}

describe('every change of state recomputes what the ledger and retention go by', () => {
  test.each(rows)('$title', async (row) => {
    const _id = await insert(row);
    await database.connection.collection<Signature>('signatures').updateOne({ _id }, recomputeDueStages(now));
    const found = await readSignature(database.connection, _id);
    expect({ due: found?.ledgerDue, expires: found?.expiresAt }).toEqual({
      due: row.due,
      expires: row.expires,
    });
    expect(found && 'ledgerDue' in found).toBe(row.due !== undefined);
  });
});

describe('the mark of an entry', () => {
  async function mark(fields: Partial<Signature>, as: { on: boolean; place?: number }) {
    const { _id } = await buildSignature(database.connection, fields);
    const stages = markStages({ seq: 9, at: now, ...as });
    await database.connection.collection<Signature>('signatures').updateOne({ _id }, stages);
    return readSignature(database.connection, _id);
  }

  test('gives a place to one who has none', async () => {
    const found = await mark({}, { on: true, place: 12 });
    expect(found?.counted).toEqual({ seq: 9, on: true, place: 12 });
    expect(found).not.toHaveProperty('ledgerDue');
  });

  test('leaves the place that one has', async () => {
    const found = await mark({ counted: off }, { on: true, place: 12 });
    expect(found?.counted).toEqual({ seq: 9, on: true, place: 7 });
  });

  test('lets a stub go at once', async () => {
    const found = await mark({ state: 'withdrawn', counted: on }, { on: false });
    expect(found?.counted).toEqual({ seq: 9, on: false, place: 7 });
    expect(found?.expiresAt).toEqual(now);
    expect(found).not.toHaveProperty('ledgerDue');
  });

  test('makes one due again who changed between being read and being marked', async () => {
    const found = await mark({ state: 'withdrawn', expiresAt: letGo }, { on: true, place: 12 });
    expect(found?.ledgerDue).toEqual(now);
    expect(found).not.toHaveProperty('expiresAt');
  });
});
