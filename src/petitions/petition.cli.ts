import { defineCommand } from 'citty';
import { formatTable } from '../lib/table.ts';
import type { Operate } from '../operator.ts';

export function petitionCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'petition', description: 'petitions' },
    subCommands: {
      list: defineCommand({
        meta: { name: 'list', description: 'every petition with its count' },
        run: () =>
          operate(async ({ petitions, ledger }) => {
            const rows = await Promise.all(
              (await petitions.listPetitions()).map(async ({ _id, state, texts }) => [
                _id,
                state,
                String((await ledger.getCount(_id)).count),
                texts.en.title,
              ]),
            );
            console.log(formatTable(['petition', 'state', 'count', 'title'], rows));
          }),
      }),
      close: defineCommand({
        meta: { name: 'close', description: 'close it for good' },
        args: { petition: { type: 'positional', required: true, description: 'slug' } },
        run: ({ args }) =>
          operate(async ({ petitions }) => {
            await petitions.closePetition(args.petition);
            console.log(`${args.petition} is closed.`);
          }),
      }),
    },
  });
}
