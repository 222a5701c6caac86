import { defineCommand } from 'citty';
import { changingRecords } from '../commands/command.ts';
import { shellActor } from '../lib/actor.ts';
import type { Operate } from '../operator.ts';
import { holdersText } from './office.text.ts';
import type { Office } from './office.ts';
import { office } from './office-argument.ts';

export function holderCommand(operate: Operate) {
  const print = ({ holders }: Office) => console.log(holdersText(holders));
  return defineCommand({
    meta: { name: 'holder', description: 'who holds an office, from one day to another' },
    subCommands: {
      add: changingRecords(operate, {
        meta: {
          name: 'add',
          description: 'letters name who holds it on the day they go out, and nobody else',
        },
        args: {
          office,
          name: { type: 'string', required: true, description: 'as they write it' },
          'title-en': {
            type: 'string',
            required: true,
            description: 'such as Secretary of Homeland Security',
          },
          'title-es': { type: 'string', required: true, description: 'the same in Spanish' },
          from: { type: 'string', required: true, description: 'first day, YYYY-MM-DD' },
          to: { type: 'string', description: 'the day from which they hold it no more' },
        },
        run: async ({ offices }, args) => {
          const { name, from, to } = args;
          const title = { en: args['title-en'], es: args['title-es'] };
          print(
            await offices.addHolder(shellActor(args.by), args.office, {
              name,
              title,
              from,
              ...(to !== undefined && { to }),
            }),
          );
        },
      }),
      end: changingRecords(operate, {
        meta: { name: 'end', description: 'they left, or will' },
        args: {
          office,
          on: { type: 'string', required: true, description: 'the day from which they hold it no more' },
          name: { type: 'string', description: 'who; else the one without an end' },
        },
        run: async ({ offices }, args) =>
          print(await offices.endHolder(shellActor(args.by), args.office, args.on, args.name)),
      }),
      remove: changingRecords(operate, {
        meta: { name: 'remove', description: 'entered by mistake' },
        args: { office, name: { type: 'string', required: true, description: 'who' } },
        run: async ({ offices }, args) =>
          print(await offices.removeHolder(shellActor(args.by), args.office, args.name)),
      }),
    },
  });
}
