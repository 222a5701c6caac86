import { readFile } from 'node:fs/promises';
import { defineCommand } from 'citty';
import { changing, reading } from '../commands/command.ts';
import { confirmTyped, yes } from '../commands/confirm.ts';
import { json, print } from '../commands/print.ts';
import type { Services } from '../composition.ts';
import { type Actor, shellActor } from '../lib/actor.ts';
import { parseEmailAddress } from '../lib/email-address.ts';
import { invalidInput } from '../lib/errors.ts';
import { readInput } from '../lib/form-faults.ts';
import { formatTable } from '../lib/terminal/table.ts';
import type { Operate } from '../operator.ts';
import { UpdateForm, writtenOf } from './update.schema.ts';
import type { Update, Written } from './update.ts';

const id = {
  type: 'positional',
  required: true,
  description: 'id of the update, as `updates list` shows it',
} as const;
const text = {
  en: {
    type: 'string',
    required: true,
    description: 'file: the news in its first line, then the text in English',
  },
  es: { type: 'string', required: true, description: 'the same in Spanish' },
  from: {
    type: 'string',
    description: 'hour from which its emails go, in the zone of the campaign; else 9',
  },
  until: { type: 'string', description: 'hour at which they rest again; else 20' },
} as const;

export function updatesCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'updates', description: 'news for those who asked for it' },
    subCommands: {
      list: listCommand(operate),
      show: showCommand(operate),
      write: writeCommand(operate),
      rewrite: rewriteCommand(operate),
      test: testCommand(operate),
      propose: turnCommand(operate, {
        name: 'propose',
        description: 'ask a second person to approve it',
        done: 'It waits for a second person: updates approve.',
        work: ({ petitionUpdates }, one, actor) => petitionUpdates.propose(one, actor),
      }),
      approve: approveCommand(operate),
      pause: turnCommand(operate, {
        name: 'pause',
        description: 'hold its emails until it is resumed',
        done: 'Paused.',
        work: ({ petitionUpdates }, one, actor) => petitionUpdates.pause(one, actor),
      }),
      resume: turnCommand(operate, {
        name: 'resume',
        description: 'let its emails go again',
        done: 'Its emails go again.',
        work: ({ petitionUpdates }, one, actor) => petitionUpdates.resume(one, actor),
      }),
      cancel: turnCommand(operate, {
        name: 'cancel',
        description: 'let no more emails go, for good; it stays on the page',
        done: 'No more emails go.',
        work: ({ petitionUpdates }, one, actor) => petitionUpdates.cancel(one, actor),
      }),
      withdraw: turnCommand(operate, {
        name: 'withdraw',
        description: 'take it off the page for good, and let no more emails go',
        done: 'It is off the page.',
        work: ({ petitionUpdates }, one, actor) => petitionUpdates.withdraw(one, actor),
      }),
      discard: turnCommand(operate, {
        name: 'discard',
        description: 'delete one that nobody approved',
        done: 'Deleted.',
        work: ({ petitionUpdates }, one) => petitionUpdates.discard(one),
      }),
    },
  });
}

function listCommand(operate: Operate) {
  return reading(operate, {
    meta: { name: 'list', description: 'every update, the last first' },
    args: { petition: { type: 'string', description: 'slug; else of every petition' }, json },
    run: async ({ petitionUpdates }, args) => {
      const listed = (await petitionUpdates.listUpdates()).filter(
        ({ petitionId }) => petitionId === (args.petition ?? petitionId),
      );
      print(args, listed, () =>
        listed.length === 0
          ? 'No update has been written.'
          : formatTable(['id', 'petition', 'state', 'emails', 'title'], listed.map(rowOf)),
      );
    },
  });
}

function rowOf({ _id, petitionId, state, progress, withdrawn, texts }: Update): string[] {
  const shown = withdrawn ? `${state}, off the page` : state;
  return [_id, petitionId, shown, String(progress?.rows ?? 0), texts.en.title];
}

