import { changing } from '../commands/command.ts';
import { shellActor } from '../lib/actor.ts';
import { invalidInput } from '../lib/errors.ts';
import type { Operate } from '../operator.ts';
import { answerIdArgument, textOf, wordsArguments } from './answer.arguments.ts';
import type { Reason } from './answer.ts';

export function translateCommand(operate: Operate) {
  return changing(operate, {
    meta: {
      name: 'translate',
      description: 'add our translation of what is public of it; again to replace that',
    },
    args: {
      id: answerIdArgument,
      ...wordsArguments,
      reasons: { type: 'string', description: 'the reasons that are public: D1:the reason;D3:another' },
      anyway: { type: 'boolean', description: 'although it seems to hold a name or a number' },
    },
    run: async ({ translations }, args) => {
      await translations.translate(shellActor(args.by), args.id, {
        text: await textOf(args),
        reasons: args.reasons === undefined ? [] : readReasons(args.reasons),
        anyway: args.anyway === true,
      });
      console.log(`${args.id} is public in both languages; the translation is shown as ours.`);
    },
  });
}

/** "D1:for want of funds;D3:it is not ours to do" */
function readReasons(given: string): Reason[] {
  return given
    .split(/;(?=\s*[^:;\s]+:)/)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [, demandId = '', text = ''] = /^\s*([^:\s]+):(.*)$/s.exec(part) ?? [];
      if (text.trim() === '') throw invalidInput(`"${part.trim()}" is no reason: D1:the reason.`);
      return { demandId, text: text.trim() };
    });
}
