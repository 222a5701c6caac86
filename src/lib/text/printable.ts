/**
 * What a stranger wrote, as one value on one line: breaks and tabs become a blank, and control
 * characters (C0 and C1), marks that turn the direction of what stands behind them, and what shows nothing are taken off.
 */
export function printableLine(text: string): string {
  return text
    .replaceAll(UNSEEN, '')
    .replaceAll(/[\s\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}

/** A text of several lines: its breaks stay, whatever they were, and nothing else moves or hides what is read. */
export function printableText(text: string): string {
  return text
    .replaceAll(/\r\n?|[\u0085\u2028\u2029\v\f]/g, '\n')
    .replaceAll(UNSEEN, '')
    .replaceAll(/[^\P{Cc}\n\t]/gu, '');
}

/**
 * JSON for a terminal: JSON itself lets C1 controls and marks of direction stand bare, which steer what shows them.
 * They are written as escapes, so nothing of the value is lost.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(BARE, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** Unicode UAX #9 marks of direction, the byte order mark, and deprecated format characters; joiners belong to words. */
const UNSEEN = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const BARE = new RegExp(`[\\u007f-\\u009f\\u2028\\u2029]|${UNSEEN.source}`, 'gu');
