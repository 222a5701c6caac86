import { defineCommand } from 'citty';
import { formatTable } from '../lib/table.ts';
import type { Operate } from '../operator.ts';

export function ledgerCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'ledger', description: 'the count' },
    subCommands: {
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
