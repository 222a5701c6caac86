import { writeFile } from 'node:fs/promises';
import { defineCommand } from 'citty';
import { changing, reading } from '../commands/command.ts';
import { json, print } from '../commands/print.ts';
import type { Services } from '../composition.ts';
import { shellActor } from '../lib/actor.ts';
import { dayIn, isDay } from '../lib/days.ts';
import { invalidInput } from '../lib/errors.ts';
import { isLocale, type Locale } from '../lib/locales.ts';
import { formatTable } from '../lib/terminal/table.ts';
import type { Operate } from '../operator.ts';
import {
  answerIdArgument as id,
  readStates,
  textOf,
  type Words,
  wordsArguments as words,
} from './answer.arguments.ts';
import { ANSWER_HEADINGS, answerAsText, answerRow } from './answer.text.ts';
import { translateCommand } from './translate.cli.ts';

export function answersCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'answers', description: 'what offices answer' },
    subCommands: {
      list: listCommand(operate),
      show: showCommand(operate),
      save: saveCommand(operate),
      record: recordCommand(operate),
      'from-incoming': fromIncomingCommand(operate),
      publish: publishCommand(operate),
      translate: translateCommand(operate),
      tell: tellCommand(operate),
      correct: correctCommand(operate),
      unpublish: unpublishCommand(operate),
      'set-aside': setAsideCommand(operate),
      'end-links': endLinksCommand(operate),
    },
  });
}

function listCommand(operate: Operate) {
  return reading(operate, {
    meta: { name: 'list', description: 'every answer, the newest first, without its words' },
    args: {
      petition: { type: 'string', description: 'slug; else of every petition' },
      office: { type: 'string', description: 'id; else of every office' },
      json,
    },
    run: async ({ answers }, args) => {
      const listed = (await answers.listAnswers()).filter(
        ({ petitionId, officeId }) =>
          petitionId === (args.petition ?? petitionId) && officeId === (args.office ?? officeId),
      );
      print(args, listed, () =>
        listed.length === 0 ? 'No office has answered.' : formatTable(ANSWER_HEADINGS, listed.map(answerRow)),
      );
    },
  });
}

function showCommand(operate: Operate) {
  return reading(operate, {
    meta: { name: 'show', description: 'one as the office wrote it; for organisers alone' },
    args: { id, json },
    run: async ({ answers }, args) => print(args, await answers.getAnswer(args.id), answerAsText),
  });
}

function saveCommand(operate: Operate) {
  return reading(operate, {
    meta: {
      name: 'save',
      description: 'the whole mail that it came in, with its files, as an .eml file',
    },
    args: {
      id,
      to: { type: 'string', required: true, description: 'the file to write; one that exists is kept' },
    },
    run: (services, args) => save(services, args),
  });
}

function recordCommand(operate: Operate) {
  return changing(operate, {
    meta: { name: 'record', description: 'enter an answer that came by post' },
    args: {
      petition: { type: 'string', required: true, description: 'slug' },
      office: { type: 'string', required: true, description: 'id of the office' },
      on: { type: 'string', required: true, description: 'the day that it bears, YYYY-MM-DD' },
      ...words,
    },
    run: (services, args) => record(services, args),
  });
}

function fromIncomingCommand(operate: Operate) {
  return changing(operate, {
    meta: {
      name: 'from-incoming',
      description: 'make an answer of a mail that was taken for something else',
    },
    args: {
      id: { ...id, description: 'id of the mail, as `mail incoming` shows it' },
      delivery: { type: 'string', description: 'what it answers, where the mail does not say' },
    },
    run: async ({ fromIncoming }, args) => {
      const { _id } = await fromIncoming.makeAnswer(shellActor(args.by), args.id, {
        deliveryId: args.delivery,
      });
      console.log(`It is the answer ${_id}. Nobody sees it before you publish it (answers publish).`);
    },
  });
}

function publishCommand(operate: Operate) {
  return changing(operate, {
    meta: {
      name: 'publish',
      description: 'make what you choose of it public; again to replace that (then translate)',
    },
    args: {
      id,
      ...words,
      locale: {
        type: 'string',
        description: 'the language that it is written in: en or es; else the office’s',
      },
      states: {
        type: 'string',
        description:
          'what it states, D1=accepted;D3=refused:the reason; without it, what the office stated through its link',
      },
      anyway: { type: 'boolean', description: 'although it seems to hold a name or a number' },
      tell: { type: 'boolean', description: 'tell the signers who asked for updates, each once' },
    },
    run: (services, args) => publish(services, args),
  });
}

