/** What a spreadsheet would take for a formula, also behind blanks. */
const FORMULA = /^\s*[=+\-@\t\r]/;

/** RFC 4180 with a mark at its beginning, so that Excel reads it as UTF-8; nothing in it is run as a formula. */
export function toCsv(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => cells.map(toCell).join(',');
  return `\ufeff${[headings, ...rows].map(line).join('\r\n')}\r\n`;
}

function toCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
