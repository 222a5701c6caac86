import { pipeline, Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import { CSV_OPTIONS } from '../lib/csv.ts';
import type { Format, Row } from './export.ts';

export const MEDIA_TYPES: Record<Format, string> = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
};
const LINES_PER_PIECE = 200;

/** The file, made as fast as it is taken: where nobody takes it any more, the rows are asked for no further. */
export function fileOf(rows: AsyncIterable<Row>, columns: readonly string[], format: Format): Readable {
  if (format === 'ndjson') return Readable.from(linesOf(rows), { objectMode: false });
  const csv = stringify({ ...CSV_OPTIONS, header: true, columns: [...columns] });
  // An error of the one ends the other; whoever reads the file hears of it.
  pipeline(Readable.from(rows, { highWaterMark: LINES_PER_PIECE }), csv, () => undefined);
  return csv;
}

async function* linesOf(rows: AsyncIterable<Row>): AsyncGenerator<string> {
  let lines: string[] = [];
  for await (const row of rows) {
    lines.push(`${JSON.stringify(row)}\n`);
    if (lines.length < LINES_PER_PIECE) continue;
    yield lines.join('');
    lines = [];
  }
  if (lines.length > 0) yield lines.join('');
}
