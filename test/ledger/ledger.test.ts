import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createChainCheck } from '../../src/ledger/chain.ts';
import {
  applyEntry,
  buildEntry,
  emptyTally,
  entryId,
  GENESIS_HASH,
  hashEntry,
  headOf,
  type LedgerEntry,
} from '../../src/ledger/ledger.ts';
import type { DueSignature } from '../../src/signatures/marking.ts';

const at = new Date('2026-11-24T12:00:00.000Z');

/** Of somebody who was counted before. */
const placed = { _id: 'p:a', seq: 1, repairs: 0, place: 1 };

function due(fields: Partial<DueSignature> = {}): DueSignature {
  return {
    _id: 'p:a',
    ref: 'ra',
    petitionId: 'p',
    countable: true,
    cell: { country: 'MX', region: 'MX-CHP', source: 'qr', locale: 'es' },
    dueAt: at,
    mark: { _id: 'p:a', seq: 0, repairs: 0 },
    ...fields,
  };
}

describe('the hash of an entry', () => {
  const head = { petitionId: 'p', seq: 1, at, added: 3, removed: 0, total: 3, previousHash: GENESIS_HASH };

  test('can be had by anyone with printf and sha256sum', () => {
    const lines = [
      'safe-passage/ledger/v1',
      'p',
      '1',
      '2026-11-24T12:00:00.000Z',
      '3',
      '0',
      '3',
      GENESIS_HASH,
    ];
    const said = execFileSync('sh', ['-c', 'printf \'%s\\n\' "$@" | sha256sum', 'sh', ...lines], {
      encoding: 'utf8',
    });
    expect(hashEntry(head)).toBe(said.slice(0, 64));
  });

  test('is fixed for ever', () => {
    expect(hashEntry(head)).toBe('3e7865bd86d3b0cf873f28c3effb4503355b810d30e761e06f129265b6fdcbfa');
  });

  test('changes with every field', () => {
    const changes = {
      petitionId: 'q',
      seq: 2,
      at: new Date(at.getTime() + 1),
      added: 4,
      removed: 1,
      total: 4,
      previousHash: 'f',
    };
    const hashes = Object.entries(changes).map(([field, value]) => hashEntry({ ...head, [field]: value }));
    expect(new Set([hashEntry(head), ...hashes]).size).toBe(8);
  });
});

describe('building an entry', () => {
  test('newcomers come first and get the places; who had one comes after', () => {
    const first = buildEntry(null, [due()], at);
    const entry = buildEntry(
      first,
      [
        due({ _id: 'p:b', mark: placed }),
        due({ _id: 'p:c', ref: 'rc' }),
        due({ _id: 'p:a', countable: false, mark: placed }),
      ],
      at,
    );
    expect(entry.members).toEqual({ added: ['p:c', 'p:b'], addedRefs: ['rc', 'ra'], removed: ['p:a'] });
    expect(entry).toMatchObject({
      _id: 'p:0000000002',
      seq: 2,
      added: 2,
      removed: 1,
      total: 2,
      firstPlace: 2,
      places: 2,
      previousHash: first.hash,
    });
  });

  test('a cell that comes to zero is left out', () => {
    const entry = buildEntry(null, [due(), due({ _id: 'p:b', countable: false, mark: placed })], at);
    expect(entry.delta).toEqual({ country: {}, region: {}, source: {}, locale: {} });
  });

  test('a clock that goes back does not take the ledger back', () => {
    const first = buildEntry(null, [due()], at);
    expect(buildEntry(first, [due()], new Date(at.getTime() - 5)).at).toEqual(at);
  });

  test('its public half holds no person and no breakdown', () => {
    expect(Object.keys(headOf(buildEntry(null, [due()], at)))).toEqual([
      'petitionId',
      'seq',
      'at',
      'added',
      'removed',
      'total',
      'previousHash',
      'hash',
    ]);
  });

  test('ids sort as numbers do', () => {
    expect([10, 9, 1_000_000_000].map((seq) => entryId('p', seq)).sort()).toEqual([
      'p:0000000009',
      'p:0000000010',
      'p:1000000000',
    ]);
  });
});

