import { readFieldGroups, readTypedAddress } from './fields.ts';
import { type IncomingMessage, readInnerHead } from './message.ts';

export type Complaint = {
  kind: 'complaint';
  /** RFC 5965 Feedback-Type, `abuse` where there is none */
  feedback: string;
  /** the envelope sender and the header of the mail that the complaint is about: a token of ours may stand there */
  about: string;
};

/** Reports that say no more than "this reached me", or of an authentication (RFC 6591), are no complaints. */
const COMPLAINTS = /^(abuse|fraud|virus|opt-out|opt-out-list|other|miscategorized)$/i;
const INNER = /^(message\/(global|rfc822)|text\/rfc822-headers)/;

/** Abuse Reporting Format (RFC 5965), and what Outlook's junk reports look like, which have no such part. */
export function readComplaint(message: IncomingMessage): Complaint | undefined {
  const inner = message.parts.find(({ type }) => INNER.test(type));
  const report = message.parts.find(({ type }) => type === 'message/feedback-report');
  if (report) return readReport(report.text, inner?.text ?? '');
  if (!inner) return undefined;
  const head = readInnerHead(inner.text);
  const isJunkReport =
    head.has('x-hmxmroriginalrecipient') || /^complaint about message from /i.test(message.subject);
  return isJunkReport ? { kind: 'complaint', feedback: 'abuse', about: headText(inner.text) } : undefined;
}

function readReport(report: string, inner: string): Complaint | undefined {
  const [fields] = readFieldGroups(report);
  const feedback = fields?.get('feedback-type')?.toLowerCase() ?? 'abuse';
  if (!COMPLAINTS.test(feedback)) return undefined;
  const from = readTypedAddress(fields?.get('original-mail-from')?.replace(/^(?!.*;)/, ';'));
  return { kind: 'complaint', feedback, about: `${from}\n${headText(inner)}` };
}

function headText(inner: string): string {
  return [...readInnerHead(inner).values()].flat().join('\n');
}
