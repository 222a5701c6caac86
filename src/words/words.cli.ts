import { readFile } from 'node:fs/promises';
import { defineCommand } from 'citty';
import { changing, choice, reading } from '../commands/command.ts';
import { json, print } from '../commands/print.ts';
import { invalidInput } from '../lib/errors.ts';
import { placeName } from '../lib/places.ts';
import { wrapText } from '../lib/text/wrap-text.ts';
import type { Operate } from '../operator.ts';
import { REFUSAL_REASONS } from '../signatures/signature.ts';
import type { ReadWords } from './words.service.ts';
import { LEFT_OUT, quotableParagraphs } from './words.ts';
import { findDoubtfulLinks } from './words-links.ts';

const id = {
  type: 'positional',
  required: true,
  description: 'id of the words, as `words list` shows it',
} as const;

export function wordsCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'words', description: 'own words that wait for a person to read them' },
    subCommands: {
      list: reading(operate, {
        meta: {
          name: 'list',
          description: 'those that wait, as an office would receive them: without names',
        },
        args: {
          petition: { type: 'string', description: 'slug; else of every petition' },
          json,
        },
        run: async ({ words }, args) => {
          const waiting = await words.listWaiting(args.petition ? { petitionId: args.petition } : {});
          const all = await words.countWaiting(args.petition);
          const shownOf = waiting.length < all ? ` The ${waiting.length} that wait longest are shown.` : '';
          const sum = all === 0 ? 'Nothing waits.' : `${all} wait.${shownOf}`;
          print(args, waiting.map(shown), () =>
            [...waiting.map((one) => `${asText(one)}\n`), sum].join('\n'),
          );
        },
      }),
      approve: changing(operate, {
        meta: { name: 'approve', description: 'let them be quoted, without the name' },
        args: {
          id,
          anyway: {
            type: 'boolean',
            description: 'although they seem to hold a name or a number: needs a second person',
          },
          file: { type: 'string', description: 'holds the words with […] in the place of each passage cut' },
        },
        run: async ({ words }, args) => {
          const result = await words.decide(args.id, 'approved', {
            by: args.by,
            anyway: args.anyway === true,
            // Who else may decide is not known to a shell.
            isAlone: true,
            ...(args.file && { trimmed: await textOf(args.file) }),
          });
          console.log(
            result === 'decided'
              ? `${args.id} is approved.`
              : `Your yes to ${args.id} is noted. Now another person, or you on another day.`,
          );
        },
      }),
      refuse: changing(operate, {
        meta: { name: 'refuse', description: 'do not quote them' },
        args: {
          id,
          reason: choice(REFUSAL_REASONS, 'what their writer is told'),
          note: { type: 'string', description: 'your own words to the writer' },
        },
        run: async ({ words }, { by, reason, note, ...args }) => {
          await words.decide(args.id, 'refused', { by, ...(reason && { reason }), ...(note && { note }) });
          console.log(`${args.id} is refused.`);
        },
      }),
      undo: changing(operate, {
        meta: { name: 'undo', description: 'they wait again, whole; not once an office has them' },
        args: { id: { ...id, description: 'what stands behind the point in the id' } },
        run: async ({ words }, args) => {
          await words.undo(args.id, args.by);
          console.log(`${args.id} waits again.`);
        },
      }),
    },
  });
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause) => {
    throw invalidInput(`The file ${file} cannot be read.`, { cause });
  });
}

function shown(one: ReadWords) {
  const { id, petitionId, notes, originality } = one;
  const paragraphs = quotableParagraphs(one.words, LEFT_OUT.en);
  return {
    id,
    petitionId,
    place: placeName(one, 'en'),
    notes,
    ...(originality !== undefined && { originality: Math.round(originality * 100) / 100 }),
    paragraphs,
    mayBeLinks: findDoubtfulLinks(paragraphs.join('\n')),
  };
}

function asText(one: ReadWords): string {
  const { id, petitionId, place, notes, originality, paragraphs, mayBeLinks } = shown(one);
  const like = originality === undefined ? '' : `  ${Math.round(originality * 100)} % its own`;
  const look = notes.length === 0 ? '' : `  look closely, it seems to hold: ${notes.join(', ')}`;
  return [
    `${id}  ${petitionId}  ${place}${like}${look}`,
    ...paragraphs.map((line) => wrapText(`    ${line}`)),
    ...(mayBeLinks.length > 0 ? [`    kept, though it may be a link: ${mayBeLinks.join(', ')}`] : []),
  ].join('\n');
}
