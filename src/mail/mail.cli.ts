import { defineCommand } from 'citty';
import { parseEmailAddress } from '../lib/email-address.ts';
import { AppError } from '../lib/errors.ts';
import { formatTable } from '../lib/table.ts';
import type { Operate } from '../operator.ts';

const SHOWN = 50;

export function mailCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'mail', description: 'the outbox' },
    subCommands: {
      list: defineCommand({
        meta: { name: 'list', description: 'what waits, the next first; without addresses' },
        args: { ended: { type: 'boolean', description: 'what has ended instead, the last first' } },
        run: ({ args }) =>
          operate(async ({ stores }) => {
            const rows = await stores.outbox.listRows({ isEnded: args.ended === true, limit: SHOWN });
            if (rows.length === 0) return console.log(args.ended ? 'Nothing has ended.' : 'Nothing waits.');
            const cells = rows.map(({ kind, state, attempts, subjectId, audience, outcome = '', ...row }) => [
              kind,
              state,
              (row.endedAt ?? row.dueAt)?.toISOString() ?? '',
              String(attempts),
              // A person's row is named by the address's key.
              audience === 'office' ? subjectId : '',
              withoutAddresses(outcome),
            ]);
            console.log(formatTable(['kind', 'state', 'at', 'attempts', 'delivery', 'outcome'], cells));
          }),
      }),
      bounce: defineCommand({
        meta: { name: 'bounce', description: 'send nothing more to an address: it does not exist' },
        args: {
          email: { type: 'string', required: true, description: 'the address' },
          complaint: { type: 'boolean', description: 'its owner complained' },
        },
        run: ({ args }) =>
          operate(async ({ keyRing, stores, clock }) => {
            const address = parseEmailAddress(args.email);
            if (!address) throw new AppError('INPUT_INVALID', { message: 'This is not an e-mail address.' });
            const emailKey = keyRing.emailKeyOf(address.canonical);
            const reason = args.complaint ? 'complaint' : 'no-such-address';
            await stores.suppressions.suppress({ emailKey, scope: 'all', reason }, clock.now());
            console.log('Nothing more is sent to it.');
          }),
      }),
    },
  });
}

/** A server's reply may repeat the address. */
function withoutAddresses(outcome: string): string {
  return outcome.replace(/[^\s<>]+@[^\s<>]+/g, '…').slice(0, 100);
}
