import { defineCommand } from 'citty';
import { parseEmailAddress } from '../lib/email-address.ts';
import { invalidInput } from '../lib/errors.ts';
import type { Operate } from '../operator.ts';

export function privacyCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'privacy', description: 'requests about personal data' },
    subCommands: {
      erase: defineCommand({
        meta: {
          name: 'erase',
          description: 'withdraw and delete everything of one address, on all petitions',
        },
        args: { email: { type: 'string', required: true, description: 'the address' } },
        run: ({ args }) =>
          operate(async ({ keyRing, optOut }) => {
            const address = parseEmailAddress(args.email);
            if (!address) throw invalidInput('This is not an e-mail address.');
            const erased = await optOut.eraseAddress(keyRing.emailKeyOf(address.canonical));
            console.log(
              erased === 0 ? 'Nothing is held of this address.' : `Erased on ${erased} petition(s).`,
            );
          }),
      }),
    },
  });
}
