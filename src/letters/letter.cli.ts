import { setTimeout as sleep } from 'node:timers/promises';
import { defineCommand } from 'citty';
import { invalidInput } from '../lib/errors.ts';
import { toJson } from '../lib/printable.ts';
import type { Operate } from '../operator.ts';
import type { Services } from '../services.ts';
import type { Batch } from './approval.service.ts';
import {
  deliveriesAsText,
  mailAsText,
  pausesAsText,
  plansAsText,
  reportAsText,
  sendingAsText,
} from './letter.print.ts';
import { createLetterSender } from './letter.sender.ts';
import type { Scope } from './pause.ts';
import type { Report } from './preflight.ts';

const id = {
  type: 'positional',
  required: true,
  description: 'id of the delivery, as `letters list` shows it',
} as const;
const json = { type: 'boolean', description: 'as JSON' } as const;
const by = { type: 'string', required: true, description: 'your name; it is recorded' } as const;
const override = {
  type: 'string',
  description: 'why it goes although a check says stop; it is recorded',
} as const;
const scope = {
  office: { type: 'string', description: 'id of an office' },
  petition: { type: 'string', description: 'slug of a petition' },
  all: { type: 'boolean', description: 'everything' },
} as const;
const batch = {
  id: { type: 'string', description: 'one delivery' },
  office: { type: 'string', description: 'what is planned for an office' },
  petition: { type: 'string', description: 'what is planned for a petition' },
  kind: { type: 'string', description: 'digest or letter; else both' },
} as const;

export function lettersCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'letters', description: 'what offices receive' },
    subCommands: {
      plan: defineCommand({
        meta: { name: 'plan', description: 'plan the digests and single letters that are due' },
        args: { pdf: { type: 'boolean', description: 'attach each digest as a PDF too' }, json },
        run: ({ args }) =>
          operate(async ({ planner, letterPlanner }) => {
            const results = await planner.planDigests('hand', { withPdf: args.pdf === true });
            const letters = await letterPlanner.planLetters();
            print(args.json, results, () => plansAsText(results, letters));
          }),
      }),
      check: defineCommand({
        meta: { name: 'check', description: 'would it be dropped? what is planned, as a filter sees it' },
        args: { ...batch, json },
        run: ({ args }) =>
          operate(async ({ approvals }) => {
            const reports = await approvals.check(batchOf(args));
            print(args.json, reports, () => reportsAsText(reports));
          }),
      }),
      approve: defineCommand({
        meta: {
          name: 'approve',
          description: 'let what is planned go, in each office’s hours and at its pace',
        },
        args: { ...batch, by, override, json },
        run: ({ args }) =>
          operate(async ({ approvals }) => {
            const { override: because } = args;
            const word = { by: args.by, ...(because && { because }) };
            const done = await approvals.approve(batchOf(args), word);
            if (done.refused.length > 0) process.exitCode = 1;
            print(args.json, done, () => `${reportsAsText(done.reports)}\n\n${done.approved} are approved.`);
          }),
      }),
      send: defineCommand({
        meta: { name: 'send', description: 'release the planned digests now, and see them sent' },
        args: { by: { ...by, required: false }, override, json },
        run: ({ args }) => operate((services) => send(services, args)),
      }),
      list: defineCommand({
        meta: { name: 'list', description: 'every delivery' },
        args: { json },
        run: ({ args }) =>
          operate(async ({ letters }) => {
            const deliveries = await letters.listDeliveries();
            print(args.json, deliveries, () => deliveriesAsText(deliveries));
          }),
      }),
      show: defineCommand({
        meta: { name: 'show', description: 'the mail as it went out, or would go now' },
        args: { id, raw: { type: 'boolean', description: 'its very bytes' } },
        run: ({ args }) =>
          operate(async ({ letters, approvals }) => {
            const delivery = await letters.getDelivery(args.id);
            const bytes = delivery.sealed
              ? await letters.readBytes(args.id)
              : await approvals.preview(delivery);
            console.log(args.raw ? bytes.toString() : await mailAsText(bytes));
          }),
      }),
      ...stopCommands(operate),
    },
  });
}

