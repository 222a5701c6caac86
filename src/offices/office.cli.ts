import { defineCommand } from 'citty';
import { formatTable } from '../lib/table.ts';
import type { Operate } from '../operator.ts';

const office = {
  type: 'positional',
  description: 'id of the office, as `office list` shows it',
  required: true,
} as const;

export function officeCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'office', description: 'offices and how they are reached' },
    subCommands: {
      list: defineCommand({
        meta: { name: 'list', description: 'every office with its channels' },
        run: () =>
          operate(async ({ offices }) => {
            const rows = (await offices.listOffices()).map(({ _id, name, isPostOnly, channels }) => {
              const email = channels.find(({ kind }) => kind === 'email');
              const state = isPostOnly
                ? 'post only'
                : email
                  ? `${email.state} ${email.verifiedOn ?? ''}`
                  : 'unverified';
              return [_id, name.en, state, email?.value ?? ''];
            });
            console.log(formatTable(['office', 'name', 'e-mail', 'address'], rows));
          }),
      }),
      verify: defineCommand({
        meta: { name: 'verify', description: 'enter an e-mail address that the office publishes' },
        args: {
          office,
          email: { type: 'string', required: true, description: 'the address' },
          source: { type: 'string', required: true, description: 'the page where it is published' },
          checked: { type: 'string', required: true, description: 'the day on which you looked, YYYY-MM-DD' },
        },
        run: ({ args }) =>
          operate(async ({ offices }) => {
            const { email, source, checked } = args;
            const verified = await offices.verifyEmailChannel(args.office, { email, source, checked });
            console.log(`${verified.name.en} is reached at ${email} (seen at ${source} on ${checked}).`);
          }),
      }),
      block: defineCommand({
        meta: { name: 'block', description: 'send nothing more to it' },
        args: { office },
        run: ({ args }) =>
          operate(async ({ offices }) => {
            const blocked = await offices.blockEmailChannel(args.office);
            console.log(`${blocked.name.en} gets no more mail.`);
          }),
      }),
    },
  });
}
