/** What stands for letters that the document's fonts do not have. */
export const UNPRINTABLE_MARK = '[?]';

/** WinAnsi, the letters of the fonts that every reader has: Latin-1 and these. */
const BEYOND_LATIN_1 = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';
const NOT_PRINTABLE = new RegExp(`[^\\n\\x20-\\x7e\\xa0-\\xac\\xae-\\xff${BEYOND_LATIN_1}]+`, 'gu');
/** Characters that mean the same as one that is there. */
const SAME: readonly (readonly [RegExp, string])[] = [
  [/\r\n?/g, '\n'],
  // As people write K’iche’ with the letter itself.
  [/\u02bc/g, '’'],
  [/[\u2010\u2011\u2212]/g, '-'],
  [/[\u2000-\u200a\u202f\u205f\t]/g, ' '],
  [/[\u200b-\u200d\u00ad\ufeff]|[\ufe0e\ufe0f]/g, ''],
];

/** The text as it can be printed, and whether anything in it could not be. */
export function printable(text: string): { text: string; isWhole: boolean } {
  const same = SAME.reduce((result, [from, to]) => result.replace(from, to), text.normalize('NFC'));
  const shown = same.replace(NOT_PRINTABLE, UNPRINTABLE_MARK);
  return { text: shown, isWhole: shown === same };
}
