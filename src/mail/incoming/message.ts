import { Libmime } from 'libmime';
import addressparser from 'nodemailer/lib/addressparser';
import { findAddresses } from '../../lib/text/addresses-in-text.ts';
import { printableLine } from '../../lib/text/printable.ts';
import { LOOP_HEADER } from '../loop-header.ts';
import { decodeBytes } from './charset.ts';
import type { Envelope } from './envelope.ts';
import { type Part, splitParts } from './parts.ts';
import { isFile, unreadOf, wordsOf } from './words.ts';

const MAX_TEXT = 200_000;
const MAX_PART = 100_000;
const MAX_HEAD = 500_000;
const MAX_FIELDS = 2_000;
/** Longer ones say nothing that the patterns look for, and everybody's patterns are asked about them. */
const MAX_SUBJECT = 1_000;
const MAX_FIELD = 20_000;
const INNER = /^message\/(rfc822|global)$/;
/** Parts that say something of another message. */
const KEPT_PART = /^(message\/|text\/rfc822-headers)/;

export type IncomingMessage = {
  /** as it came, byte for byte */
  raw: Buffer;
  /** unfolded, by lower-case name, in the order in which they stand */
  headers: ReadonlyMap<string, readonly string[]>;
  /** empty when there is none */
  from: { address: string; name: string };
  subject: string;
  /** without angle brackets; empty when there is none */
  messageId: string;
  /** the readable parts, HTML as text, and what a message inside it says, unless it is one of ours */
  text: string;
  /** a sentence for each part that holds words nobody can read here */
  unread: readonly string[];
  /** reports, headers and messages inside it, not looked into any further */
  parts: readonly { type: string; text: string }[];
  attachments: readonly { name: string; sizeBytes: number }[];
  /** nobody is to be told when it cannot be delivered (RFC 5321, 4.5.5): reports and automatic replies */
  hasNullSender: boolean;
  envelope: Envelope;
};

/** Null when there is not one header field: then it is no message. A broken one is read as far as it goes. */
export async function readMessage(given: Buffer, envelope: Envelope): Promise<IncomingMessage | null> {
  const raw = withoutMboxLine(given);
  if (!/^[!-9;-~]+[ \t]*:/.test(raw.subarray(0, 1_000).toString('latin1'))) return null;
  const headers = readHeaders(splitHead(raw));
  const first = (name: string) => headers.get(name)?.[0] ?? '';
  const parts = await splitParts(raw);
  const sender = envelope.sender ?? headers.get('return-path')?.[0];
  return {
    raw,
    headers,
    from: readFrom(first('from')),
    subject: printableLine(decodeWords(first('subject'))).slice(0, MAX_SUBJECT),
    messageId: first('message-id').replace(/[<>\s]/g, ''),
    text: await textOf(parts, headers),
    unread: unreadOf(parts),
    parts: parts.filter(isKept).map(readPart),
    attachments: parts
      .filter((part) => !isKept(part) && isFile(part))
      .map(({ name, type, sizeBytes }) => ({ name: name || type, sizeBytes })),
    hasNullSender: sender !== undefined && isNullSender(sender),
    envelope,
  };
}

/** A colleague's answer may come inside another mail; in a report it is our own that comes back. */
async function textOf(parts: readonly Part[], headers: IncomingMessage['headers']): Promise<string> {
  const words = wordsOf(parts);
  if (/^multipart\/report\b/i.test(headers.get('content-type')?.[0] ?? '')) return words;
  const inner = await Promise.all(
    parts
      .filter(({ type }) => INNER.test(type))
      .slice(0, 5)
      .map(innerWords),
  );
  return [words, ...inner]
    .filter((text) => text !== '')
    .join('\n\n')
    .slice(0, MAX_TEXT);
}

async function innerWords({ bytes }: Part): Promise<string> {
  const headers = readHeaders(splitHead(bytes));
  const words = headers.has(LOOP_HEADER.toLowerCase()) ? '' : wordsOf(await splitParts(bytes));
  if (words === '') return '';
  const [from = '', subject = ''] = ['from', 'subject'].map((name) =>
    printableLine(decodeWords(headers.get(name)?.[0] ?? '')),
  );
  return [`From: ${from}`, `Subject: ${subject}`, '', words].join('\n');
}

function readFrom(value: string): IncomingMessage['from'] {
  const [first] = addressparser(value, { flatten: true });
  const address = first?.address || findAddresses(value)[0]?.address || '';
  return { address: address.toLowerCase(), name: printableLine(decodeWords(first?.name ?? '')) };
}

const libmime = new Libmime();

/** RFC 2047 */
function decodeWords(value: string): string {
  try {
    return libmime.decodeWords(value);
  } catch {
    return value;
  }
}

/** Postfix hands the null sender over as `MAILER-DAEMON`. */
function isNullSender(sender: string): boolean {
  return /^(<>|mailer-daemon)?$/i.test(sender.trim());
}

/** What an mbox, and some pipes, write before the first header. */
function withoutMboxLine(raw: Buffer): Buffer {
  if (!raw.subarray(0, 5).equals(Buffer.from('From '))) return raw;
  return raw.subarray(raw.indexOf(10) + 1);
}

function isKept({ type }: Part): boolean {
  return KEPT_PART.test(type);
}

function readPart({ type, charset, bytes }: Part): { type: string; text: string } {
  return { type, text: decodeBytes(bytes.subarray(0, MAX_PART), charset) };
}

function splitHead(raw: Uint8Array): string[] {
  const text = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.length, MAX_HEAD)).toString('latin1');
  const end = text.search(/\r?\n\r?\n/);
  return (end < 0 ? text : text.slice(0, end))
    .split(/\r?\n(?![ \t])/, MAX_FIELDS)
    .map((line) => decodeBytes(Buffer.from(line, 'latin1')));
}

function readHeaders(lines: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const cut = line.indexOf(':');
    if (cut < 1) continue;
    const name = line.slice(0, cut).trim().toLowerCase();
    const value = line
      .slice(cut + 1, cut + 1 + MAX_FIELD)
      .replace(/\s+/g, ' ')
      .trim();
    const values = headers.get(name);
    if (values) values.push(value);
    else headers.set(name, [value]);
  }
  return headers;
}

/** The head of a message that lies inside another one, as far as it is there. */
export function readInnerHead(text: string): Map<string, string[]> {
  return readHeaders(splitHead(Buffer.from(text)));
}
