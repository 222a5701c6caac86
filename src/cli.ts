import { defineCommand, runCommand, showUsage } from 'citty';
import { campaignCommand } from './campaign/campaign.cli.ts';
import { ledgerCommand } from './ledger/ledger.cli.ts';
import { lettersCommand } from './letters/letter.cli.ts';
import { isAppError } from './lib/errors.ts';
import { mailCommand } from './mail/mail.cli.ts';
import { officeCommand } from './offices/office.cli.ts';
import { operate } from './operator.ts';
import { petitionCommand } from './petitions/petition.cli.ts';
import { privacyCommand } from './signatures/privacy.cli.ts';
import { wordsCommand } from './signatures/words.cli.ts';

const main = defineCommand({
  meta: { name: 'npm run cli --', description: 'Safe Passage, operator commands' },
  subCommands: {
    campaign: campaignCommand(operate),
    office: officeCommand(operate),
    petition: petitionCommand(operate),
    words: wordsCommand(operate),
    letters: lettersCommand(operate),
    ledger: ledgerCommand(operate),
    mail: mailCommand(operate),
    privacy: privacyCommand(operate),
  },
});

const rawArgs = process.argv.slice(2);
try {
  if (rawArgs.length === 0 || rawArgs.includes('--help')) await help();
  else await runCommand(main, { rawArgs });
} catch (error) {
  process.exitCode = 1;
  if (isAppError(error)) console.error(error.message);
  else if (error instanceof Error && error.name === 'CLIError') {
    console.error(`${error.message}\n`);
    await help();
  } else throw error;
}

/** Of the area that is named, else of all. */
async function help(): Promise<void> {
  const areas = main.subCommands as Record<string, typeof main>;
  const area = areas[rawArgs[0] ?? ''];
  await (area ? showUsage(area, main) : showUsage(main));
}
