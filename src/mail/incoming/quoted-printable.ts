const [TAB, LF, CR, BLANK, EQUALS] = [9, 10, 13, 32, 61];
/** A soft line break may have blanks before its end, which servers on the way add. */
const MAX_BLANKS = 80;

/** RFC 2045, 6.7, byte by byte: a pattern over megabytes of it makes millions of strings. What is malformed stays. */
export function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const decoded = Buffer.allocUnsafeSlow(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    const value = byte === EQUALS ? hexAt(bytes, at + 1) : byte;
    const lineEnd = value < 0 ? softBreakAt(bytes, at + 1) : -1;
    if (lineEnd >= 0) at = lineEnd;
    else {
      decoded[length] = value < 0 ? byte : value;
      length += 1;
      if (byte === EQUALS && value >= 0) at += 2;
    }
  }
  return decoded.subarray(0, length);
}

/** The byte that two hex digits say; -1 when there are no two. */
function hexAt(bytes: Buffer, at: number): number {
  const [high, low] = [digitOf(bytes[at]), digitOf(bytes[at + 1])];
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function digitOf(byte = 0): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const folded = byte | 32;
  return folded >= 97 && folded <= 102 ? folded - 87 : -1;
}

/** Where the line feed stands; -1 when something else than blanks stands before it. */
function softBreakAt(bytes: Buffer, start: number): number {
  let at = start;
  while (at < start + MAX_BLANKS && (bytes[at] === BLANK || bytes[at] === TAB)) at += 1;
  if (bytes[at] === CR) at += 1;
  return bytes[at] === LF ? at : -1;
}
