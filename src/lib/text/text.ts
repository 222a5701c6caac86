/**
 * Text that people type or paste, as it is kept. Whatever breaks a line becomes `\n` (a blank where there is one line only);
 * what nobody can see is taken off. U+FFFD stays, as it is seen, and says that something was lost on the way.
 */
const BREAKS = /\r\n?|[\n\v\f\u0085\u2028\u2029]/g;
/** Blanks of every width, but no line break. */
const BLANKS = /[\t\p{Zs}]+/gu;
/**
 * Controls, lone surrogates, private use, what is assigned to nothing (but for what is kept free for emoji), what Unicode
 * says is to be ignored in display, annotations, and the place of an object that was not pasted along. Joiners, selectors
 * of a variant and tags are looked at apart, with what they stand beside.
 */
const UNSEEN = new RegExp(
  `(?!${[
    '\\n|\\t|\\u200c|\\u200d|\\u034f',
    '[\\u180b-\\u180f]|[\\ufe00-\\ufe0f]|[\\u{e0020}-\\u{e007f}]|[\\u{e0100}-\\u{e01ef}]',
    '\\p{Extended_Pictographic}',
  ].join('|')})[\\p{Cc}\\p{Cs}\\p{Co}\\p{Cn}\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffc]`,
  'gu',
);

/** Scripts whose letters join or stack, where a joiner or its opposite changes what is read (UAX 31, 2.3). */
const JOINING = ['Arab', 'Syrc', 'Mand', 'Mong', 'Nkoo', 'Phag', 'Adlm', 'Rohg', 'Thaa'];
const STACKING = [
  'Beng',
  'Deva',
  'Gujr',
  'Guru',
  'Knda',
  'Mlym',
  'Orya',
  'Sinh',
  'Taml',
  'Telu',
  'Khmr',
  'Mymr',
  'Tibt',
];
const LETTERS_THAT_JOIN = [...JOINING, ...STACKING].map((script) => `\\p{scx=${script}}`).join('');
const NON_JOINER = new RegExp(`(?<![${LETTERS_THAT_JOIN}])\\u200c`, 'gu');
/** Between two emoji a joiner makes one of them: a family, a profession, a flag. */
const JOINER = new RegExp(
  `(?<![${LETTERS_THAT_JOIN}])\\u200d(?!(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f]\\u200d)\\p{Extended_Pictographic})`,
  'gu',
);
/** A selector chooses the form of the character before it, and joins the marks of one letter. */
const SELECTOR = /(?<![^\s\p{Default_Ignorable_Code_Point}])[\u034f\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;
const MONGOLIAN = /(?<!\p{Script=Mongolian})[\u180b-\u180f]/gu;
/** The flags of England, Scotland, Wales: a black flag, letters as tags, and their end. */
const TAGS = /(\u{1f3f4}[\u{e0030}-\u{e007a}]{1,6}\u{e007f})|[\u{e0020}-\u{e007f}]/gu;

/** Several lines. */
export function cleanText(typed: string): string {
  return (
    typed
      .replace(BREAKS, '\n')
      .replace(UNSEEN, '')
      .replace(TAGS, '$1')
      .replace(MONGOLIAN, '')
      .replace(SELECTOR, '')
      .replace(NON_JOINER, '')
      .replace(JOINER, '')
      .normalize('NFC')
      // What stood at an end may have kept a blank away from it.
      .trim()
  );
}

/** One line: names, and whatever stands in a field of one line. */
export function cleanLine(typed: string): string {
  return cleanText(typed.replace(BREAKS, ' ')).replace(BLANKS, ' ').trim();
}

/** An address: nothing that is to be ignored in display belongs into it, but marks that are part of a letter. */
export function cleanAddress(typed: string): string {
  return cleanLine(typed)
    .replace(/(?!\p{M})\p{Default_Ignorable_Code_Point}/gu, '')
    .trim();
}
