import { defineCommand } from 'citty';
import { replaceAddresses } from '../lib/addresses-in-text.ts';
import { readEmailAddress } from '../lib/email-address.ts';
import { invalidInput } from '../lib/errors.ts';
import { formatTable } from '../lib/table.ts';
import type { Operate } from '../operator.ts';
import type { Services } from '../services.ts';
import { incomingCommand, receiveCommand } from './incoming.cli.ts';

const SHOWN = 50;

export function mailCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'mail', description: 'the outbox, and what comes back' },
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
      receive: receiveCommand(),
      incoming: incomingCommand(operate),
      bounce: defineCommand({
        meta: { name: 'bounce', description: 'send nothing more to an address: it does not exist' },
        args: {
          address: { type: 'positional', required: false, description: 'the address' },
          email: { type: 'string', description: 'the same' },
          complaint: { type: 'boolean', description: 'its owner complained' },
        },
        run: ({ args }) =>
          operate((services) => bounce(services, args.address ?? args.email ?? '', args.complaint === true)),
      }),
      lift: defineCommand({
        meta: { name: 'lift', description: 'mail may go to an address again' },
        args: {
          email: { type: 'string', required: true, description: 'the address' },
          asked: {
            type: 'boolean',
            description: 'its owner asked for it, after a complaint or "it was not me"',
          },
        },
        run: ({ args }) =>
          operate(async ({ keyRing, stores }) => {
            const emailKey = keyRing.emailKeyOf(readEmailAddress(args.email).canonical);
            const found = await stores.suppressions.findSuppression(emailKey);
            if (!found) return console.log('Nothing is held back from it.');
            const { reason, at } = found;
            const isTheirWord = reason === 'not-me' || reason === 'complaint';
            if (isTheirWord && !args.asked)
              throw invalidInput(`Its owner said so (${reason}). If they ask for mail again, add --asked.`);
            await stores.suppressions.liftAll(emailKey);
            console.log(`Mail may go to it again; it had none since ${at.toISOString()} (${reason}).`);
          }),
      }),
    },
  });
}

/** An organiser's word on an address, a supporter's or an office's. */
async function bounce(services: Services, given: string, isComplaint: boolean): Promise<void> {
  const { keyRing, stores, offices, clock } = services;
  const { canonical, mailTo } = readEmailAddress(given);
  const reason = isComplaint ? 'complaint' : 'no-such-address';
  const emailKey = keyRing.emailKeyOf(canonical);
  await stores.suppressions.suppress({ emailKey, scope: 'all', reason }, clock.now());
  const failure = { reason: `an organiser says: ${reason}`, at: clock.now(), hard: true, address: mailTo };
  const reached = (await offices.listOffices()).filter((office) =>
    office.channels.some(
      ({ kind, value }) => kind === 'email' && value.toLowerCase() === mailTo.toLowerCase(),
    ),
  );
  for (const { _id } of reached) await offices.failChannel(_id, failure);
  console.log(
    ['Nothing more is sent to it.', ...reached.map(({ name }) => `It was ${name.en}’s.`)].join('\n'),
  );
}

/** A server's reply may repeat the address. */
function withoutAddresses(outcome: string): string {
  return replaceAddresses(outcome, () => '…').slice(0, 100);
}
