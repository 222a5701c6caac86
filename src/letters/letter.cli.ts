import { setTimeout as sleep } from 'node:timers/promises';
import { defineCommand } from 'citty';
import { changing, choice, reading } from '../commands/command.ts';
import { json, print } from '../commands/print.ts';
import type { Services } from '../composition.ts';
import type { Batch } from '../deliveries/approval.service.ts';
import { DELIVERY_STATES, type DeliveryKind } from '../deliveries/delivery.ts';
import type { Scope } from '../deliveries/pause.ts';
import type { Report } from '../deliveries/preflight.ts';
import { shellActor } from '../lib/actor.ts';
import { invalidInput } from '../lib/errors.ts';
import type { Operate } from '../operator.ts';
import {
  deliveriesAsText,
  mailAsText,
  pausesAsText,
  plansAsText,
  reportAsText,
  sendingAsText,
} from './letter.print.ts';
import { createLetterSender } from './letter.sender.ts';

const id = {
  type: 'positional',
  required: true,
  description: 'id of the delivery, as `letters list` shows it',
} as const;
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
  office: { type: 'string', description: 'what there is for an office' },
  petition: { type: 'string', description: 'what there is for a petition' },
  kind: choice(['digest', 'letter'], 'digest or letter; else both'),
} as const;
const { all } = scope;
const LISTED = 50;
/** What goes to an office by accident cannot be called back: without a scope there is no "everything". */
const SOME = ['id', 'office', 'petition', 'all'] as const;
const ONE = ['office', 'petition', 'all'] as const;

export function lettersCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'letters', description: 'what offices receive' },
    subCommands: {
      plan: planCommand(operate),
      check: checkCommand(operate),
      approve: approveCommand(operate),
      send: sendCommand(operate),
      list: listCommand(operate),
      show: showCommand(operate),
      ...stopCommands(operate),
    },
  });
}

function planCommand(operate: Operate) {
  return changing(operate, {
    meta: { name: 'plan', description: 'plan the digests and single letters that are due' },
    args: { pdf: { type: 'boolean', description: 'attach each digest as a PDF too' }, json },
    run: async ({ planner, letterPlanner }, args) => {
      const results = await planner.planDigests('hand', { withPdf: args.pdf === true });
      const letters = await letterPlanner.planLetters();
      print(args, results, () => plansAsText(results, letters));
    },
  });
}

function checkCommand(operate: Operate) {
  return reading(operate, {
    meta: { name: 'check', description: 'would it be dropped? what is planned, as a filter sees it' },
    args: { ...batch, json },
    run: async ({ approvals }, args) => {
      const reports = await approvals.check(batchOf(args));
      print(args, reports, () => reportsAsText(reports));
    },
  });
}

function approveCommand(operate: Operate) {
  return changing(operate, {
    meta: {
      name: 'approve',
      description: 'let what is planned go, in each office’s hours and at its pace',
    },
    args: { ...batch, all, override, json },
    someOf: SOME,
    run: async ({ approvals }, args) => {
      const { override: because } = args;
      const word = { ...(because && { because }) };
      const done = await approvals.approve(shellActor(args.by), batchOf(args), word);
      if (done.refused.length > 0) process.exitCode = 1;
      print(args, done, () => `${reportsAsText(done.reports)}\n\n${done.approved} are approved.`);
    },
  });
}

function sendCommand(operate: Operate) {
  return changing(operate, {
    meta: { name: 'send', description: 'let approved digests go now, and see them sent' },
    args: { id: batch.id, office: batch.office, petition: batch.petition, all, json },
    someOf: SOME,
    run: (services, args) => send(services, args),
  });
}

function listCommand(operate: Operate) {
  return reading(operate, {
    meta: { name: 'list', description: 'deliveries, the last planned first' },
    args: {
      office: { type: 'string', description: 'id; else to every office' },
      petition: { type: 'string', description: 'slug; else of every petition' },
      state: choice(DELIVERY_STATES, 'only those in this state'),
      page: { type: 'string', description: `the next ${LISTED}: 2, 3 …` },
      json,
    },
    run: async ({ letters }, args) => {
      const { state, page = '1' } = args;
      if (!/^[1-9]\d{0,6}$/.test(page)) throw invalidInput('--page is 1, 2, 3 …');
      const where = { page: Number(page), size: LISTED };
      const found = await letters.listPage({ ...scopeOf(args), ...(state && { state }) }, where);
      print(args, found.deliveries, () => deliveriesAsText(found.deliveries, found.count, where));
    },
  });
}

