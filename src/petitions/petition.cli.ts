import { defineCommand } from 'citty';
import { changingRecords, readingRecords } from '../commands/command.ts';
import { confirmTyped, yes } from '../commands/confirm.ts';
import { json, print } from '../commands/print.ts';
import { type Actor, shellActor } from '../lib/actor.ts';
import { invalidInput } from '../lib/errors.ts';
import type { Localized } from '../lib/locales.ts';
import { formatTable } from '../lib/terminal/table.ts';
import { isDoNotContact } from '../offices/office.ts';
import type { Operate } from '../operator.ts';
import type { RecordRooms } from '../record-rooms.ts';
import { waysOf } from './petition.ts';

const petition = { type: 'positional', required: true, description: 'slug' } as const;

export function petitionCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'petition', description: 'petitions' },
    subCommands: {
      list: readingRecords(operate, {
        meta: { name: 'list', description: 'every petition with its count' },
        args: { json },
        run: async ({ petitions, ledger }, args) => {
          const listed = await Promise.all(
            (await petitions.listAllPetitions()).map(async ({ _id, state, takenDown, texts }) => ({
              petition: _id,
              state: takenDown ? 'taken down' : state,
              count: (await ledger.getCount(_id)).count,
              title: texts.en.title,
            })),
          );
          print(args, listed, () =>
            formatTable(
              ['petition', 'state', 'count', 'title'],
              listed.map((row) => Object.values(row).map(String)),
            ),
          );
        },
      }),
      close: changingRecords(operate, {
        meta: { name: 'close', description: 'close it for good' },
        args: {
          petition,
          yes: yes('the slug'),
          'reason-en': { type: 'string', description: 'why, as its page says in English' },
          'reason-es': { type: 'string', description: 'why, as its page says in Spanish' },
        },
        run: async ({ petitions, ledger }, args) => {
          const reason = bothReasons(args['reason-en'], args['reason-es']);
          const { _id, texts } = await petitions.getPetition(args.petition);
          const { count } = await ledger.getCount(_id);
          await confirmTyped({
            says: `"${texts.en.title}" ends now, for good: nobody can sign it any more, ${count} stay counted, and it cannot be opened again.`,
            expected: _id,
            given: args.yes,
          });
          await petitions.closePetition(_id, shellActor(args.by), reason);
          console.log(`${args.petition} is closed.`);
        },
      }),
      pause: changingRecords(operate, {
        meta: { name: 'pause', description: 'let nobody sign it until it is resumed' },
        args: { petition },
        run: async ({ petitions }, args) => {
          await petitions.pausePetition(args.petition, shellActor(args.by));
          console.log(`${args.petition} is paused. Whoever has signed can still confirm.`);
        },
      }),
      resume: changingRecords(operate, {
        meta: { name: 'resume', description: 'open it for signatures again after a pause' },
        args: { petition },
        run: async ({ petitions }, args) => {
          await petitions.resumePetition(args.petition, shellActor(args.by));
          console.log(`${args.petition} is open again.`);
        },
      }),
      'take-down': changingRecords(operate, {
        meta: { name: 'take-down', description: 'take its pages off the site, and hold its mail to offices' },
        args: {
          petition,
          reason: { type: 'string', required: true, description: 'why; kept for colleagues, never shown' },
        },
        run: async ({ petitions }, args) => {
          await petitions.takeDown(args.petition, shellActor(args.by), args.reason);
          console.log(`${args.petition} is off the site. "petition bring-back" shows it again.`);
        },
      }),
      'bring-back': changingRecords(operate, {
        meta: { name: 'bring-back', description: 'show it again after it was taken down' },
        args: { petition },
        run: async ({ petitions }, args) => {
          await petitions.bringBack(args.petition, shellActor(args.by));
          console.log(`${args.petition} is on the site again.`);
        },
      }),
      ways: changingRecords(operate, {
        meta: { name: 'ways', description: 'by what ways its words reach its offices' },
        args: {
          petition,
          office: { type: 'positional', required: false, description: 'id of an office; else all of them' },
          set: { type: 'string', description: 'digest, letters, hand; with commas between; or none' },
        },
        changesWith: 'set',
        run: async (services, args) => {
          if (args.set !== undefined)
            await setWays(services, args.petition, args.office, args.set, shellActor(args.by));
          await printWays(services, args.petition, args.office);
        },
      }),
    },
  });
}

/** The page says it in both languages, or in neither. */
function bothReasons(en: string | undefined, es: string | undefined): Localized<string> | undefined {
  if (en === undefined && es === undefined) return undefined;
  if (en === undefined || es === undefined)
    throw invalidInput('Say why in both languages: --reason-en and --reason-es.');
  return { en, es };
}

async function setWays(
  services: RecordRooms,
  slug: string,
  officeId: string | undefined,
  set: string,
  actor: Actor,
): Promise<void> {
  if (officeId === undefined)
    throw invalidInput('--set is for one office: petition ways <petition> <office> --set …');
  const ways = set === 'none' ? [] : set.split(',').map((way) => way.trim());
  const chosen = await services.petitions.setWays(slug, officeId, ways, actor);
  const office = await services.offices.getOffice(officeId);
  if (chosen.length > 0 && isDoNotContact(office))
    console.log('Nothing reaches it while it is marked do-not-contact (office show).');
  else if (office.isPostOnly && chosen.some((way) => way !== 'hand'))
    console.log('It is written to by post only: of these ways, only "hand" has an effect.');
}

async function printWays({ petitions }: RecordRooms, slug: string, officeId?: string): Promise<void> {
  const found = await petitions.getPetition(slug);
  if (officeId !== undefined && !found.officeIds.includes(officeId))
    throw invalidInput(`${slug} does not write to "${officeId}".`);
  const rows = found.officeIds
    .filter((id) => officeId === undefined || id === officeId)
    .map((id) => [id, waysOf(found, id).join(', ') || 'none']);
  console.log(formatTable(['office', 'ways'], rows));
}