function tellCommand(operate: Operate) {
  return changing(operate, {
    meta: {
      name: 'tell',
      description: 'tell the signers who asked for updates, or go on where that broke off',
    },
    args: { id },
    run: (services, args) => tell(services, args),
  });
}

function correctCommand(operate: Operate) {
  return changing(operate, {
    meta: {
      name: 'correct',
      description: 'tell those who were told of it that something else is published now, each once',
    },
    args: { id },
    run: async ({ updates }, args) => {
      const { rows } = await updates.correct(shellActor(args.by), args.id);
      console.log(`${rows} emails wait to be sent; who was not told of it gets none.`);
    },
  });
}

function unpublishCommand(operate: Operate) {
  return changing(operate, {
    meta: { name: 'unpublish', description: 'take back what was published of it' },
    args: { id },
    run: async ({ answers }, args) => {
      await answers.unpublish(shellActor(args.by), args.id);
      console.log(`Nothing of ${args.id} is public.`);
    },
  });
}

function setAsideCommand(operate: Operate) {
  return changing(operate, {
    meta: { name: 'set-aside', description: 'it is no answer: an advertisement, an automatic reply' },
    args: { id },
    run: async ({ answers }, args) => {
      await answers.setAside(shellActor(args.by), args.id);
      console.log(`${args.id} counts as no answer.`);
    },
  });
}

function endLinksCommand(operate: Operate) {
  return changing(operate, {
    meta: { name: 'end-links', description: 'end every answer link that an office was sent so far' },
    args: { office: { type: 'positional', required: true, description: 'id of the office' } },
    run: async ({ answers }, args) => {
      await answers.endLinks(shellActor(args.by), args.office);
      console.log(`The links of ${args.office} have ended; the next report brings a new one.`);
    },
  });
}

/** A mail program opens it, and shows the files. Readable by its owner alone. */
async function save({ answers }: Services, args: { id: string; to: string }): Promise<void> {
  const message = await answers.getMessage(args.id);
  await writeFile(args.to, message, { flag: 'wx', mode: 0o600 }).catch((cause) => {
    throw invalidInput(`The file ${args.to} exists, or cannot be written.`, { cause });
  });
  console.log(
    `${args.to} holds the mail as it came. Open it in a mail program that loads nothing by itself.`,
  );
}

async function record(
  { answers, offices, clock }: Services,
  args: Words & { petition: string; office: string; on: string; by: string },
): Promise<void> {
  const { zone } = await offices.getOffice(args.office);
  if (!isDay(args.on)) throw invalidInput('--on is a calendar day, YYYY-MM-DD.');
  if (args.on > dayIn(zone, clock.now())) throw invalidInput('The day lies in the future.');
  // Noon in UTC is that very day in every zone of these two countries; of today it may be to come.
  const noon = new Date(`${args.on}T12:00:00Z`);
  const at = noon < clock.now() ? noon : clock.now();
  const text = (await textOf(args)) ?? '';
  const { _id } = await answers.recordPost(shellActor(args.by), {
    petitionId: args.petition,
    officeId: args.office,
    at,
    text,
  });
  console.log(`${_id} is recorded. Nobody sees it before you publish it (answers publish).`);
}

async function publish(
  services: Services,
  args: Words & {
    id: string;
    by: string;
    locale?: string | undefined;
    states?: string | undefined;
    anyway?: boolean | undefined;
    tell?: boolean | undefined;
  },
): Promise<void> {
  const { answers, offices } = services;
  const { officeId } = await answers.getAnswer(args.id);
  const locale = readLocale(args.locale, (await offices.getOffice(officeId)).language);
  await answers.publish(shellActor(args.by), args.id, {
    locale,
    text: await textOf(args),
    statements: args.states === undefined ? undefined : readStates(args.states),
    anyway: args.anyway === true,
  });
  console.log(`${args.id} is public.`);
  if (args.tell) await tell(services, args);
}

async function tell({ updates }: Services, args: { id: string; by: string }): Promise<void> {
  const { rows, isNew } = await updates.tell(shellActor(args.by), args.id);
  console.log(isNew ? `${rows} mails wait to be sent.` : 'They have been told already.');
}

function readLocale(given: string | undefined, fallback: Locale): Locale {
  if (given === undefined) return fallback;
  if (isLocale(given)) return given;
  throw invalidInput('--locale is en or es.');
}
