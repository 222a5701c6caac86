import { defineCommand } from 'citty';
import { changing, choice, reading } from '../commands/command.ts';
import { json, print } from '../commands/print.ts';
import { readEmailAddress } from '../lib/email-address.ts';
import { formatTable } from '../lib/terminal/table.ts';
import { absoluteUrl } from '../lib/urls.ts';
import type { Operate } from '../operator.ts';
import { ROLES, type Role } from './organiser.ts';

const HEADINGS = ['ref', 'name', 'email', 'role', 'state', 'since'];

export function organiserCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'organiser', description: 'who may work with this installation at /organise' },
    subCommands: {
      add: changing(operate, {
        meta: {
          name: 'add',
          description: 'print a link that makes somebody an organiser: once, for 72 hours',
        },
        args: {
          email: { type: 'string', required: true, description: 'the address that they will sign in with' },
          role: {
            ...choice(ROLES, 'what they may do: the page /organise/roles has the table'),
            required: true,
          },
        },
        run: async ({ organisers, config }, args) => {
          const email = readEmailAddress(args.email);
          const path = await organisers.invitations.offerJoin(email, args.role as Role);
          console.log(absoluteUrl(config.publicUrl, path));
        },
      }),
      list: reading(operate, {
        meta: { name: 'list', description: 'everybody who has or had an account' },
        args: { json },
        run: async ({ organisers }, args) => {
          const people = await organisers.accounts.listColleagues();
          const rows = people.map(({ ref, name = '', email = '', role, state, createdAt }) => [
            ref,
            name,
            email,
            role,
            state,
            createdAt.toISOString(),
          ]);
          print(args, people, () =>
            rows.length === 0 ? 'There is no organiser yet.' : formatTable(HEADINGS, rows),
          );
        },
      }),
    },
  });
}
