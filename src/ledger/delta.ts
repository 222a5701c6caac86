import type { DueSignature } from '../signatures/marking.ts';
import type { Delta, LedgerDelta } from './ledger.ts';

export const CUTS = ['country', 'region', 'source', 'locale'] as const;

export function deltaOf(added: readonly DueSignature[], removed: readonly DueSignature[]): LedgerDelta {
  const delta = emptyDelta();
  for (const { cell } of added) for (const cut of CUTS) bump(delta[cut], cell[cut], 1);
  for (const { cell } of removed) for (const cut of CUTS) bump(delta[cut], cell[cut], -1);
  return delta;
}

export function emptyDelta(): LedgerDelta {
  return { country: {}, region: {}, source: {}, locale: {} };
}

/** Cell by cell; a cell that comes to zero is left out. */
export function addDelta(sum: LedgerDelta, change: LedgerDelta): LedgerDelta {
  const { country, region, source, locale } = change;
  return {
    country: addCells(sum.country, country),
    region: addCells(sum.region, region),
    source: addCells(sum.source, source),
    locale: addCells(sum.locale, locale),
  };
}

export function addCells(sum: Delta, change: Delta): Delta {
  const next = { ...sum };
  for (const [key, value] of Object.entries(change)) bump(next, key, value);
  return next;
}

function bump(cells: Delta, key: string | undefined, by: number): void {
  if (key === undefined) return;
  const value = (cells[key] ?? 0) + by;
  if (value === 0) delete cells[key];
  else cells[key] = value;
}

export function negated(delta: LedgerDelta): LedgerDelta {
  const turn = (cells: Delta) =>
    Object.fromEntries(Object.entries(cells).map(([key, value]) => [key, -value]));
  return {
    country: turn(delta.country),
    region: turn(delta.region),
    source: turn(delta.source),
    locale: turn(delta.locale),
  };
}
