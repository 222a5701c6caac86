import { type AutoReply, readAutoReply } from './incoming-auto.ts';
import { type Bounce, readDeliveryReport, readPlainBounce } from './incoming-bounce.ts';
import { type Complaint, readComplaint } from './incoming-complaint.ts';
import { type MailLoop, type Own, readLoop } from './incoming-loop.ts';
import type { IncomingMessage } from './incoming-message.ts';

export type Classified =
  | MailLoop
  | Complaint
  | Bounce
  | AutoReply
  /** somebody wrote it */
  | { kind: 'reply' }
  | { kind: 'unknown' };
export type IncomingKind = Classified['kind'];

/**
 * What a message is, by itself; whether it is believed, and whom it concerns, is another question.
 * A report comes before an automatic reply, whose marks it bears too.
 */
export function classifyIncoming(message: IncomingMessage, own: Own): Classified {
  return (
    readLoop(message, own) ??
    readComplaint(message) ??
    readDeliveryReport(message) ??
    readPlainBounce(message, own.mailDomain) ??
    readAutoReply(message) ??
    (isWritten(message) ? { kind: 'reply' } : { kind: 'unknown' })
  );
}

/** By an address, and with something to read. A report that is neither bounce nor complaint is nobody's words. */
function isWritten({ from, text, attachments, headers }: IncomingMessage): boolean {
  if (/^multipart\/report\b/i.test(headers.get('content-type')?.[0] ?? '')) return false;
  return /^[^\s@]+@[^\s@]+$/.test(from.address) && (text.trim() !== '' || attachments.length > 0);
}
