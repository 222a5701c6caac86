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
        run: async ({ keys, optOut, keptMail, stores, audit }, args) => {
          const emailKey = keys.emailKeyOf(readEmailAddress(args.email).canonical);
          const held = await optOut.listErasable(emailKey);
          const letters = await stores.deliveries.listLettersOf(await optOut.listRefs(emailKey));
          const person = { emailKey, deliveryIds: letters };
          const mails = await keptMail.countMail(person);
          await confirmTyped({
            says: `What is held of ${args.email} is deleted for good, and leaves the count (${held.join(', ') || 'on no petition'}); so are ${mails} kept mails.`,
            expected: args.email,
            given: args.yes,
          });
          const erased = await optOut.eraseAddress(emailKey);
          const deleted =
            mails === 0
              ? 0
              : await audit.record(
                  shellActor(args.by),
                  { act: 'privacy erase: kept mail', of: [`${mails} mails`] },
                  () => keptMail.eraseMail(person),
                );
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
