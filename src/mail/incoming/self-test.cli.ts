import { userInfo } from 'node:os';
import type { Services } from '../../composition.ts';
import { AppError } from '../../lib/errors.ts';

const SAMPLE = [
  'From: Jane Roe <jane@office.example>',
  'To: letters@safe-passage.example',
  'Subject: =?utf-8?q?Un_acuse?=',
  '',
  'Recibimos su carta.',
  '',
].join('\n');

/**
 * What the pipe would take mail with, in words, and every step of taking it but the last. Nothing is written.
 * @throws what would have kept a message from being taken
 */
export async function selfTest({ config, incoming, keptMail, keys, clock }: Services): Promise<void> {
  const { mailDomain, mailFrom, mongodbUri, dataDir } = config;
  const reading = await keptMail.readMail({ raw: Buffer.from(SAMPLE) });
  if (reading?.subject !== 'Un acuse')
    throw new AppError('INTERNAL', { message: 'A sample message was not read.' });
  const [newest] = await incoming.listLatest(1);
  const rows = [
    ['node', `${process.versions.node}, ${process.execPath}`],
    ['user', userInfo().username],
    ['folder', process.cwd()],
    ['database', mongodbUri ? withoutPassword(mongodbUri) : `of the server that runs on ${dataDir}`],
    ['keys', `the ring opens (${keys.data.all.size} for data)`],
    ['takes', `letters+…, replies+… and bounces+… at ${mailDomain}`],
    ['for the organisers', `${mailFrom}, and postmaster, abuse, letters, replies, bounces at ${mailDomain}`],
    ['reading', 'a sample message was read'],
    ['the last that came', newest ? `${newest.kind} at ${newest.at.toISOString()}` : 'nothing yet'],
    ['now', clock.now().toISOString()],
  ];
  for (const [what, words] of rows) console.log(`${`${what}:`.padEnd(20)} ${words}`);
  console.log('A message would be taken.');
}

function withoutPassword(uri: string): string {
  return uri.replace(/\/\/[^@/]*@/, '//…@');
}
