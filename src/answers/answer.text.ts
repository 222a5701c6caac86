import { utcDay } from '../lib/clock.ts';
import { printableLine, printableText } from '../lib/text/printable.ts';
import { wrapText } from '../lib/text/wrap-text.ts';
import type { KeptAnswer, ReadAnswer } from './answer.ts';

/** What `answers list` shows, by these headings. */
export const ANSWER_HEADINGS = ['answer', 'on', 'by', 'office', 'petition', 'state'];

export function answerRow({
  _id,
  at,
  via,
  officeId,
  petitionId,
  published,
  told,
  asks = [],
  isMereRequest,
}: KeptAnswer) {
  const state = [
    published
      ? `published by ${published.by}${published.translation ? ', translated' : ''}`
      : isMereRequest
        ? 'no answer'
        : 'to be read',
    ...asks.map((what) => (what === 'pace' ? 'changed its pace' : 'proposes an address')),
  ].join(', ');
  return [_id, utcDay(at), via, officeId, petitionId, told ? `${state}, ${told.rows} told` : state];
}

/** What came by mail neither steers the organiser's terminal nor writes lines that look like ours. */
export function answerAsText({ statements, content, decisions = [], ...answer }: ReadAnswer): string {
  const { from, subject, text, unread = [], attachments = [], reasons = [], proposedAddress, pace } = content;
  const stated = statements.map(({ demandId, status }) => {
    const reason = reasons.find((one) => one.demandId === demandId)?.text;
    return `States: ${demandId} ${status}${reason ? `: ${reason}` : ''}`;
  });
  const head = [
    `${answer._id}  ${answer.officeId}  ${answer.petitionId}`,
    `On: ${answer.at.toISOString()}, by ${answer.via}`,
    ...(answer.deliveryId ? [`To: ${answer.deliveryId}`] : []),
    ...(from ? [`From: ${from}`] : []),
    ...(subject ? [`Subject: ${subject}`] : []),
    ...(attachments.length > 0
      ? [`Files: ${attachments.join(', ')} (answers save ${answer._id} --to answer.eml)`]
      : []),
    ...unread.map((one) => `Note: ${one}`),
    ...stated,
    ...(pace ? [`Asks for: ${pace === 'stop' ? 'no more mail' : `${pace} a month at most`}`] : []),
    ...(proposedAddress
      ? [`Proposes the address: ${proposedAddress} (check where it is published, then office verify)`]
      : []),
    ...decisions.map(({ did, at, by }) => `${did} by ${by} on ${at.toISOString()}`),
  ];
  return [
    ...head.map(printableLine),
    '',
    ...printableText(text)
      .split('\n')
      .map((line) => wrapText(line)),
  ].join('\n');
}
