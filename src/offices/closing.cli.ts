import { defineCommand } from 'citty';
import { changingRecords, choice } from '../commands/command.ts';
import { shellActor } from '../lib/actor.ts';
import { AppError, isAppError } from '../lib/errors.ts';
import type { Operate } from '../operator.ts';
import type { RecordRooms } from '../record-rooms.ts';
import { closingsText } from './office.text.ts';
import { office } from './office-argument.ts';

const some = { ...office, required: false } as const;
const country = choice(['US', 'MX'], 'every office of the country');

export function closingCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'closing', description: 'days on which an office is closed beside the holidays' },
    subCommands: {
      add: changingRecords(operate, {
        meta: {
          name: 'add',
          description: 'what it publishes itself (LFPA art. 28), or an executive order gives it',
        },
        args: {
          office: some,
          country,
          from: { type: 'string', required: true, description: 'the first day, YYYY-MM-DD' },
          to: { type: 'string', description: 'the last day; else the first' },
          because: { type: 'string', required: true, description: 'what closes it' },
          source: { type: 'string', required: true, description: 'the page that says so' },
        },
        oneOf: ['office', 'country'],
        run: async (services, args) => {
          const { from, to = from, because, source } = args;
          await eachOf(services, args, (id) =>
            services.offices.addClosing(shellActor(args.by), id, { from, to, because, source }),
          );
        },
      }),
      remove: changingRecords(operate, {
        meta: { name: 'remove', description: 'entered by mistake' },
        args: {
          office: some,
          country,
          from: { type: 'string', required: true, description: 'its first day' },
        },
        oneOf: ['office', 'country'],
        run: async (services, args) => {
          await eachOf(services, args, (id) =>
            services.offices.removeClosing(shellActor(args.by), id, args.from),
          );
        },
      }),
    },
  });
}

type Changed = Awaited<ReturnType<RecordRooms['offices']['addClosing']>>;

/** One office, or all of a country: there each that refuses is named, and holds up no other. */
async function eachOf(
  { offices }: RecordRooms,
  { office: id, country: of }: { office?: string | undefined; country?: 'US' | 'MX' | undefined },
  change: (id: string) => Promise<Changed>,
): Promise<void> {
  if (id !== undefined) return console.log(closingsText((await change(id)).closings ?? []));
  const refused: string[] = [];
  for (const { _id } of (await offices.listOffices()).filter((one) => one.country === of)) {
    try {
      console.log(`${_id}\n${closingsText((await change(_id)).closings ?? [])}`);
    } catch (error) {
      if (!isAppError(error, 'OFFICE_INVALID')) throw error;
      refused.push(error.message);
    }
  }
  if (refused.length > 0) throw new AppError('OFFICE_INVALID', { message: refused.join('\n') });
}
