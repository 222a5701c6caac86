import { inflateSync } from 'node:zlib';

const STREAM = 'stream\n';
/** What one line of text shows: hexadecimal strings with the room between them. */
const SHOWN_TEXT = /\[([^[\]]*)\] TJ/g;
/** Of a document of ours far more than its longest page. */
const MOST_BYTES = 5_000_000;

/** The lines of text and the link targets of a document that lib/pdf.ts made, as far as they are in Latin letters. */
export function pdfStrings(bytes: Buffer): string[] {
  const raw = bytes.toString('latin1');
  const targets = [...raw.matchAll(/\/URI \(([^)]*)\)/g)].map(([, uri = '']) => uri);
  return [...targets, ...raw.split('endstream').flatMap((part) => linesIn(part))];
}

function linesIn(object: string): string[] {
  const start = object.lastIndexOf(STREAM);
  if (start < 0 || !object.includes('/FlateDecode')) return [];
  const content = inflate(Buffer.from(object.slice(start + STREAM.length), 'latin1'));
  return [...content.matchAll(SHOWN_TEXT)].map(([, shown = '']) =>
    Buffer.from([...shown.matchAll(/<([0-9a-f]*)>/g)].map(([, hex = '']) => hex).join(''), 'hex').toString(
      'latin1',
    ),
  );
}

function inflate(bytes: Buffer): string {
  try {
    return inflateSync(bytes, { maxOutputLength: MOST_BYTES }).toString('latin1');
  } catch {
    // A font, an image: no text.
    return '';
  }
}
