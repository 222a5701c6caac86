import { defineCommand } from 'citty';
import { changingRecords } from '../commands/command.ts';
import { shellActor } from '../lib/actor.ts';
import type { Operate } from '../operator.ts';
import { channelsText } from './office.text.ts';
import type { Office } from './office.ts';
import { office } from './office-argument.ts';

const channel = {
  type: 'positional',
  required: true,
  description: 'its value as `office show` shows it, or its kind where there is one such',
} as const;

export function channelCommand(operate: Operate) {
  const print = ({ channels }: Office) => console.log(channelsText(channels));
  return defineCommand({
    meta: { name: 'channel', description: 'the ways in which an office is reached' },
    subCommands: {
      add: changingRecords(operate, {
        meta: { name: 'add', description: 'a further way; without source and day it stays unverified' },
        args: {
          office,
          kind: { type: 'string', required: true, description: 'email, form, post or via' },
          value: {
            type: 'string',
            required: true,
            description: 'address, URL of the form, postal lines, or id of the office that passes mail on',
          },
          source: { type: 'string', description: 'the page where it is published' },
          checked: { type: 'string', description: 'the day on which you looked, YYYY-MM-DD' },
        },
        run: async ({ offices }, args) => {
          const { kind, value, source, checked } = args;
          const evidence = { ...(source && { source }), ...(checked && { checked }) };
          print(await offices.addChannel(shellActor(args.by), args.office, { kind, value, ...evidence }));
        },
      }),
      remove: changingRecords(operate, {
        meta: { name: 'remove', description: 'entered by mistake, or there no more' },
        args: { office, channel },
        run: async ({ offices }, args) =>
          print(await offices.removeChannel(shellActor(args.by), args.office, args.channel)),
      }),
      block: changingRecords(operate, {
        meta: { name: 'block', description: 'do not use it, but keep it on record' },
        args: { office, channel, reason: { type: 'string', description: 'why' } },
        run: async ({ offices }, args) =>
          print(await offices.blockChannel(shellActor(args.by), args.office, args.channel, args.reason)),
      }),
      unblock: changingRecords(operate, {
        meta: { name: 'unblock', description: 'use one again that is blocked or failing' },
        args: { office, channel },
        run: async ({ offices }, args) =>
          print(await offices.unblockChannel(shellActor(args.by), args.office, args.channel)),
      }),
    },
  });
}
