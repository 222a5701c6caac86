/** A link that a text version shows behind its words, what nobody sees, and the marks of quoting, of cells and of emphasis. */
const LINK = /\[https?:\/\/[^\]\s]{0,1000}\]/g;
const UNSEEN = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;
const APOSTROPHE = /[’‘ʼ´`]/g;
const BETWEEN = /[\s>|*]+/g;

/** A text as the patterns look at it: however its lines were broken and whatever they stood in, it is one line of words. */
export function foldWords(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(LINK, ' ')
    .replaceAll(UNSEEN, '')
    .replaceAll(APOSTROPHE, "'")
    .replaceAll(BETWEEN, ' ')
    .trim();
}
