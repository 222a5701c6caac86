/** What stands for letters that neither face has. */
export const UNPRINTABLE_MARK = '[?]';

/** WinAnsi, the letters of the fonts that every reader has: Latin-1 and these. */
const BEYOND_LATIN_1 = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';
const LATIN_1 = '\\n\\x20-\\x7e\\xa0-\\xac\\xae-\\xff';
const NOT_STANDARD = new RegExp(`[^${LATIN_1}${BEYOND_LATIN_1}]+`, 'gu');
/**
 * What both cuts of DejaVu Sans 2.37 have whole: Latin with the letters and signs of the languages of Mexico, marks that
 * stand on a letter, Greek, Cyrillic, arrows. Nothing that runs from right to left, which pdfkit does not set.
 */
const WIDE_BLOCKS = '\\u0100-\\u02e9\\u0300-\\u034f\\u0370-\\u04ff\\u1e00-\\u1efb\\u2190-\\u21ff';
const NOT_WIDE = new RegExp(`[^${LATIN_1}${BEYOND_LATIN_1}${WIDE_BLOCKS}]+`, 'gu');
/** Characters that mean the same as one that is there. */
const SAME: readonly (readonly [RegExp, string])[] = [
  [/\r\n?/g, '\n'],
  // As people write K’iche’ with the letter itself.
  [/\u02bc/g, '’'],
  [/[\u2010\u2011\u2212]/g, '-'],
  [/[\u2000-\u200a\u202f\u205f\t]/g, ' '],
  [/[\u200b-\u200d\u00ad\ufeff]|[\ufe0e\ufe0f]/g, ''],
];

/** `standard` is in every reader; `wide` has more letters and is carried along in the document. */
export type Face = 'standard' | 'wide';

/** The text as it can be printed, in which face, and whether anything in it could not be. */
export function printable(text: string): { text: string; face: Face; isWhole: boolean } {
  const same = SAME.reduce((result, [from, to]) => result.replace(from, to), text.normalize('NFC'));
  const standard = same.replace(NOT_STANDARD, UNPRINTABLE_MARK);
  if (standard === same) return { text: same, face: 'standard', isWhole: true };
  const wide = same.replace(NOT_WIDE, UNPRINTABLE_MARK);
  return { text: wide, face: wide === standard ? 'standard' : 'wide', isWhole: wide === same };
}
