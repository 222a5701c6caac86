export type Row = {
  what: string;
  median: number;
  min: number;
  max: number;
  unit: string;
  atLeast?: number;
  atMost?: number;
};

export function spread(values: readonly number[]): { median: number; min: number; max: number } {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export function printTable(rows: readonly Row[]): void {
  const lines = rows.map((row) => [
    row.what,
    `${round(row.median)} ${row.unit}`,
    `${round(row.min)} – ${round(row.max)}`,
    row.atLeast !== undefined ? `≥ ${row.atLeast}` : row.atMost !== undefined ? `≤ ${row.atMost}` : '',
    verdict(row),
  ]);
  const table = [['what', 'median', 'spread', 'must hold', ''], ...lines];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
  for (const line of table)
    console.log(line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

function verdict({ median, atLeast, atMost }: Row): string {
  if (atLeast !== undefined) return median >= atLeast ? 'holds' : 'FALLS SHORT';
  if (atMost !== undefined) return median <= atMost ? 'holds' : 'FALLS SHORT';
  return '';
}

function round(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Math.round(value * 100) / 100);
}