test('a tally takes only the entry after it', () => {
  const first = buildEntry(null, [due()], at);
  const tally = applyEntry(emptyTally('p', at), first);
  expect(tally).toMatchObject({
    seq: 1,
    total: 1,
    places: 1,
    byRegion: { 'MX-CHP': 1 },
    byDay: { '2026-11-24': 1 },
  });
  expect(() => applyEntry(tally, first)).toThrow(RangeError);
  expect(() => applyEntry(emptyTally('q', at), first)).toThrow(RangeError);
});

type Actor = { id: number; isOn: boolean; hasPlace: boolean };
const cell = fc.record({
  country: fc.constantFrom('MX', 'US', 'GT'),
  source: fc.constantFrom('qr', 'paper'),
  locale: fc.constantFrom('en' as const, 'es' as const),
});
/** Each turn toggles some of eight people; time moves by any step, also backwards. */
const histories = fc.record({
  cells: fc.array(cell, { minLength: 8, maxLength: 8 }),
  turns: fc.array(
    fc.record({
      toggled: fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 8 }),
      wait: fc.integer({ min: -5_000, max: 40 * 3_600_000 }),
    }),
    { maxLength: 20 },
  ),
});

function play({
  cells,
  turns,
}: {
  cells: DueSignature['cell'][];
  turns: { toggled: number[]; wait: number }[];
}) {
  const actors: Actor[] = cells.map((_, id) => ({ id, isOn: false, hasPlace: false }));
  const entries: LedgerEntry[] = [];
  let tally = emptyTally('p', at);
  let now = at.getTime();
  for (const { toggled, wait } of turns) {
    now += wait;
    const list = toggled.flatMap((id) => {
      const actor = actors[id];
      const own = cells[id];
      if (!actor || !own) return [];
      const one = due({
        _id: `p:${id}`,
        ref: `r${id}`,
        countable: !actor.isOn,
        ...(actor.hasPlace && { mark: placed }),
        cell: own,
      });
      actor.isOn = !actor.isOn;
      actor.hasPlace = true;
      return [one];
    });
    const [first, ...rest] = list;
    if (!first) continue;
    const entry = buildEntry(entries.at(-1) ?? null, [first, ...rest], new Date(now));
    entries.push(entry);
    tally = applyEntry(tally, entry);
  }
  return { actors, entries, tally };
}

describe('any history', () => {
  test('comes to the people who stand in the count, cell by cell', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const { actors, tally } = play(history);
        const standing = actors.filter((one) => one.isOn);
        const byCountry: Record<string, number> = {};
        for (const { id } of standing) {
          const country = history.cells[id]?.country ?? '';
          byCountry[country] = (byCountry[country] ?? 0) + 1;
        }
        expect(tally.total).toBe(standing.length);
        expect(tally.byCountry).toEqual(byCountry);
        expect(tally.places).toBe(actors.filter((one) => one.hasPlace).length);
        expect(Object.values(tally.byDay).reduce((sum, net) => sum + net, 0)).toBe(tally.total);
      }),
    );
  });

  test('is a chain without fault, and any changed number in it is found where it is', () => {
    const tampering = fc.record({
      history: histories,
      which: fc.nat(),
      field: fc.constantFrom(
        'added' as const,
        'removed' as const,
        'total' as const,
        'seq' as const,
        'firstPlace' as const,
        'places' as const,
      ),
      by: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(tampering, ({ history, which, field, by }) => {
        const { entries, tally } = play(history);
        const faultsOf = (list: LedgerEntry[]) => {
          const check = createChainCheck('p');
          for (const entry of list) check.take(entry);
          check.compare(tally);
          return check.report().faults;
        };
        expect(faultsOf(entries)).toEqual([]);
        const index = which % Math.max(entries.length, 1);
        const chosen = entries[index];
        if (!chosen) return;
        const faults = faultsOf(entries.with(index, { ...chosen, [field]: chosen[field] + by }));
        expect(new Set(faults.map(({ seq }) => seq))).toEqual(new Set([index + 1]));
      }),
    );
  });
});
