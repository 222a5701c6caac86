import { defineCommand } from 'citty';
import { readEmailAddress } from '../lib/email-address.ts';
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
            const { canonical } = readEmailAddress(args.email);
            const erased = await optOut.eraseAddress(keyRing.emailKeyOf(canonical));
            console.log(
              erased === 0 ? 'Nothing is held of this address.' : `Erased on ${erased} petition(s).`,
            );
          }),
      }),
    },
  });
}
