import { defineCommand } from 'citty';
import { reading } from '../commands/command.ts';
import { json, print } from '../commands/print.ts';
import { invalidInput } from '../lib/errors.ts';
import { formatTable } from '../lib/terminal/table.ts';
import type { Operate } from '../operator.ts';
import { holidaysOf } from './holidays.ts';
import { office } from './office-argument.ts';

export function holidayCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'holiday', description: 'days on which offices are closed by law' },
    subCommands: {
      list: reading(operate, {
        meta: { name: 'list', description: 'those of an office in a year' },
        args: { office, year: { type: 'string', description: 'YYYY; else this year' }, json },
        run: async ({ offices, calendar, holidays, clock }, args) => {
          const one = await offices.getOffice(args.office);
          const year = args.year ?? calendar.dayOf(one, clock.now()).slice(0, 4);
          if (!/^\d{4}$/.test(year)) throw invalidInput('--year is YYYY.');
          const days = holidaysOf(holidays, one, Number(year));
          const rows = days.map(({ day, name, isShifted }) => [
            day,
            isShifted ? `${name.en} (kept on this day)` : name.en,
          ]);
          print(args, days, () => formatTable(['day', holidays[one.country].law], rows));
        },
      }),
    },
  });
}
