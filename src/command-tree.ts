import { defineCommand } from 'citty';
import { answersCommand } from './answers/answer.cli.ts';
import { campaignCommand } from './campaign/campaign.cli.ts';
import { databaseCommand, type OverDatabase } from './database/database.cli.ts';
import { declaredIndexes } from './declared-indexes.ts';
import { ledgerCommand } from './ledger/ledger.cli.ts';
import { lettersCommand } from './letters/letter.cli.ts';
import { mailCommand } from './mail/mail.cli.ts';
import { officeCommand } from './offices/office.cli.ts';
import { type Operate, overDatabase } from './operator.ts';
import { packCommand } from './packs/pack.cli.ts';
import { petitionCommand } from './petitions/petition.cli.ts';
import { privacyCommand } from './signatures/privacy.cli.ts';
import { wordsCommand } from './words/words.cli.ts';

/** Every operator command, by area. */
export function createCommands(operate: Operate, withDatabase: OverDatabase = overDatabase) {
  return defineCommand({
    meta: { name: 'npm run cli --', description: 'Safe Passage, operator commands' },
    subCommands: {
      campaign: campaignCommand(operate),
      office: officeCommand(operate),
      petition: petitionCommand(operate),
      words: wordsCommand(operate),
      letters: lettersCommand(operate),
      pack: packCommand(operate),
      answers: answersCommand(operate),
      ledger: ledgerCommand(operate),
      mail: mailCommand(operate),
      privacy: privacyCommand(operate),
      database: databaseCommand(withDatabase, declaredIndexes),
    },
  });
}