function stopCommands(operate: Operate) {
  return {
    pause: defineCommand({
      meta: {
        name: 'pause',
        description: 'nothing goes to an office, for a petition, or at all, until resumed',
      },
      args: { ...scope, by, because: { type: 'string', required: true, description: 'why' } },
      run: ({ args }) =>
        operate(async ({ decisions }) => {
          await decisions.pause(scopeOf(args), args);
          console.log('Paused. What is approved stays approved (letters resume).');
        }),
    }),
    resume: defineCommand({
      meta: { name: 'resume', description: 'goes on, at the same pace as before' },
      args: scope,
      run: ({ args }) =>
        operate(async ({ decisions }) => {
          console.log((await decisions.resume(scopeOf(args))) ? 'It goes on.' : 'That did not stand still.');
        }),
    }),
    pauses: defineCommand({
      meta: { name: 'pauses', description: 'what stands still, since when and by whom' },
      args: { json },
      run: ({ args }) =>
        operate(async ({ decisions }) => {
          const pauses = await decisions.listPauses();
          print(args.json, pauses, () => pausesAsText(pauses));
        }),
    }),
    cancel: defineCommand({
      meta: { name: 'cancel', description: 'take back what has not begun to be sent' },
      args: { id: { ...id, required: false }, ...scope },
      run: ({ args }) =>
        operate(async ({ decisions }) => {
          if (args.id) {
            await decisions.cancel(args.id);
            return console.log(`${args.id} is cancelled; what it covered goes into the next.`);
          }
          const { cancelled, beingSent } = await decisions.cancelAll(scopeOf(args));
          console.log(`${cancelled} are cancelled.`);
          if (beingSent.length > 0) console.log(`Being sent, and not taken back: ${beingSent.join(', ')}`);
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
      run: ({ args }) => operate(({ decisions }) => resolve(decisions, args.id, args.as)),
    }),
  };
}

async function resolve(decisions: Services['decisions'], deliveryId: string, word: string): Promise<void> {
  if (word !== 'sent' && word !== 'again') throw invalidInput('--as is sent or again.');
  await decisions.resolve(deliveryId, word);
  console.log(
    word === 'sent' ? `${deliveryId} counts as sent.` : `${deliveryId} goes out once more (letters send).`,
  );
}

/** What would be dropped is not released, unless a named organiser says why. */
async function send(
  services: Services,
  args: { by?: string | undefined; override?: string | undefined; json?: boolean | undefined },
): Promise<void> {
  const { approvals, letters, mailWorker, stores, clock } = services;
  const stopped = (await approvals.check({ kind: 'digest' })).filter(isStopped);
  if (args.override) {
    if (!args.by) throw invalidInput('Say who overrides (--by).');
    for (const { officeId } of stopped)
      await approvals.approve({ officeId, kind: 'digest' }, { by: args.by, because: args.override });
  } else if (stopped.length > 0) {
    console.error(`${reportsAsText(stopped)}\nMend it, or say: --override "why" --by "your name".`);
    process.exitCode = 1;
  }
  const { drainOffices } = mailWorker;
  const sender = createLetterSender({ letters, drainOffices, findRow: stores.outbox.findRow, clock, sleep });
  const lines = await sender.sendDigests(new Set(stopped.map(({ officeId }) => officeId)));
  if (lines.some(({ result }) => result !== 'sent')) process.exitCode = 1;
  print(args.json, lines, () => sendingAsText(lines));
}

/** An office without an address is told of by the sending itself. */
function isStopped({ checks }: Report): boolean {
  return checks.some(({ name, level }) => level === 'stop' && name !== 'channel');
}

function reportsAsText(reports: readonly Report[]): string {
  return reports.length === 0 ? 'Nothing is planned (letters plan).' : reports.map(reportAsText).join('\n\n');
}

type Given<Name extends string> = { [name in Name]?: string | undefined };

function scopeOf({
  office,
  petition,
  all,
}: Given<'office' | 'petition'> & { all?: boolean | undefined }): Scope {
  const given = [office, petition, all].filter(Boolean).length;
  if (given !== 1) throw invalidInput('Give one of --office, --petition and --all.');
  return { ...(office && { officeId: office }), ...(petition && { petitionId: petition }) };
}

function batchOf(args: Given<'id' | 'office' | 'petition' | 'kind'>): Batch {
  const { kind, office, petition } = args;
  if (kind !== undefined && kind !== 'digest' && kind !== 'letter')
    throw invalidInput('--kind is digest or letter.');
  return {
    ...(args.id && { id: args.id }),
    ...(office && { officeId: office }),
    ...(petition && { petitionId: petition }),
    ...(kind && { kind }),
  };
}

function print(isJson: boolean | undefined, value: unknown, asText: () => string): void {
  console.log(isJson ? toJson(value) : asText());
}
