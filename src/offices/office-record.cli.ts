import { changing, changingRecords } from '../commands/command.ts';
import { shellActor } from '../lib/actor.ts';
import { invalidInput } from '../lib/errors.ts';
import type { Operate } from '../operator.ts';
import { describeOffice } from './office.text.ts';
import { given, listOf, needed, office, text } from './office-argument.ts';

const enforces = {
  type: 'string',
  description: 'yes or no: it detains or deports itself; until it is said, people are told that it does',
} as const;
const department = {
  type: 'string',
  description: 'DHS: its department takes petitions by 6 CFR Part 3',
} as const;
const washington = {
  type: 'boolean',
  description: 'in or about Washington, D.C., where Inauguration Day is kept',
} as const;

export function addCommand(operate: Operate) {
  return changingRecords(operate, {
    meta: { name: 'add', description: 'a further office; helplines are refused' },
    args: {
      office: { ...office, description: 'a short name for it, such as mx-procuraduria' },
      'name-en': needed('its name in English'),
      'name-es': needed('its name in Spanish'),
      short: text('what subjects of mails call it, such as INM'),
      'short-es': text('the same in Spanish, where that is another'),
      country: needed('US or MX: whose holidays it keeps'),
      zone: needed('IANA time zone, such as America/Mexico_City'),
      language: needed('en or es: what we write to it in'),
      languages: text('all that it answers in: en,es'),
      'post-only': { type: 'boolean', description: 'it serves people in need: never by e-mail' },
      washington,
      enforces,
      department,
    },
    run: async ({ offices }, args) => {
      const { country, zone, language } = args;
      const added = await offices.addOffice(shellActor(args.by), {
        _id: args.office,
        name: { en: args['name-en'], es: args['name-es'] },
        ...(args.short && { short: { en: args.short, es: args['short-es'] ?? args.short } }),
        country,
        zone,
        language,
        languages: listOf(args.languages ?? language),
        isPostOnly: args['post-only'] === true,
        isInWashington: args.washington === true,
        ...factsOf(args),
      });
      console.log(`${added.name.en} is there. How it is reached comes next (office verify, office channel).`);
    },
  });
}

/** @throws INPUT_INVALID for anything but yes and no */
function factsOf(args: { enforces?: string | undefined; department?: string | undefined }) {
  const { enforces: said, department: named } = args;
  if (said !== undefined && said !== 'yes' && said !== 'no') throw invalidInput('--enforces: yes or no.');
  return {
    ...(said !== undefined && { enforcesImmigrationLaw: said === 'yes' }),
    ...(named !== undefined && { department: named }),
  };
}

export function setCommand(operate: Operate) {
  return changing(operate, {
    meta: { name: 'set', description: 'change its names, languages or zone; what is not given stays' },
    args: {
      office,
      'name-en': text('its name in English'),
      'name-es': text('its name in Spanish'),
      short: text('what subjects of mails call it, in both languages'),
      'short-es': text('the same in Spanish, where that is another'),
      zone: text('IANA time zone'),
      language: text('en or es: what we write to it in'),
      languages: text('all that it answers in: en,es'),
      'post-only': { type: 'boolean', description: 'for good: never by e-mail' },
      washington,
      'not-washington': { type: 'boolean', description: 'it is not there: takes that mark off again' },
      enforces,
      department,
    },
    someOf: [
      'name-en',
      'name-es',
      'short',
      'short-es',
      'zone',
      'language',
      'languages',
      'post-only',
      'washington',
      'not-washington',
      'enforces',
      'department',
    ],
    run: async ({ offices, calendar, clock }, args) => {
      const { zone, language, languages } = args;
      if (args.washington && args['not-washington'])
        throw invalidInput('--washington and --not-washington: it is one of the two.');
      const name = given({ en: args['name-en'], es: args['name-es'] });
      const short = given({ en: args.short, es: args['short-es'] ?? args.short });
      await offices.setOffice(shellActor(args.by), args.office, {
        ...given({ zone, language }),
        ...factsOf(args),
        ...((args.washington || args['not-washington']) && { isInWashington: args.washington === true }),
        ...(languages !== undefined && { languages: listOf(languages) }),
        ...(Object.keys(name).length > 0 && { name }),
        ...(Object.keys(short).length > 0 && { short }),
      });
      if (args['post-only']) await offices.setPostOnly(shellActor(args.by), args.office);
      console.log(describeOffice(await offices.getOffice(args.office), calendar, clock.now()));
    },
  });
}
