import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readIncoming } from '../../src/mail/incoming/read-incoming.ts';
import { NO_SUCH_ADDRESS } from '../../src/mail/smtp-reply.ts';

const USAGE = `
How mails of other programs' test collections are read. They are not part of this repository; give their folders:

  node test/servers/collections.ts FOLDER …

In each a file expected.tsv says for each mail its path, a tab, and what may be read in it, with | between: bounce, hard,
soft, delayed, auto-reply, complaint, reply, unknown. "bounce" is one of any severity. The sources of flufl.bounce (PyPI)
and of Mail::DeliveryStatus::BounceParser (Debian) hold such mails, and say beside them what each is.
`;
const OWN = { mailDomain: 'safe-passage.example', mailFrom: 'hello@safe-passage.example' };

type Outcome = { line: string; isRight: boolean; isShut: boolean; isCalledAutomatic: boolean };

async function outcomeOf(folder: string, path: string, expected: string): Promise<Outcome> {
  const reading = await readIncoming(await readFile(join(folder, path)), { own: OWN });
  const found = reading?.found;
  const wanted = expected.split('|');
  const said = found?.kind === 'bounce' ? [found.severity, 'bounce'] : [found?.kind ?? 'no message'];
  const words = found?.kind === 'bounce' ? `${found.code ?? ''} ${found.diagnostic}` : '';
  const isGone =
    found?.kind === 'bounce' && found.severity === 'hard' && NO_SUCH_ADDRESS.has(found.code ?? '');
  return {
    line: `  ${path}: ${expected}, read as ${said[0]} ${words.replaceAll(/\s+/g, ' ').slice(0, 120)}`,
    isRight: said.some((one) => wanted.includes(one)),
    isShut: isGone && !wanted.includes('hard') && !wanted.includes('bounce'),
    isCalledAutomatic: wanted.includes('reply') && wanted.length === 1 && found?.kind === 'auto-reply',
  };
}

const folders = process.argv.slice(2);
if (folders.length === 0) console.log(USAGE);
for (const folder of folders) {
  const lines = (await readFile(join(folder, 'expected.tsv'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '');
  const outcomes: Outcome[] = [];
  for (const line of lines) {
    const [path = '', expected = ''] = line.split('\t');
    outcomes.push(await outcomeOf(folder, path, expected));
  }
  const count = (is: (outcome: Outcome) => boolean) => outcomes.filter(is).length;
  const right = count(({ isRight }) => isRight);
  console.log(
    `${basename(folder)}: ${right} of ${outcomes.length} read right (${((100 * right) / outcomes.length).toFixed(1)} %), ` +
      `${count(({ isShut }) => isShut)} addresses shut by a passing fault, ` +
      `${count(({ isCalledAutomatic }) => isCalledAutomatic)} people called automatic`,
  );
  for (const { line, isRight } of outcomes) if (!isRight) console.log(line);
}
