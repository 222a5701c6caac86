import { findAddresses } from '../../lib/text/addresses-in-text.ts';
import { printableLine } from '../../lib/text/printable.ts';
import { unquoted } from './auto.ts';
import { hashOf } from './content-hash.ts';
import { type Classified, classifyIncoming } from './incoming.ts';
import type { Own } from './loop.ts';
import { type IncomingMessage, readMessage } from './message.ts';
import { saysStop } from './stop.ts';
import { type Token, tokenIn, tokenOf } from './token.ts';

/**
 * What is read from one message, cut to what anything needs of it: a message of 10 MB gives at most some hundred KB.
 * It is plain data, since it comes out of a thread of its own.
 */
export type IncomingReading = {
  found: Classified;
  /** the token that the headers name: for whoever hands a message over without its envelope */
  headerToken?: Token;
  /** of a complaint: the token in the mail that it is about */
  complaintToken?: Token;
  /** the addresses in To and Cc, lower case, at most 20 */
  addressees: string[];
  /** of what it says, without its head: the same however it came */
  contentHash: string;
  /** empty when there is none */
  messageId: string;
  /** `Name <address>`, or the address alone */
  from: string;
  subject: string;
  text: string;
  /** what of it could not be read, a sentence each; never among its own words */
  unread: string[];
  /** names of the files that it brings */
  attachments: string[];
  /** its subject and first words, on one line */
  note: string;
  /** it asks for no more mail */
  wantsStop: boolean;
  /** where the message begins in the bytes that came: behind the line that an mbox writes before it */
  start: number;
};

const MAX_LINE = 1_000;
const MAX_TEXT = 200_000;
const MAX_FILES = 100;
const NOTE_LENGTH = 200;

/** Null when it is no message: it has not one header field. Runs in the reader's thread, and touches nothing. */
export async function readIncoming(
  raw: Buffer,
  given: { sender?: string; own: Own },
): Promise<IncomingReading | null> {
  const { sender, own } = given;
  const message = await readMessage(raw, sender === undefined ? {} : { sender });
  if (!message) return null;
  const found = classifyIncoming(message, own);
  const headerToken = tokenOf(message, own.mailDomain);
  const complaintToken = found.kind === 'complaint' ? tokenIn(found.about, own.mailDomain) : undefined;
  const { from, subject, text, unread, messageId, attachments } = message;
  return {
    found: found.kind === 'complaint' ? { ...found, about: '' } : found,
    ...(headerToken && { headerToken }),
    ...(complaintToken && { complaintToken }),
    addressees: addresseesOf(message),
    contentHash: hashOf(from.address, subject, bodyOf(message.raw)),
    messageId: messageId.slice(0, MAX_LINE),
    from: (from.name === '' ? from.address : `${from.name} <${from.address}>`).slice(0, MAX_LINE),
    subject: subject.slice(0, MAX_LINE),
    text: text.slice(0, MAX_TEXT),
    unread: [...unread],
    attachments: attachments.slice(0, MAX_FILES).map(({ name }) => name.slice(0, NOTE_LENGTH)),
    note: noteOf(subject, text),
    wantsStop: saysStop(message),
    start: raw.length - message.raw.length,
  };
}

/** Without the head, which each server on the way adds to, and however its lines end. */
function bodyOf(raw: Buffer): string {
  const text = raw.toString('latin1').replaceAll('\r\n', '\n');
  const start = text.indexOf('\n\n');
  return start < 0 ? '' : text.slice(start).trim();
}

function addresseesOf({ headers }: IncomingMessage): string[] {
  const text = ['to', 'cc']
    .flatMap((name) => headers.get(name) ?? [])
    .join(',')
    .slice(0, 20 * MAX_LINE);
  return findAddresses(text)
    .slice(0, 20)
    .map(({ address }) => address.toLowerCase());
}

function noteOf(subject: string, text: string): string {
  const words = printableLine(unquoted(text)).slice(0, NOTE_LENGTH);
  return words === '' ? subject.slice(0, NOTE_LENGTH) : `${subject.slice(0, NOTE_LENGTH)}: ${words}`;
}
