import { type Attachment, type ParsedMail, simpleParser } from 'mailparser';
import { findAddresses } from '../lib/addresses-in-text.ts';

/** A larger message is refused, not cut: half a report says something else than the whole. */
export const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;
const MAX_TEXT = 200_000;
const MAX_PART = 100_000;
const MAX_HTML = 500_000;
/** Longer ones say nothing that the patterns look for, and everybody's patterns are asked about them. */
const MAX_SUBJECT = 1_000;
const MAX_FIELD = 20_000;
/** Parts that say something of another message. */
const KEPT_PART = /^(message\/|text\/rfc822-headers)/;

export type Envelope = { sender?: string; recipient?: string };

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
  /** the readable parts, HTML as text */
  text: string;
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
  const parsed = await parse(raw);
  const headers = readHeaders(parsed?.headerLines.map(({ line }) => line) ?? splitHead(raw));
  const first = (name: string) => headers.get(name)?.[0] ?? '';
  const [from] = parsed?.from?.value ?? [];
  const sender = envelope.sender ?? headers.get('return-path')?.[0];
  return {
    raw,
    headers,
    from: { address: (from?.address ?? addressIn(first('from'))).toLowerCase(), name: from?.name ?? '' },
    subject: (parsed?.subject ?? first('subject')).slice(0, MAX_SUBJECT).replace(/\s+/g, ' ').trim(),
    messageId: first('message-id').replace(/[<>\s]/g, ''),
    text: (parsed ? (parsed.text ?? '') : bodyOf(raw)).slice(0, MAX_TEXT),
    parts: (parsed?.attachments ?? []).filter(isKept).map(readPart),
    attachments: (parsed?.attachments ?? [])
      .filter((one) => !isKept(one))
      .map(({ filename = '', size }) => ({ name: filename, sizeBytes: size })),
    hasNullSender: sender !== undefined && isNullSender(sender),
    envelope,
  };
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

/** Undefined when it is so broken that the parser gives up. */
async function parse(raw: Buffer): Promise<ParsedMail | undefined> {
  try {
    return await simpleParser(raw, {
      // A message inside is not this message: what it says counts for nothing here.
      ignoreEmbedded: true,
      keepDeliveryStatus: true,
      skipTextToHtml: true,
      skipImageLinks: true,
      keepCidLinks: true,
      checksumAlgo: false,
      maxHtmlLengthToParse: MAX_HTML,
      maxChildNodes: 200,
    });
  } catch {
    return undefined;
  }
}

function isKept({ contentType }: Attachment): boolean {
  return KEPT_PART.test(contentType);
}

function readPart({ contentType, content }: Attachment): { type: string; text: string } {
  return { type: contentType, text: content.subarray(0, MAX_PART).toString('utf8') };
}

function splitHead(raw: Buffer): string[] {
  const [head = ''] = raw
    .subarray(0, MAX_PART)
    .toString('utf8')
    .split(/\r?\n\r?\n/, 1);
  return head.split(/\r?\n(?![ \t])/);
}

function bodyOf(raw: Buffer): string {
  const text = raw.subarray(0, MAX_TEXT).toString('utf8');
  return text.slice(text.search(/\r?\n\r?\n/) + 1);
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

function addressIn(value: string): string {
  return findAddresses(value)[0]?.address ?? '';
}
