import { defineCommand } from 'citty';
import { changingRecords, readingRecords } from '../commands/command.ts';
import { confirmTyped, yes } from '../commands/confirm.ts';
import { json, print } from '../commands/print.ts';
import { invalidInput } from '../lib/errors.ts';
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
            (await petitions.listPetitions()).map(async ({ _id, state, texts }) => ({
              petition: _id,
              state,
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
        args: { petition, yes: yes('the slug') },
        run: async ({ petitions, ledger }, args) => {
          const { _id, texts } = await petitions.getPetition(args.petition);
          const { count } = await ledger.getCount(_id);
          await confirmTyped({
            says: `"${texts.en.title}" ends now, for good: nobody can sign it any more, ${count} stay counted, and it cannot be opened again.`,
            expected: _id,
            given: args.yes,
          });
          await petitions.closePetition(_id);
          console.log(`${args.petition} is closed.`);
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
          if (args.set !== undefined) await setWays(services, args.petition, args.office, args.set);
          await printWays(services, args.petition, args.office);
        },
      }),
    },
  });
}

async function setWays(
  services: RecordRooms,
  slug: string,
  officeId: string | undefined,
  set: string,
): Promise<void> {
  if (officeId === undefined)
    throw invalidInput('--set is for one office: petition ways <petition> <office> --set …');
  const ways = set === 'none' ? [] : set.split(',').map((way) => way.trim());
  const chosen = await services.petitions.setWays(slug, officeId, ways);
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
