/** What ends an address in running text, to its left and to its right. */
const STOPS = new Set(' \t\r\n\v\f\u00a0\u2028\u2029<>()[]"\'“”«»,;:');
const TRAILING = /[.!?…]/;

export type AddressInText = { start: number; end: number; address: string };

/**
 * Where `somebody@somewhere` stands in a text. Each character is looked at once: a pattern that may begin at every
 * character takes minutes over a long text without a blank.
 */
export function findAddresses(text: string): AddressInText[] {
  const found: AddressInText[] = [];
  let end = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', Math.max(at + 1, end))) {
    let start = at;
    while (start > end && !STOPS.has(text[start - 1] ?? '')) start -= 1;
    let last = at + 1;
    while (last < text.length && !STOPS.has(text[last] ?? '')) last += 1;
    end = last;
    while (last > at + 1 && TRAILING.test(text[last - 1] ?? '')) last -= 1;
    if (start < at && last > at + 1) found.push({ start, end: last, address: text.slice(start, last) });
  }
  return found;
}

/** The text with something else in the place of each address; `replace` may give back the address itself. */
export function replaceAddresses(text: string, replace: (address: string) => string): string {
  let replaced = '';
  let from = 0;
  for (const { start, end, address } of findAddresses(text)) {
    replaced += text.slice(from, start) + replace(address);
    from = end;
  }
  return replaced + text.slice(from);
}
