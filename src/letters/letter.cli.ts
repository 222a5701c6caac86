import { setTimeout as sleep } from 'node:timers/promises';
import { defineCommand } from 'citty';
import { AppError } from '../lib/errors.ts';
import { formatTable } from '../lib/table.ts';
import type { Operate } from '../operator.ts';
import type { Services } from '../services.ts';
import type { Delivery } from './delivery.ts';

const WAIT_MS = 90_000;
const id = {
  type: 'positional',
  required: true,
  description: 'id of the delivery, as `letters list` shows it',
} as const;

const WHY: Record<string, string> = {
  planned: 'planned',
  'post-only': 'written to by post only',
  unverified: 'no verified e-mail address (office verify)',
  trial: 'a trial installation writes to .example and .test only (campaign set)',
  unknown: 'the last one is doubtful (letters resolve)',
  'in-flight': 'one is on its way already',
  'nothing-new': 'nobody new since the last one',
};

export function lettersCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'letters', description: 'what offices receive' },
    subCommands: {
      plan: defineCommand({
        meta: { name: 'plan', description: 'plan the digests that are due' },
        run: () =>
          operate(async ({ planner }) => {
            const results = await planner.planDigests();
            console.log(
              formatTable(
                ['petition', 'office', 'result'],
                results.map((one) => [one.petitionId, one.officeId, WHY[one.result] ?? one.result]),
              ),
            );
          }),
      }),
      send: defineCommand({
        meta: { name: 'send', description: 'release what is planned, and see it sent' },
        run: () => operate(send),
      }),
      list: defineCommand({
        meta: { name: 'list', description: 'every delivery' },
        run: () => operate(async ({ letters }) => printDeliveries(await letters.listDeliveries())),
      }),
      show: defineCommand({
        meta: { name: 'show', description: 'the mail as it went out' },
        args: { id },
        run: ({ args }) =>
          operate(async ({ letters }) => console.log((await letters.readBytes(args.id)).toString())),
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
        run: ({ args }) =>
          operate(async ({ letters }) => {
            if (args.as !== 'sent' && args.as !== 'again')
              throw new AppError('INPUT_INVALID', { message: '--as is sent or again.' });
            await letters.resolveUnknown(args.id, args.as);
            console.log(`${args.id}: ${args.as}.`);
          }),
      }),
    },
  });
}

/** Waits for what it released, whoever sends it: this command or a running server. */
async function send({ letters, mailWorker }: Services): Promise<void> {
  const released = await letters.releaseDigests();
  if (released.length === 0) console.log('Nothing is planned.');
  for (const { deliveryId, result } of released)
    if (result !== 'released') console.log(`${deliveryId}: ${result}`);
  const pending = new Set(
    (await letters.listDeliveries()).filter(({ state }) => state === 'released').map(({ _id }) => _id),
  );
  const watched = [...pending];
  for (const end = Date.now() + WAIT_MS; pending.size > 0 && Date.now() < end; await sleep(300)) {
    await mailWorker.drainOffices();
    for (const id of watched) if ((await letters.getDelivery(id)).state !== 'released') pending.delete(id);
  }
  if (watched.length === 0) return;
  const deliveries = await Promise.all(watched.map((id) => letters.getDelivery(id)));
  printDeliveries(deliveries);
  if (deliveries.some(({ state }) => state !== 'sent')) process.exitCode = 1;
}

function printDeliveries(deliveries: readonly Delivery[]): void {
  if (deliveries.length === 0) console.log('There is none.');
  else {
    const rows = deliveries.map(({ _id, state, from, to, address = '', reply = '' }) => [
      _id,
      state,
      `${from}–${to}`,
      address,
      reply,
    ]);
    console.log(formatTable(['delivery', 'state', 'entries', 'address', 'reply'], rows));
  }
}
