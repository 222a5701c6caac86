import { defineCommand } from 'citty';
import { changing } from '../commands/command.ts';
import type { Operate } from '../operator.ts';

export function trackingCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'tracking', description: 'the hourly sums that organisers see as curves' },
    subCommands: {
      rebuild: changing(operate, {
        meta: { name: 'rebuild', description: 'make the sums again from the ledger and the signatures' },
        args: {
          petition: { type: 'string', description: 'slug' },
          all: { type: 'boolean', description: 'every petition' },
        },
        oneOf: ['petition', 'all'],
        run: async ({ petitions, tracking }, { petition }) => {
          const chosen = petition ? [await petitions.getPetition(petition)] : await petitions.listPetitions();
          const slugs = chosen.map(({ _id }) => _id);
          await tracking.rebuild(slugs);
          console.log(`The hourly sums were made again: ${slugs.join(', ')}`);
        },
      }),
    },
  });
}
