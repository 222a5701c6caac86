import type { Config } from '../config.ts';
import type { FromPart } from './part-words.ts';

/** What is printed once, when everything is ready. `publicUrl` is that of the installation. */
export function announce(
  { smtpUrl, dataDir }: Pick<Config, 'smtpUrl' | 'dataDir'>,
  { publicUrl, firstOrganiser }: FromPart,
  way: string | undefined,
): void {
  const lines = [
    '',
    `  Safe Passage is running at ${publicUrl}`,
    ...(firstOrganiser ? [`  First organiser: ${firstOrganiser}`] : []),
    ...(smtpUrl ? [] : [`  Mail lands in the local mailbox at ${publicUrl}/mailbox`]),
    way ? `  Data lie in ${dataDir} (database: ${way})` : '  Data lie in the database of MONGODB_URI',
    '  Operator commands: npm run cli -- --help',
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
