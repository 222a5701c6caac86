import { defineCommand } from 'citty';
import { changing, changingRecords, reading, readingRecords } from '../commands/command.ts';
import { json, print } from '../commands/print.ts';
import { shellActor } from '../lib/actor.ts';
import { invalidInput } from '../lib/errors.ts';
import { formatTable } from '../lib/terminal/table.ts';
import type { Operate } from '../operator.ts';
import { channelCommand } from './channel.cli.ts';
import { closingCommand } from './closing.cli.ts';
import { holderCommand } from './holder.cli.ts';
import { holidayCommand } from './holiday.cli.ts';
import { describeOffice, emailState, paceText } from './office.text.ts';
import { given, listOf, needed, office, text } from './office-argument.ts';
import { addCommand, setCommand } from './office-record.cli.ts';

export function officeCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'office', description: 'offices and how they are reached' },
    subCommands: {
      list: listCommand(operate),
      show: showCommand(operate),
      add: addCommand(operate),
      set: setCommand(operate),
      verify: verifyCommand(operate),
      block: blockCommand(operate),
      'do-not-contact': doNotContactCommand(operate),
      channel: channelCommand(operate),
      holder: holderCommand(operate),
      hours: hoursCommand(operate),
      pace: paceCommand(operate),
      holiday: holidayCommand(operate),
      closing: closingCommand(operate),
    },
  });
}

function listCommand(operate: Operate) {
  return readingRecords(operate, {
    meta: { name: 'list', description: 'every office, and whether mail reaches it' },
    args: { json },
    run: async ({ offices }, args) => {
      const all = await offices.listOffices();
      const rows = all.map((one) => {
        const { state, address } = emailState(one);
        return [one._id, one.name.en, state, address];
      });
      print(args, all, () => formatTable(['office', 'name', 'e-mail', 'address'], rows));
    },
  });
}

function showCommand(operate: Operate) {
  return reading(operate, {
    meta: { name: 'show', description: 'everything about one office' },
    args: { office, json },
    run: async ({ offices, calendar, clock }, args) => {
      const one = await offices.getOffice(args.office);
      print(args, one, () => describeOffice(one, calendar, clock.now()));
    },
  });
}

function verifyCommand(operate: Operate) {
  return changingRecords(operate, {
    meta: { name: 'verify', description: 'enter an e-mail address that the office publishes' },
    args: {
      office,
      email: needed('the address'),
      source: needed('the page where it is published'),
      checked: needed('the day on which you looked, YYYY-MM-DD'),
    },
    run: async ({ offices }, args) => {
      const { email, source, checked } = args;
      const verified = await offices.verifyEmailChannel(shellActor(args.by), args.office, {
        email,
        source,
        checked,
      });
      console.log(`${verified.name.en} is reached at ${email} (seen at ${source} on ${checked}).`);
    },
  });
}

function blockCommand(operate: Operate) {
  return changingRecords(operate, {
    meta: { name: 'block', description: 'send nothing more to it' },
    args: { office, reason: text('why') },
    run: async ({ offices }, args) => {
      const blocked = await offices.blockEmailChannel(shellActor(args.by), args.office, args.reason);
      console.log(`${blocked.name.en} gets no more mail.`);
    },
  });
}

function doNotContactCommand(operate: Operate) {
  return changingRecords(operate, {
    meta: { name: 'do-not-contact', description: 'nobody writes to it, by whatever way' },
    args: {
      office,
      reason: text('why; it is shown'),
      lift: { type: 'boolean', description: 'it may be written to again' },
    },
    oneOf: ['reason', 'lift'],
    run: async ({ offices }, args) => {
      const { name } = args.lift
        ? await offices.liftDoNotContact(shellActor(args.by), args.office)
        : await offices.markDoNotContact(shellActor(args.by), args.office, args.reason ?? '');
      console.log(args.lift ? `${name.en} may be written to again.` : `Nobody writes to ${name.en}.`);
    },
  });
}

function hoursCommand(operate: Operate) {
  return changing(operate, {
    meta: { name: 'hours', description: 'when somebody is there to read; what is not given stays' },
    args: {
      office,
      days: text('weekdays, 1 is Monday: 1-5, or 1,2,4'),
      from: text('HH:MM, in its zone'),
      to: text('HH:MM'),
    },
    someOf: ['days', 'from', 'to'],
    run: async ({ offices, calendar, clock }, args) => {
      const { from, to } = args;
      const { hours } = await offices.getOffice(args.office);
      const days = args.days === undefined ? {} : { days: daysOf(args.days) };
      const after = { ...hours, ...given({ from, to }), ...days };
      console.log(
        describeOffice(
          await offices.setOffice(shellActor(args.by), args.office, { hours: after }),
          calendar,
          clock.now(),
        ),
      );
    },
  });
}

function paceCommand(operate: Operate) {
  return changingRecords(operate, {
    meta: { name: 'pace', description: 'how much it can take; 0 is none; what is not given stays' },
    args: {
      office,
      digests: text('digests a month, 2 at most'),
      'letters-per-hour': text('single letters an hour'),
      'letters-in-all': text('single letters in all'),
    },
    someOf: ['digests', 'letters-per-hour', 'letters-in-all'],
    run: async ({ offices }, args) => {
      const pace = given({
        digestsPerMonth: args.digests,
        lettersPerHour: args['letters-per-hour'],
        lettersInAll: args['letters-in-all'],
      });
      const numbers = Object.fromEntries(Object.entries(pace).map(([key, value]) => [key, toNumber(value)]));
      const { name, pace: after } = await offices.setPace(shellActor(args.by), args.office, numbers);
      console.log(`${name.en} gets ${paceText(after)}.`);
    },
  });
}

/** "" is no number, nor "1e3 a day". */
function toNumber(typed: string): number {
  return /^\d+$/.test(typed) ? Number(typed) : Number.NaN;
}

/** "1-5" → 1, 2, 3, 4, 5 */
function daysOf(typed: string): number[] {
  return listOf(typed).flatMap((part) => {
    const [, from = '', to = from] = /^([1-7])(?:-([1-7]))?$/.exec(part) ?? [];
    if (from === '' || to < from) throw invalidInput('--days are 1 (Monday) to 7: 1-5, or 1,2,4.');
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index);
  });
}
