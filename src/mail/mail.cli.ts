import { type CommandDef, defineCommand } from 'citty';
import * as z from 'zod';
import { changing, reading } from '../commands/command.ts';
import { json, print } from '../commands/print.ts';
import type { Services } from '../composition.ts';
import { readEmailAddress } from '../lib/email-address.ts';
import { invalidInput } from '../lib/errors.ts';
import { formatTable } from '../lib/terminal/table.ts';
import { replaceAddresses } from '../lib/text/addresses-in-text.ts';
import type { Operate } from '../operator.ts';

const SHOWN = 50;

/** @param comingBack the commands of mail that comes back, of a room of its own */
export function mailCommand(operate: Operate, comingBack: Record<'receive' | 'incoming', CommandDef>) {
  return defineCommand({
    meta: { name: 'mail', description: 'the outbox, and what comes back' },
    subCommands: {
      list: reading(operate, {
        meta: { name: 'list', description: 'what waits, the next first; without addresses' },
        args: { ended: { type: 'boolean', description: 'what has ended instead, the last first' }, json },
        run: async ({ stores }, args) => {
          const rows = await stores.outbox.listRows({ isEnded: args.ended === true, limit: SHOWN });
          const shown = rows.map(({ kind, state, attempts, subjectId, audience, outcome = '', ...row }) => ({
            kind,
            state,
            at: (row.endedAt ?? row.dueAt)?.toISOString() ?? '',
            attempts,
            // A person's row is named by the address's key.
            delivery: audience === 'office' ? subjectId : '',
            outcome: withoutAddresses(outcome),
          }));
          const none = args.ended ? 'Nothing has ended.' : 'Nothing waits.';
          print(args, shown, () =>
            shown.length === 0
              ? none
              : formatTable(
                  ['kind', 'state', 'at', 'attempts', 'delivery', 'outcome'],
                  shown.map((row) => Object.values(row).map(String)),
                ),
          );
        },
      }),
      ...comingBack,
      bounce: changing(operate, {
        meta: { name: 'bounce', description: 'send nothing more to an address: it does not exist' },
        args: {
          address: { type: 'positional', required: false, description: 'the address' },
          email: { type: 'string', description: 'the same' },
          complaint: { type: 'boolean', description: 'its owner complained' },
        },
        oneOf: ['address', 'email'],
        run: (services, args) => bounce(services, args),
      }),
      lift: changing(operate, {
        meta: {
          name: 'lift',
          description: 'mail may go to an address, or to all that one fault stopped, again',
        },
        args: {
          email: { type: 'string', description: 'the address' },
          asked: {
            type: 'boolean',
            description: 'its owner asked for it, after a complaint or "it was not me"',
          },
          since: { type: 'string', description: 'or all since then: 2026-11-28T10:00Z' },
          reason: { type: 'string', description: 'with --since: no-such-address, the only one' },
        },
        oneOf: ['email', 'since'],
        run: (services, args) => lift(services, args),
      }),
    },
  });
}

type Lift = {
  email?: string | undefined;
  asked?: boolean | undefined;
  since?: string | undefined;
  reason?: string | undefined;
};

async function lift(services: Services, { email, asked, since, reason }: Lift): Promise<void> {
  if (since === undefined && reason === undefined) return liftOne(services, email ?? '', asked === true);
  if (email !== undefined || asked)
    throw invalidInput('Give either an address (--email) or a time and a reason (--since, --reason).');
  if (reason !== 'no-such-address')
    throw invalidInput('Only --reason no-such-address is lifted for many: all else was said by the owners.');
  const from = readInstant(since ?? '');
  if (from > services.clock.now()) throw invalidInput('That time is yet to come.');
  const count = await services.stores.suppressions.liftGone(from);
  console.log(`Mail may go again to what was said not to exist since ${from.toISOString()}: ${count}.`);
}

async function liftOne({ keys, stores }: Services, email: string, isAsked: boolean): Promise<void> {
  const emailKey = keys.emailKeyOf(readEmailAddress(email).canonical);
  const found = await stores.suppressions.findSuppression(emailKey);
  if (!found) return console.log('Nothing is held back from it.');
  const { reason, at } = found;
  const isTheirWord = reason === 'not-me' || reason === 'complaint';
  if (isTheirWord && !isAsked)
    throw invalidInput(`Its owner said so (${reason}). If they ask for mail again, add --asked.`);
  await stores.suppressions.liftAll(emailKey);
  console.log(`Mail may go to it again; it had none since ${at.toISOString()} (${reason}).`);
}

/** A day and a time with their zone. @throws INPUT_INVALID */
function readInstant(typed: string): Date {
  const read = z.iso
    .datetime({ offset: true })
    .safeParse(typed.replace(/^(\S+T\d\d:\d\d)(?=[Z+-])/, '$1:00'));
  if (!read.success)
    throw invalidInput('Write the time as 2026-11-28T10:00Z, or with another zone as -06:00.');
  return new Date(read.data);
}

/** An organiser's word on an address, a supporter's or an office's. */
async function bounce(
  { keys, stores, offices, clock }: Services,
  args: {
    address?: string | undefined;
    email?: string | undefined;
    complaint?: boolean | undefined;
    by: string;
  },
): Promise<void> {
  const { canonical, mailTo } = readEmailAddress(args.address ?? args.email ?? '');
  const reason = args.complaint ? 'complaint' : 'no-such-address';
  const emailKey = keys.emailKeyOf(canonical);
  await stores.suppressions.suppress({ emailKey, scope: 'all', reason }, clock.now());
  const failure = { reason: `${args.by} says: ${reason}`, at: clock.now(), hard: true, address: mailTo };
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
