import { defineCommand } from 'citty';
import { readingRecords } from '../commands/command.ts';
import { json, print } from '../commands/print.ts';
import { AppError } from '../lib/errors.ts';
import { formatTable } from '../lib/terminal/table.ts';
import type { Operate } from '../operator.ts';
import { actRow } from './act-row.ts';

const SHOWN = 100;
const HEADINGS = ['seq', 'at', 'by', 'act', 'of', 'from → to', 'why', 'ended'];

export function auditCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'audit', description: 'who did what, and whether that record was altered' },
    subCommands: {
      list: readingRecords(operate, {
        meta: { name: 'list', description: `the last ${SHOWN} acts, the newest first` },
        args: {
          actor: {
            type: 'string',
            description: 'only what this person did, as the second column names them',
          },
          json,
        },
        run: async ({ audit }, args) => {
          const acts = await audit.listActs(args.actor ? { by: args.actor } : {}, SHOWN);
          print(args, acts, () =>
            acts.length === 0 ? 'Nobody has done anything.' : formatTable(HEADINGS, acts.map(actRow)),
          );
        },
      }),
      verify: readingRecords(operate, {
        meta: { name: 'verify', description: 'recompute every line; exits with 1 when one was altered' },
        args: { json },
        run: async ({ audit }, args) => {
          const report = await audit.verify();
          const { entries, faults, open, head } = report;
          const lines = [
            ...faults.map(({ seq, what }) => `${seq}: ${what}`),
            ...(open.length > 0 ? [`Left open, by a crash or still under way: ${open.join(', ')}`] : []),
            `${entries} lines, head ${head}`,
          ];
          print(args, report, () => lines.join('\n'));
          if (faults.length > 0)
            throw new AppError('AUDIT_BROKEN', { message: `The audit has faults: ${faults.length}.` });
        },
      }),
    },
  });
}
