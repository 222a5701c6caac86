import { defineCommand } from 'citty';
import type { Connection } from 'mongoose';
import { mending } from '../commands/command.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import type { Logger } from '../lib/logger.ts';
import { formatTable } from '../lib/terminal/table.ts';
import { compareIndexes, rebuildIndexes } from './indexes.ts';

/** Reaches the database alone: what keeps the services from starting is mended here. */
export type OverDatabase = (work: (connection: Connection, logger: Logger) => Promise<void>) => Promise<void>;

export function databaseCommand(overDatabase: OverDatabase, declarations: readonly IndexDeclaration[]) {
  return defineCommand({
    meta: { name: 'database', description: 'the database itself, also where the program refuses to start' },
    subCommands: {
      indexes: mending({
        meta: { name: 'indexes', description: 'whether each index is what this version declares' },
        args: {
          rebuild: {
            type: 'boolean',
            description: 'make those anew that are not, unique ones too; stop every server first',
          },
        },
        changesWith: 'rebuild',
        run: (args) =>
          overDatabase(async (connection, logger) => {
            if (args.rebuild) {
              logger.warn({ by: args.by }, 'database.indexes-rebuilt');
              const rebuilt = await rebuildIndexes(connection, declarations, logger);
              for (const { declaration, others } of rebuilt) {
                const { collection, options } = declaration;
                const instead = others.length > 0 ? ` in the place of ${others.join(', ')}` : '';
                console.log(`Made ${options.name} on ${collection}${instead}.`);
              }
              if (rebuilt.length === 0) console.log('Every index is as declared.');
              return;
            }
            const states = await compareIndexes(connection, declarations);
            const rows = states.map(({ declaration: { collection, options }, state }) => [
              collection,
              options.name,
              options.unique ? 'unique' : '',
              state,
            ]);
            console.log(formatTable(['collection', 'index', '', 'state'], rows));
            if (states.some(({ state }) => state !== 'there')) process.exitCode = 1;
          }),
      }),
    },
  });
}
