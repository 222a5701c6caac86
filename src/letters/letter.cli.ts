import { setTimeout as sleep } from 'node:timers/promises';
import { defineCommand } from 'citty';
import { simpleParser } from 'mailparser';
import { AppError } from '../lib/errors.ts';
import { formatTable } from '../lib/table.ts';
import type { Operate } from '../operator.ts';
import type { Services } from '../services.ts';
import type { Delivery } from './delivery.ts';
import type { PlanResult } from './digest.planner.ts';
import { createLetterSender, type SendResult } from './letter.sender.ts';

const id = {
  type: 'positional',
  required: true,
  description: 'id of the delivery, as `letters list` shows it',
} as const;
const json = { type: 'boolean', description: 'as JSON' } as const;

const WHY: Record<PlanResult['result'], string> = {
  planned: 'planned',
  'post-only': 'written to by post only',
  unverified: 'no verified e-mail address (office verify)',
  trial: 'a trial installation writes to .example and .test only (campaign set)',
  unknown: 'the last one is doubtful (letters resolve)',
  'in-flight': 'one is on its way already',
  'nothing-new': 'nobody new since the last one',
};
const MEANING: Record<SendResult, string> = {
  sent: 'sent',
  failed: 'refused; its people go into the next',
  cancelled: 'cancelled',
  unknown: 'doubtful: ask the office or the relay, then letters resolve',
  planned: 'taken back: something that it says has changed; send again',
  postponed: 'put off by the server; a running server tries again',
  waiting: 'not sent yet',
  'not-allowed': 'there is no address to write to now',
  'not-composed': 'could not be composed; the log says why',
};

export function lettersCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'letters', description: 'what offices receive' },
    subCommands: {
      plan: defineCommand({
        meta: { name: 'plan', description: 'plan the digests that are due' },
        args: { json },
        run: ({ args }) =>
          operate(async ({ planner }) => {
            const results = await planner.planDigests();
            if (args.json) return printJson(results);
            const rows = results.map((one) => [one.petitionId, one.officeId, WHY[one.result]]);
            console.log(formatTable(['petition', 'office', 'result'], rows));
          }),
      }),
      send: defineCommand({
        meta: { name: 'send', description: 'release what is planned, and see it sent' },
        args: { json },
        run: ({ args }) => operate((services) => send(services, args.json === true)),
      }),
      list: defineCommand({
        meta: { name: 'list', description: 'every delivery' },
        args: { json },
        run: ({ args }) =>
          operate(async ({ letters }) => printDeliveries(await letters.listDeliveries(), args.json === true)),
      }),
      show: defineCommand({
        meta: { name: 'show', description: 'the mail as it went out, or will' },
        args: { id, raw: { type: 'boolean', description: 'its very bytes' } },
        run: ({ args }) =>
          operate(async ({ letters }) => {
            const bytes = await letters.readBytes(args.id);
            console.log(args.raw ? bytes.toString() : await asText(bytes));
          }),
      }),
      cancel: defineCommand({
        meta: { name: 'cancel', description: 'take back what has not begun to be sent' },
        args: { id },
        run: ({ args }) =>
          operate(async ({ letters }) => {
            await letters.cancel(args.id);
            console.log(`${args.id} is cancelled; what it covered goes into the next.`);
          }),
      }),
      resolve: defineCommand({
        meta: { name: 'resolve', description: 'decide on a doubtful one' },
        args: {
          id,
          as: {
            type: 'string',
            required: true,
            description: 'sent: it arrived; again: it goes out once more',
          },
        },
        run: ({ args }) => operate(({ letters }) => resolve(letters, args.id, args.as)),
      }),
    },
  });
}

async function resolve(letters: Services['letters'], id: string, word: string): Promise<void> {
  if (word !== 'sent' && word !== 'again')
    throw new AppError('INPUT_INVALID', { message: '--as is sent or again.' });
  await letters.resolveUnknown(id, word);
  console.log(word === 'sent' ? `${id} counts as sent.` : `${id} goes out once more (letters send).`);
}

async function send(services: Services, isJson: boolean): Promise<void> {
  const { letters, mailWorker, stores, clock } = services;
  const { drainOffices } = mailWorker;
  const sender = createLetterSender({ letters, drainOffices, findRow: stores.outbox.findRow, clock, sleep });
  const lines = await sender.sendDigests();
  if (lines.some(({ result }) => result !== 'sent')) process.exitCode = 1;
  if (isJson) return printJson(lines);
  if (lines.length === 0) return console.log('Nothing is planned (letters plan).');
  const rows = lines.map(({ deliveryId, officeId, result, reply, at }) => [
    officeId,
    at ? `${MEANING[result]}, next at ${at.toISOString()}` : MEANING[result],
    reply,
    deliveryId,
  ]);
  console.log(formatTable(['office', 'result', 'server', 'delivery'], rows));
}

function printDeliveries(deliveries: readonly Delivery[], isJson: boolean): void {
  const rows = deliveries.map(({ _id, state, from, to, address = '', quotes, reply = '' }) => [
    _id,
    state,
    `${from + 1}–${to}`,
    String(quotes.length),
    address,
    reply,
  ]);
  if (isJson) printJson(deliveries);
  else if (rows.length === 0) console.log('There is none.');
  else console.log(formatTable(['delivery', 'state', 'entries', 'quotes', 'address', 'server'], rows));
}

function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}

/** The headers decoded, and the text part. */
async function asText(bytes: Buffer): Promise<string> {
  const mail = await simpleParser(bytes);
  const to = [mail.to ?? []].flat().map(({ text }) => text);
  const headers = [
    `From: ${mail.from?.text}`,
    `To: ${to.join(', ')}`,
    `Reply-To: ${mail.replyTo?.text ?? ''}`,
    `Subject: ${mail.subject}`,
    `Message-ID: ${mail.messageId}`,
    `References: ${[mail.references ?? []].flat().join(' ')}`,
  ];
  return [...headers.filter((line) => !line.endsWith(': ')), '', mail.text ?? ''].join('\n');
}
