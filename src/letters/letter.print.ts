import { entriesOf } from '../deliveries/coverage.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import type { Pause } from '../deliveries/pause.ts';
import type { Report } from '../deliveries/preflight.ts';
import { utcMinute } from '../lib/clock.ts';
import { formatTable } from '../lib/terminal/table.ts';
import type { PlanResult } from './digest.planner.ts';
import type { SendLine, SendResult } from './letter.sender.ts';

const WHY: Record<PlanResult['result'], string> = {
  planned: 'planned',
  grown: 'planned before; who signed since is in it too',
  'not-chosen': 'this petition sends it no digest (petition ways)',
  'post-only': 'written to by post only',
  unverified: 'no verified e-mail address (office verify)',
  trial: 'a trial installation writes to .example and .test only (campaign set)',
  unknown: 'the last one is doubtful (letters resolve)',
  'in-flight': 'one is on its way already',
  'nothing-new': 'nobody new since the last one',
  'too-soon': 'its time has not come (office pace)',
};
const MEANING: Record<SendResult, string> = {
  sent: 'sent',
  failed: 'refused; its people go into the next',
  cancelled: 'cancelled',
  unknown: 'doubtful: ask the office or the relay, then letters resolve',
  planned: 'taken back: something that it says has changed; approve it again',
  'not-approved': 'nobody has approved it (letters approve)',
  closed: 'the office is closed; a running server lets it go when it opens',
  approved: 'approved; a running server lets it go at the office’s pace',
  postponed: 'put off; a running server tries again',
  waiting: 'not sent yet',
  paused: 'paused (letters pauses)',
  bounced: 'came back; its people go into the next (letters resolve)',
  blocked: 'another one is on its way, or doubtful (letters list)',
  'not-allowed': 'there is no address to write to now',
  'not-composed': 'could not be composed; the log says why',
};

export function plansAsText(results: readonly PlanResult[], letters: ReadonlyMap<string, number>): string {
  const rows = results.map((one) => [one.petitionId, one.officeId, WHY[one.result]]);
  const table = formatTable(['petition', 'office', 'result'], rows);
  const more = [...letters].map(([officeId, count]) => `${count} single letters to ${officeId} are planned.`);
  return [table, ...more].join('\n');
}

export function sendingAsText(lines: readonly SendLine[]): string {
  if (lines.length === 0) return 'Nothing is approved (letters approve).';
  const rows = lines.map(({ deliveryId, officeId, result, reply, at }) => [
    officeId,
    at ? `${MEANING[result]}, next at ${at.toISOString()}` : MEANING[result],
    reply,
    deliveryId,
  ]);
  return formatTable(['office', 'result', 'server', 'delivery'], rows);
}

export function deliveriesAsText(
  deliveries: readonly Delivery[],
  count: number,
  { page, size }: { page: number; size: number },
): string {
  if (deliveries.length === 0)
    return count === 0 ? 'There is none.' : `There are ${count}, and none on page ${page}.`;
  const rows = deliveries.map((one) => {
    const ended = one.endedAt ?? one.releasedAt;
    return [
      one._id,
      one.state,
      one.kind === 'digest' ? entriesText(one) : '',
      String(one.quotes.length),
      utcMinute(one.plannedAt),
      one.approvedBy ?? '',
      ended ? utcMinute(ended) : '',
      one.address ?? '',
      one.reply ?? one.fault ?? '',
    ];
  });
  const headings = ['delivery', 'state', 'entries', 'quotes', 'planned', 'approved by', 'went or ended'];
  const table = formatTable([...headings, 'address', 'server or fault'], rows);
  const first = (page - 1) * size;
  if (count <= deliveries.length) return table;
  const last = first + deliveries.length;
  const more = last < count ? ` (--page ${page + 1})` : '';
  return `${table}\n${first + 1} to ${last} of ${count}${more}.`;
}

/** What a filter would say of a batch, one line a check. */
export function reportAsText({ officeId, messages, checks, mayGo }: Report): string {
  const head = `${officeId}: ${messages} planned, ${mayGo ? 'may go' : 'WOULD BE DROPPED, and is not released'}`;
  const rows = checks.map(({ name, level, says }) => [`  ${level}`, name, says]);
  return `${head}\n${formatTable(['', 'check', 'says'], rows)}`;
}

export function pausesAsText(pauses: readonly Pause[]): string {
  if (pauses.length === 0) return 'Nothing stands still.';
  const rows = pauses.map(({ _id, by, because, at }) => [_id, at.toISOString(), by, because]);
  return formatTable(['what', 'since', 'by', 'because'], rows);
}

/** The headers decoded, and the text part. */
export async function mailAsText(bytes: Buffer): Promise<string> {
  const { simpleParser } = await import('mailparser');
  const mail = await simpleParser(bytes);
  const to = [mail.to ?? []].flat().map(({ text }) => text);
  const headers = [
    `From: ${mail.from?.text}`,
    `To: ${to.join(', ')}`,
    `Reply-To: ${mail.replyTo?.text ?? ''}`,
    `Subject: ${mail.subject}`,
    `Message-ID: ${mail.messageId}`,
    `References: ${[mail.references ?? []].flat().join(' ')}`,
    `Attached: ${mail.attachments.map(({ filename }) => filename).join(', ')}`,
  ];
  return [...headers.filter((line) => !line.endsWith(': ')), '', mail.text ?? ''].join('\n');
}

function entriesText(delivery: Delivery): string {
  const { from, to } = entriesOf(delivery);
  return `${from}–${to}`;
}
