import { defineCommand } from 'citty';
import { placeName } from '../lib/places.ts';
import { wrapText } from '../lib/wrap-text.ts';
import type { Operate } from '../operator.ts';

const ref = {
  type: 'positional',
  required: true,
  description: 'ref of the words, as `words list` shows it',
} as const;

export function wordsCommand(operate: Operate) {
  const decide = (state: 'approved' | 'refused', description: string) =>
    defineCommand({
      meta: { name: state, description },
      args: { ref },
      run: ({ args }) =>
        operate(async ({ words }) => {
          await words.decide(args.ref, state);
          console.log(`${args.ref} is ${state}.`);
        }),
    });
  return defineCommand({
    meta: { name: 'words', description: 'own words that wait for a person to read them' },
    subCommands: {
      list: defineCommand({
        meta: { name: 'list', description: 'those that wait; without names' },
        run: () =>
          operate(async ({ words }) => {
            const waiting = await words.listWaiting();
            for (const one of waiting)
              console.log(
                `${one.ref}  ${one.petitionId}  ${placeName(one, 'en')}\n${wrapText(`    ${one.words}`)}\n`,
              );
            console.log(waiting.length === 0 ? 'Nothing waits.' : `${waiting.length} wait.`);
          }),
      }),
      approve: decide('approved', 'let them be quoted, without the name'),
      refuse: decide('refused', 'do not quote them'),
    },
  });
}
