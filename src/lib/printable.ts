/** What turns the direction of a line, or is seen by nobody: it would show other words than are there. */
const UNSEEN = /[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A stranger's text, as an organiser's terminal may show it: no control character but breaks of lines and tabs. */
export function printableText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])\p{Cc}/gu, '')
    .replace(UNSEEN, '');
}

/** A stranger's value that stays one value on one line. */
export function printableLine(text: string): string {
  return printableText(text).replace(/\s+/g, ' ').trim();
}
