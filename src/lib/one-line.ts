/**
 * What a stranger wrote, as one value on one line: breaks, tabs and control characters (C0 and C1) become a blank, and
 * marks that turn the direction of what stands behind them, or show nothing, are taken off.
 */
export function oneLine(text: string): string {
  return text
    .replaceAll(UNSEEN, '')
    .replaceAll(/[\s\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}

/** A text of several lines: its breaks stay, whatever they were, and nothing else moves or hides what is read. */
export function plainLines(text: string): string {
  return text
    .replaceAll(/\r\n?|[\u0085\u2028\u2029\v\f]/g, '\n')
    .replaceAll(UNSEEN, '')
    .replaceAll(/[^\P{Cc}\n\t]/gu, ' ');
}

/** Every string in a value, on one line each: for lists as JSON, in which C1 controls and marks of direction stand bare. */
export function onOneLine<T>(value: T): T {
  if (typeof value === 'string') return oneLine(value) as T;
  if (Array.isArray(value)) return value.map(onOneLine) as T;
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, onOneLine(one)])) as T;
}

/** Unicode UAX #9 marks of direction, the byte order mark, and deprecated format characters; joiners belong to words. */
const UNSEEN = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
