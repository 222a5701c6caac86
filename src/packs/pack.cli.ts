import { defineCommand } from 'citty';
import { changing, reading } from '../commands/command.ts';
import { json, print } from '../commands/print.ts';
import { shellActor } from '../lib/actor.ts';
import { formatTable } from '../lib/terminal/table.ts';
import type { Operate } from '../operator.ts';

const petition = { type: 'positional', required: true, description: 'slug of the petition' } as const;
const office = {
  type: 'positional',
  required: true,
  description: 'id of the office, as `pack list` shows it',
} as const;
const on = {
  type: 'string',
  required: true,
  description: 'the calendar day where the office is, YYYY-MM-DD',
} as const;

export function packCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'pack', description: 'papers that a law obliges an office to answer' },
    subCommands: {
      list: listCommand(operate),
      'handed-in': handedInCommand(operate),
      answered: answeredCommand(operate),
    },
  });
}

function listCommand(operate: Operate) {
  return reading(operate, {
    meta: { name: 'list', description: 'the packs of a petition, and those handed in' },
    args: { petition, json },
    run: async ({ packs }, args) => {
      const handedIn = await packs.listHandedIn(args.petition);
      const listed = await packs.listPacks(args.petition);
      const rows = listed.flatMap(({ officeId, kind }) => {
        const own = handedIn.filter((one) => one.officeId === officeId);
        if (own.length === 0) return [[officeId, kind, '', '', '', '']];
        return own.map((one) => [
          officeId,
          kind,
          one.on,
          one.folio,
          one.answered?.on ?? '',
          one.answered?.recordedBy ?? one.recordedBy,
        ]);
      });
      const value = listed.map(({ officeId, kind }) => ({
        officeId,
        kind,
        handedIn: handedIn.filter((one) => one.officeId === officeId),
      }));
      print(args, value, () =>
        formatTable(['office', 'pack', 'handed in', 'folio', 'answered', 'recorded by'], rows),
      );
    },
  });
}

function handedInCommand(operate: Operate) {
  return changing(operate, {
    meta: { name: 'handed-in', description: 'start the public clock of one that was handed in' },
    args: {
      petition,
      office,
      on,
      folio: {
        type: 'string',
        required: true,
        description: 'what the office stamped on the copy, or the number of the mail receipt; is shown',
      },
    },
    run: async ({ packs }, args) => {
      const { folio } = await packs.recordHandedIn(shellActor(args.by), args.petition, args.office, args);
      console.log(`${args.office} has had ${folio} since ${args.on}; the petition’s page counts the days.`);
    },
  });
}

function answeredCommand(operate: Operate) {
  return changing(operate, {
    meta: { name: 'answered', description: 'stop the clock: the office has answered' },
    args: {
      petition,
      office,
      on,
      folio: { type: 'string', description: 'which one, where several wait' },
    },
    run: async ({ packs }, args) => {
      const { folio } = await packs.recordAnswered(shellActor(args.by), args.petition, args.office, args);
      console.log(`${args.office} answered ${folio} on ${args.on}.`);
    },
  });
}
