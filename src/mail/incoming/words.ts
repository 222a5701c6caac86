import { printableText } from '../../lib/text/printable.ts';
import { decodeBytes } from './charset.ts';
import { unflow } from './flowed.ts';
import { htmlToWords, shownOf } from './html.ts';
import type { Part } from './parts.ts';

const MAX_WORDS = 200_000;
/** Of all HTML parts together: more holds the thread for a second and longer, and nobody reads as far. */
const MAX_HTML = 250_000;
/** What a program writes for those who cannot show the other version. */
const STUB = /\b(html|mime|navegador|browser|visualizar|view this)\b/i;
const STUB_LENGTH = 300;

/** What is read of a message's parts, in the order in which they stand. */
export function wordsOf(parts: readonly Part[]): string {
  const budget = { html: MAX_HTML };
  const read = parts
    .filter(isText)
    .map((part) => ({ part, text: partWords(part, budget) }))
    .filter(({ text }) => text.trim() !== '');
  const shown = read.filter(({ part }) => !isFile(part));
  const chosen = (shown.length > 0 ? shown : read).filter((one, _index, all) => isBest(one, all));
  return chosen
    .map(({ text }) => text.trim())
    .join('\n\n')
    .slice(0, MAX_WORDS);
}

type Read = { part: Part; text: string };

/** Of several versions of the same words: the plain one, unless it only sends its reader to the other. */
function isBest({ part }: Read, all: readonly Read[]): boolean {
  if (part.alternative === undefined) return true;
  const versions = all.filter((other) => other.part.alternative === part.alternative);
  const isHtml = part.type === 'text/html';
  const others = versions.filter((other) => (other.part.type === 'text/html') !== isHtml);
  if (others.length === 0) return true;
  const plain = isHtml ? others : versions.filter((other) => other.part.type !== 'text/html');
  const isStub = plain.every((one) => one.text.length < STUB_LENGTH && STUB.test(one.text));
  return isHtml === isStub;
}

function isText({ type }: Part): boolean {
  return (
    type === 'text' ||
    /^text\/(?!rfc822-headers|x-amp-html|calendar|x-vcard|vcard|directory|css|csv)/.test(type)
  );
}

/** A text that is brought along as a file; a nameless one is words that a server on the way marked so. */
export function isFile({ isAttachment, name, type }: Part): boolean {
  return !isText({ type } as Part) || (isAttachment && name !== '');
}

function partWords(part: Part, budget: { html: number }): string {
  if (part.type === 'text/html') {
    const html = shownOf(decodeBytes(part.bytes, part.charset)).slice(0, budget.html);
    budget.html -= html.length;
    return printableText(htmlToWords(html));
  }
  const text = decodeBytes(part.bytes.subarray(0, 4 * MAX_WORDS), part.charset);
  const words = /^text\/(enriched|richtext)$/.test(part.type)
    ? text.replaceAll(/<[^<>]{0,100}>/g, ' ')
    : text;
  return printableText(part.isFlowed ? unflow(words, part.deletesSpace) : words);
}

/** What holds words that nothing here reads (RFC 8551, RFC 3156, and Outlook's TNEF), by what it is called. */
const SEALED: readonly [RegExp, string][] = [
  [/^application\/(x-)?pkcs7-mime$/, 'signed or encrypted by S/MIME'],
  [/^application\/(ms-tnef|vnd\.ms-tnef)$/, 'in Outlook’s own format (winmail.dat)'],
  [/^application\/pgp-encrypted$/, 'encrypted by PGP'],
];

/** One sentence for each part whose words cannot be read here; the message is kept whole. */
export function unreadOf(parts: readonly Part[]): string[] {
  const kinds = parts.flatMap(({ type, name }) =>
    SEALED.filter(
      ([pattern]) =>
        pattern.test(type) || (name.toLowerCase() === 'winmail.dat' && pattern.test('application/ms-tnef')),
    ).map(([, kind]) => kind),
  );
  return [...new Set(kinds)].map(
    (kind) =>
      `Words of this mail are inside a part that is ${kind}, and are not read here. The mail is kept whole.`,
  );
}
