import type { DueSignature, Standing } from '../signatures/marking.ts';
import { addDelta, CUTS, deltaOf, emptyDelta, negated } from './delta.ts';
import type { LedgerDelta, Tally, Unnamed } from './ledger.ts';

/** The nameless ones that stand against people who are counted again, so that nothing changes by them together. */
export function unnamedAgainst(people: readonly DueSignature[]): Unnamed {
  const added = people.filter(({ countable }) => countable);
  const removed = people.filter(({ countable }) => !countable);
  return { added: removed.length, removed: added.length, delta: negated(deltaOf(added, removed)) };
}

/** What brings the tally to those who stand in the count, cell by cell: as few nameless ones as will do. */
export function unnamedBetween(standing: Standing, tally: Tally): Unnamed {
  const counted = {
    country: tally.byCountry,
    region: tally.byRegion,
    source: tally.bySource,
    locale: tally.byLocale,
  };
  const delta = addDelta(cellsOf(standing), negated(counted));
  const gap = tally.total - standing.people;
  const sums = CUTS.map((cut) => Object.values(delta[cut]));
  const positive = sums.map((values) => values.reduce((sum, value) => sum + Math.max(value, 0), 0));
  const negative = sums.map((values) => values.reduce((sum, value) => sum + Math.max(-value, 0), 0));
  const added = Math.max(0, -gap, ...positive, ...negative.map((sum) => sum - gap));
  return { added, removed: added + gap, delta };
}

function cellsOf({ cells }: Standing): LedgerDelta {
  const sum = emptyDelta();
  for (const { cell, people } of cells) {
    for (const cut of CUTS) {
      const key = cell[cut];
      if (key !== undefined) sum[cut][key] = (sum[cut][key] ?? 0) + people;
    }
  }
  return sum;
}