function showCommand(operate: Operate) {
  return reading(operate, {
    meta: { name: 'show', description: 'the mail as it went out, or would go now' },
    args: { id, raw: { type: 'boolean', description: 'its very bytes' }, json },
    run: async ({ letters, approvals }, args) => {
      const delivery = await letters.getDelivery(args.id);
      const bytes = delivery.sealed ? await letters.readBytes(args.id) : await approvals.preview(delivery);
      const mail = args.raw ? bytes.toString() : await mailAsText(bytes);
      print(args, { delivery: delivery._id, state: delivery.state, mail }, () => mail);
    },
  });
}

function stopCommands(operate: Operate) {
  return {
    pause: changing(operate, {
      meta: {
        name: 'pause',
        description: 'nothing goes to an office, for a petition, or at all, until resumed',
      },
      args: { ...scope, because: { type: 'string', required: true, description: 'why' } },
      oneOf: ONE,
      run: async ({ decisions }, args) => {
        await decisions.pause(shellActor(args.by), scopeOf(args), args.because);
        console.log('Paused. What is approved stays approved (letters resume).');
      },
    }),
    resume: changing(operate, {
      meta: { name: 'resume', description: 'goes on, at the same pace as before' },
      args: scope,
      oneOf: ONE,
      run: async ({ decisions }, args) => {
        console.log(
          (await decisions.resume(shellActor(args.by), scopeOf(args)))
            ? 'It goes on.'
            : 'That did not stand still.',
        );
      },
    }),
    pauses: reading(operate, {
      meta: { name: 'pauses', description: 'what stands still, since when and by whom' },
      args: { json },
      run: async ({ decisions }, args) => {
        const pauses = await decisions.listPauses();
        print(args, pauses, () => pausesAsText(pauses));
      },
    }),
    cancel: changing(operate, {
      meta: { name: 'cancel', description: 'take back what has not begun to be sent' },
      args: { id: { ...id, required: false }, ...scope },
      oneOf: ['id', ...ONE],
      run: async ({ decisions }, args) => {
        if (args.id) {
          await decisions.cancel(shellActor(args.by), args.id);
          return console.log(`${args.id} is cancelled; what it covered goes into the next.`);
        }
        const { cancelled, beingSent } = await decisions.cancelAll(shellActor(args.by), scopeOf(args));
        console.log(`${cancelled} are cancelled.`);
        if (beingSent.length > 0) console.log(`Being sent, and not taken back: ${beingSent.join(', ')}`);
      },
    }),
    resolve: changing(operate, {
      meta: { name: 'resolve', description: 'decide on one that is doubtful or came back' },
      args: {
        id,
        as: {
          ...choice(['sent', 'again'], 'sent: it arrived; again: it goes out once more'),
          required: true,
        },
      },
      run: ({ decisions }, args) => resolve(decisions, args),
    }),
  };
}

async function resolve(
  decisions: Services['decisions'],
  { id: deliveryId, as: word, by }: { id: string; as: 'sent' | 'again'; by: string },
): Promise<void> {
  await decisions.resolve(shellActor(by), deliveryId, word);
  console.log(word === 'sent' ? `${deliveryId} counts as sent.` : `${deliveryId} goes out once more.`);
}

/** Only what a named organiser approved; what has not gone, and why not, is said of each. */
async function send(
  { letters, mailWorker, stores, clock }: Services,
  args: Given<'id' | 'office' | 'petition'> & { by: string; json?: boolean | undefined },
): Promise<void> {
  const { drainOffices } = mailWorker;
  const sender = createLetterSender({ letters, drainOffices, findRow: stores.outbox.findRow, clock, sleep });
  const lines = await sender.sendDigests(shellActor(args.by), batchOf(args));
  if (lines.some(({ result }) => result !== 'sent')) process.exitCode = 1;
  print(args, lines, () => sendingAsText(lines));
}

function reportsAsText(reports: readonly Report[]): string {
  return reports.length === 0 ? 'Nothing is planned (letters plan).' : reports.map(reportAsText).join('\n\n');
}

type Given<Name extends string> = { [name in Name]?: string | undefined };

function scopeOf({ office, petition }: Given<'office' | 'petition'>): Scope {
  return { ...(office && { officeId: office }), ...(petition && { petitionId: petition }) };
}

function batchOf(args: Given<'id' | 'office' | 'petition'> & { kind?: DeliveryKind | undefined }): Batch {
  const { id, kind } = args;
  return { ...scopeOf(args), ...(id && { id }), ...(kind && { kind }) };
}
