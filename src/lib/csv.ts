import { stringify } from 'csv-stringify/sync';

/** What the package leaves as it is: a spreadsheet runs it, too, behind blanks. */
const FORMULA_BEHIND_BLANKS = /^\s+[=+\-@]/;

/** RFC 4180 with a mark at its beginning, so that Excel reads it as UTF-8; no text in it is run as a formula. */
export const CSV_OPTIONS = {
  bom: true,
  record_delimiter: '\r\n',
  quoted: true,
  escape_formulas: true,
  cast: {
    string: (text: string) => (FORMULA_BEHIND_BLANKS.test(text) ? `'${text}` : text),
    // One below zero is a number still.
    number: (value: number) => ({ value: String(value), escape_formulas: false }),
  },
};

export type Cell = string | number;

export function toCsv(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return stringify([[...headings], ...rows.map((row) => [...row])], CSV_OPTIONS);
}
