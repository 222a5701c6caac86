import { type CommandDef, defineCommand } from 'citty';
import type { OverDatabase } from './database/database.cli.ts';
import { type Operate, overDatabase } from './operator.ts';

type Load = (operate: Operate, withDatabase: OverDatabase) => Promise<CommandDef>;

/** Each area's commands; the code of an area is read only when it is asked for. */
const AREAS: Record<string, Load> = {
  campaign: async (operate) => (await import('./campaign/campaign.cli.ts')).campaignCommand(operate),
  office: async (operate) => (await import('./offices/office.cli.ts')).officeCommand(operate),
  petition: async (operate) => (await import('./petitions/petition.cli.ts')).petitionCommand(operate),
  words: async (operate) => (await import('./words/words.cli.ts')).wordsCommand(operate),
  updates: async (operate) => (await import('./updates/update.cli.ts')).updatesCommand(operate),
  letters: async (operate) => (await import('./letters/letter.cli.ts')).lettersCommand(operate),
  pack: async (operate) => (await import('./packs/pack.cli.ts')).packCommand(operate),
  answers: async (operate) => (await import('./answers/answer.cli.ts')).answersCommand(operate),
  ledger: async (operate) => (await import('./ledger/ledger.cli.ts')).ledgerCommand(operate),
  tracking: async (operate) => (await import('./tracking/tracking.cli.ts')).trackingCommand(operate),
  mail: async (operate) => {
    const { receiveCommand, incomingCommand } = await import('./mail/incoming/incoming.cli.ts');
    const comingBack = { receive: receiveCommand(), incoming: incomingCommand(operate) };
    return (await import('./mail/mail.cli.ts')).mailCommand(operate, comingBack);
  },
  audit: async (operate) => (await import('./audit/audit.cli.ts')).auditCommand(operate),
  organiser: async (operate) => (await import('./organisers/organiser.cli.ts')).organiserCommand(operate),
  privacy: async (operate) => (await import('./signatures/privacy.cli.ts')).privacyCommand(operate),
  database: async (_operate, withDatabase) => {
    const { databaseCommand } = await import('./database/database.cli.ts');
    const { declaredIndexes } = await import('./declared-indexes.ts');
    return databaseCommand(withDatabase, declaredIndexes);
  },
};

/**
 * The operator commands, by area.
 * @param word the first that was typed: where it names an area, that one alone is loaded
 */
export async function loadCommands(
  operate: Operate,
  options: { word?: string | undefined; withDatabase?: OverDatabase } = {},
): Promise<CommandDef> {
  const { word = '', withDatabase = overDatabase } = options;
  const names = Object.hasOwn(AREAS, word) ? [word] : Object.keys(AREAS);
  const loaded = names.map(async (name) => [name, await AREAS[name]?.(operate, withDatabase)]);
  return defineCommand({
    meta: { name: 'npm run cli --', description: 'Safe Passage, operator commands' },
    subCommands: Object.fromEntries(await Promise.all(loaded)),
  });
}
