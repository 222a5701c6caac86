import { defineCommand } from 'citty';
import { changingRecords, readingRecords } from '../commands/command.ts';
import { json, print } from '../commands/print.ts';
import { formatTable } from '../lib/terminal/table.ts';
import type { Operate } from '../operator.ts';
import type { RepairReport } from './repair-report.ts';

function repairText(report: RepairReport): string {
  const { petitionId, unmarked, dueAgain, isTallyRebuilt, takenOver, isBroken, toldBefore } = report;
  const found = [
    ...(isBroken ? ['entries are missing between others: see ledger verify'] : []),
    ...(unmarked > 0
      ? [`${unmarked} people bore the mark of an entry that is not there and are due again`]
      : []),
    ...(dueAgain > 0 ? [`${dueAgain} people should have been due and are now`] : []),
    ...(takenOver > 0 ? [`${takenOver} people had been counted already and are not counted twice`] : []),
    ...(toldBefore > 0
      ? [`${toldBefore} people whom a digest had told of are counted again, and no other tells of them`]
      : []),
    ...(isTallyRebuilt ? ['the tally was made again from the entries'] : []),
  ];
  return `${petitionId}: ${found.length === 0 ? 'nothing to repair' : found.join('; ')}`;
}

function correctionText(unaccounted: number, corrected: number | null | false | undefined): string {
  const what =
    unaccounted > 0
      ? `the ledger counts ${unaccounted} people whose signatures are not in this database`
      : `${-unaccounted} people stand in the count whom the ledger does not count`;
  if (typeof corrected === 'number') return `  ${what}: corrected by an entry`;
  if (corrected === null) return `  ${what}: people were counted meanwhile, run it again`;
  return `  ${what}. Restore the newer copy of the signatures, or run it with --correct`;
}

export function ledgerCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'ledger', description: 'the count' },
    subCommands: {
      show: showCommand(operate),
      repair: repairCommand(operate),
      verify: verifyCommand(operate),
    },
  });
}

function showCommand(operate: Operate) {
  return readingRecords(operate, {
    meta: { name: 'show', description: 'where the count of a petition stands' },
    args: { petition: { type: 'positional', required: true, description: 'slug' }, json },
    run: async ({ petitions, ledger }, args) => {
      const { _id } = await petitions.getPetition(args.petition);
      const head = await ledger.head(_id);
      const { seq: entry, at, total, added, removed, previousHash, hash } = head ?? {};
      const shown = head ? { entry, at: at?.toISOString(), added, removed, total, previousHash, hash } : null;
      print(args, shown, () =>
        shown
          ? Object.entries(shown)
              .map(([name, value]) => `${name.padEnd(12)}  ${value}`)
              .join('\n')
          : 'Nobody has been counted yet.',
      );
    },
  });
}

function repairCommand(operate: Operate) {
  return changingRecords(operate, {
    meta: {
      name: 'repair',
      description: 'after a restore: bring ledger, tally and signatures together again',
    },
    args: {
      petition: { type: 'string', description: 'slug' },
      all: { type: 'boolean', description: 'every petition' },
      correct: {
        type: 'boolean',
        description: 'take out of the count, by an entry, whom it counts and the database does not hold',
      },
    },
    oneOf: ['petition', 'all'],
    run: async ({ petitions, ledger }, { petition, correct }) => {
      const reports = petition
        ? [await ledger.repairPetition((await petitions.getPetition(petition))._id, true)]
        : await ledger.repairAll(true);
      for (const report of reports) {
        console.log(repairText(report));
        if (!report.unaccounted) continue;
        const corrected = correct && (await ledger.correct(report.petitionId));
        console.log(correctionText(report.unaccounted, corrected));
        if (typeof corrected !== 'number') process.exitCode = 1;
      }
      if (reports.some(({ isBroken }) => isBroken)) process.exitCode = 1;
    },
  });
}

function verifyCommand(operate: Operate) {
  return readingRecords(operate, {
    meta: { name: 'verify', description: 'recompute everything and say OK, or where it breaks' },
    args: { json },
    run: async ({ ledger }, args) => {
      const verified = await ledger.verify();
      const { ok, petitions } = verified;
      const rows = petitions.map(({ petitionId, entries, total, faults }) => [
        petitionId,
        String(entries),
        String(total),
        faults.length === 0 ? 'OK' : faults.map(({ seq, what }) => `entry ${seq}: ${what}`).join('; '),
      ]);
      const verdict = ok ? 'OK' : 'BROKEN';
      print(args, verified, () => `${formatTable(['petition', 'entries', 'total', ''], rows)}\n${verdict}`);
      if (!ok) process.exitCode = 1;
    },
  });
}
