import { defineCommand } from 'citty';
import { changing } from '../commands/command.ts';
import { confirmTyped, yes } from '../commands/confirm.ts';
import { shellActor } from '../lib/actor.ts';
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
        run: async ({ keys, erasure, audit }, args) => {
          const held = await erasure.look(keys.emailKeyOf(readEmailAddress(args.email).canonical));
          const { petitionIds, mails } = held;
          await confirmTyped({
            says: `What is held of ${args.email} is deleted for good, and leaves the count (${petitionIds.join(', ') || 'on no petition'}); so are ${mails} kept mails.`,
            expected: args.email,
            given: args.yes,
          });
          const erased = await erasure.eraseSignatures(held);
          const intent = { act: 'privacy erase: kept mail', of: [`${mails} mails`] };
          const deleted =
            mails === 0 ? 0 : await audit.record(shellActor(args.by), intent, () => erasure.eraseMail(held));
          console.log(
            erased + deleted === 0
              ? 'Nothing is held of this address.'
              : `Erased on ${erased} petition(s), and ${deleted} kept mail(s) deleted.`,
          );
        },
      }),
    },
  });
}
