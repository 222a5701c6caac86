import type { Act } from './act.ts';

/** An act as cells of a table or of a CSV file: seq, time, who, act, of, from → to, why, how it ended. */
export function actRow({ seq, at, by, act, of, changes = [], why = '', outcome }: Act): string[] {
  const changed = changes.map(({ field, from = '–', to = '–' }) => `${field}: ${from} → ${to}`);
  return [
    String(seq),
    at.toISOString(),
    by,
    act,
    of.join(' '),
    changed.join('; '),
    why,
    outcome ?? 'left open',
  ];
}
