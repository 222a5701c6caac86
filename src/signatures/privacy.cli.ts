import { defineCommand } from 'citty';
import { changing } from '../commands/command.ts';
import { confirmTyped, yes } from '../commands/confirm.ts';
import { readEmailAddress } from '../lib/email-address.ts';
import type { Operate } from '../operator.ts';

export function privacyCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'privacy', description: 'requests about personal data' },
    subCommands: {
      erase: changing(operate, {
        meta: {
          name: 'erase',
          description: 'withdraw and delete everything of one address, on all petitions',
        },
        args: {
          email: { type: 'string', required: true, description: 'the address' },
          yes: yes('the address'),
        },
        run: async ({ keys, optOut }, args) => {
          const emailKey = keys.emailKeyOf(readEmailAddress(args.email).canonical);
          const held = await optOut.listErasable(emailKey);
          await confirmTyped({
            says: `What is held of ${args.email} is deleted for good, and leaves the count (${held.join(', ') || 'on no petition'}).`,
            expected: args.email,
            given: args.yes,
          });
          const erased = await optOut.eraseAddress(emailKey);
          console.log(erased === 0 ? 'Nothing is held of this address.' : `Erased on ${erased} petition(s).`);
        },
      }),
    },
  });
}