function showCommand(operate: Operate) {
  return reading(operate, {
    meta: { name: 'show', description: 'one in both languages, and how many asked for it' },
    args: { id, json },
    run: async ({ petitionUpdates }, args) => {
      const update = await petitionUpdates.getUpdate(args.id);
      const { count, isExact } = update.expected ?? (await petitionUpdates.countAsking(update.petitionId));
      print(args, update, () =>
        [
          `${update.petitionId}, ${update.state}. ${isExact ? '' : 'About '}${count} asked for updates.`,
          ...(['en', 'es'] as const).map(
            (locale) => `\n[${locale}] ${update.texts[locale].title}\n\n${update.texts[locale].body}`,
          ),
        ].join('\n'),
      );
    },
  });
}

function writeCommand(operate: Operate) {
  return changing(operate, {
    meta: { name: 'write', description: 'write one as a draft; nothing goes out' },
    args: { petition: { type: 'positional', required: true, description: 'slug' }, ...text },
    run: async ({ petitionUpdates }, args) => {
      const { _id } = await petitionUpdates.write(args.petition, await readTexts(args), shellActor(args.by));
      console.log(`The draft is ${_id}. Next: updates propose ${_id}`);
    },
  });
}

function rewriteCommand(operate: Operate) {
  return changing(operate, {
    meta: { name: 'rewrite', description: 'replace the text of one that nobody approved' },
    args: { id, ...text },
    run: async ({ petitionUpdates }, args) => {
      await petitionUpdates.rewrite(args.id, await readTexts(args), shellActor(args.by));
      console.log('It is a draft again.');
    },
  });
}

/** The first line is the title. @throws INPUT_INVALID */
async function readTexts(args: {
  en: string;
  es: string;
  from?: string | undefined;
  until?: string | undefined;
}): Promise<Written> {
  const [en, es] = await Promise.all([readFile(args.en, 'utf8'), readFile(args.es, 'utf8')]);
  const titleOf = (file: string) =>
    file
      .replace(/^\ufeff/, '')
      .trimStart()
      .split('\n', 1)[0] ?? '';
  const bodyOf = (file: string) => file.trimStart().slice(titleOf(file).length);
  const form = readInput(UpdateForm, {
    newsTitleEn: titleOf(en),
    newsBodyEn: bodyOf(en),
    newsTitleEs: titleOf(es),
    newsBodyEs: bodyOf(es),
    sendFrom: args.from ?? '9',
    sendUntil: args.until ?? '20',
  });
  return writtenOf(form);
}

function testCommand(operate: Operate) {
  return changing(operate, {
    meta: { name: 'test', description: 'send it to one address alone, in both languages' },
    args: { id, to: { type: 'string', required: true, description: 'your own email address' } },
    run: async ({ petitionUpdates }, args) => {
      const to = parseEmailAddress(args.to);
      if (!to) throw invalidInput('--to is no email address.');
      const { _id } = await petitionUpdates.getUpdate(args.id);
      await petitionUpdates.sendTest(_id, { to: to.mailTo, name: args.by });
      console.log('The test is on its way.');
    },
  });
}

function approveCommand(operate: Operate) {
  return changing(operate, {
    meta: { name: 'approve', description: 'as the second person: put it on the page and send it' },
    args: { id, yes: yes('the id') },
    run: async ({ petitionUpdates }, args) => {
      const { _id, petitionId, texts, revision } = await petitionUpdates.getUpdate(args.id);
      const { count, isExact } = await petitionUpdates.countAsking(petitionId);
      const people = `${isExact ? '' : 'about '}${count}`;
      await confirmTyped({
        says: `"${texts.en.title}" goes to ${people} who asked for updates on ${petitionId}, and on its page.`,
        expected: _id,
        given: args.yes,
      });
      await petitionUpdates.approve(_id, shellActor(args.by), revision);
      console.log('Approved. Its emails go in its hours.');
    },
  });
}

function turnCommand(
  operate: Operate,
  verb: {
    name: string;
    description: string;
    done: string;
    work(services: Services, id: string, actor: Actor): Promise<void>;
  },
) {
  const { name, description, done, work } = verb;
  return changing(operate, {
    meta: { name, description },
    args: { id },
    run: async (services, args) => {
      await work(services, args.id, shellActor(args.by));
      console.log(done);
    },
  });
}
