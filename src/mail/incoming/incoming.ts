import { type AutoReply, readAutoReply } from './auto.ts';
import { readPlainBounce } from './bounce.ts';
import { type Complaint, readComplaint } from './complaint.ts';
import { type MailLoop, type Own, readLoop } from './loop.ts';
import type { IncomingMessage } from './message.ts';
import { type Bounce, readDeletion, readDeliveryReport } from './report.ts';
import { saysStop } from './stop.ts';

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
    readDeliveryReport(message, own.mailDomain) ??
    readDeletion(message) ??
    readPlainBounce(message, own.mailDomain) ??
    // A mail program may send the word by itself: it is its owner's all the same.
    (saysStop(message) && isWritten(message) ? ({ kind: 'reply' } as const) : undefined) ??
    readAutoReply(message) ??
    (isWritten(message) ? { kind: 'reply' } : { kind: 'unknown' })
  );
}

/** By an address, and with something to read, be it only the subject. A report that is neither bounce nor complaint is nobody's words. */
function isWritten({ from, subject, text, unread, attachments, headers }: IncomingMessage): boolean {
  if (/^multipart\/report\b/i.test(headers.get('content-type')?.[0] ?? '')) return false;
  return (
    /^[^\s@]+@[^\s@]+$/.test(from.address) &&
    (`${subject}${text}`.trim() !== '' || attachments.length + unread.length > 0)
  );
}
