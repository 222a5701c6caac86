import { defineCommand } from 'citty';
import { formatTable } from '../lib/table.ts';
import type { Operate } from '../operator.ts';

export function ledgerCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'ledger', description: 'the count' },
    subCommands: {
      show: defineCommand({
        meta: { name: 'show', description: 'where the count of a petition stands' },
        args: { petition: { type: 'positional', required: true, description: 'slug' } },
        run: ({ args }) =>
          operate(async ({ petitions, ledger }) => {
            const { _id } = await petitions.getPetition(args.petition);
            const head = await ledger.head(_id);
            if (!head) return console.log('Nobody has been counted yet.');
            const { seq, at, total, added, removed, previousHash, hash } = head;
            const rows = Object.entries({
              entry: seq,
              at: at.toISOString(),
              added,
              removed,
              total,
              previousHash,
              hash,
            });
            console.log(rows.map(([name, value]) => `${name.padEnd(12)}  ${value}`).join('\n'));
          }),
      }),
      verify: defineCommand({
        meta: { name: 'verify', description: 'recompute everything and say OK, or where it breaks' },
        run: () =>
          operate(async ({ ledger }) => {
            const { ok, petitions } = await ledger.verify();
            const rows = petitions.map(({ petitionId, entries, total, faults }) => [
              petitionId,
              String(entries),
              String(total),
              faults.length === 0 ? 'OK' : faults.map(({ seq, what }) => `entry ${seq}: ${what}`).join('; '),
            ]);
            console.log(formatTable(['petition', 'entries', 'total', ''], rows));
            console.log(ok ? 'OK' : 'BROKEN');
            if (!ok) process.exitCode = 1;
          }),
      }),
    },
  });
}
