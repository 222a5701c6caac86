import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadCommands } from '../../src/command-tree.ts';
import { exitCodeOf, runCommandLine } from '../../src/commands/command-line.ts';
import { isAppError } from '../../src/lib/errors.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { CHILD_ENV } from '../support/child-env.ts';

let campaign: TestCampaign;
const delivery = 'no-more-unsafe-returns:us-dhs-secretary:digest:1';

beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());
afterEach(() => {
  vi.restoreAllMocks();
});

const BY = ['--by', 'Rosa Márquez'];

type Answer = { code: number; out: string; error: string };

/** The command as an operator gives it, over the test's services: what it prints and how it ends. */
async function cli(...rawArgs: string[]): Promise<Answer> {
  const lines: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(`${line}\n`));
  const commands = await loadCommands((work) => work(campaign.services));
  let error = '';
  let code = 0;
  try {
    await runCommandLine(commands, rawArgs);
    code = Number(process.exitCode ?? 0);
  } catch (thrown) {
    if (!isAppError(thrown)) throw thrown;
    error = thrown.message;
    code = exitCodeOf(thrown);
  }
  print.mockRestore();
  process.exitCode = 0;
  return { code, out: lines.join(''), error };
}

/** The same in a process of its own, against the same database. */
function runProcess(...args: string[]): Promise<Answer> {
  const path = join(import.meta.dirname, '../../src/cli.mjs');
  const { uri, config } = campaign;
  const env = { ...CHILD_ENV, MONGODB_URI: uri, DATA_DIR: config.dataDir, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(process.execPath, [path, ...args], { env }, (failure, out, error) => {
      resolve({ code: Number(failure?.code ?? 0), out, error });
    });
  });
}
const mails = async () =>
  (await campaign.services.mailbox.list()).filter(({ to }) => to === 'letters@dhs.example');

describe('an operator’s first digest', () => {
  test('from a verified address to the mail in the mailbox, and nothing more until somebody new signs', async () => {
    await campaign.addSupporter('ana@home.example', {
      name: 'Zulema Xochitl',
      words: 'Nobody asked her anything. They held her for a night.',
      shareWords: 'on',
    });
    await campaign.count();

    const verify = ['office', 'verify', 'us-dhs-secretary', '--email', 'letters@dhs.example'];
    const source = ['--source', 'https://example.org/contact', '--checked', '2026-11-24'];
    expect(await cli(...verify, ...source, ...BY)).toMatchObject({ code: 0 });
    expect((await cli('office', 'list')).out).toMatch(/us-dhs-secretary .* verified 2026-11-24 +letters@dhs/);

    const listed = await cli('words', 'list');
    expect(listed.out).toContain('Texas, United States');
    expect(listed.out).toContain('Nobody asked her anything.');
    expect(listed.out).not.toMatch(/Zulema|home\.example/);
    const [words] = JSON.parse((await cli('words', 'list', '--json')).out);
    expect(await cli('words', 'approve', words.id, ...BY)).toMatchObject({ code: 0 });

    expect((await cli('letters', 'plan', ...BY)).out).toMatch(
      /no-more-unsafe-returns +us-dhs-secretary +planned/,
    );
    // At a quarter past four in the morning where the office is: hours hold nothing back from one under .example.
    const office = ['--office', 'us-dhs-secretary'];
    const early = await cli('letters', 'send', ...office, ...BY);
    expect(early).toMatchObject({ code: 1, out: expect.stringContaining('nobody has approved it') });
    expect(await mails()).toHaveLength(0);
    expect((await cli('letters', 'approve', ...office, ...BY)).out).toContain('1 are approved.');
    const sent = await cli('letters', 'send', ...office, ...BY);
    expect(sent).toMatchObject({ code: 0 });
    expect(sent.out).toMatch(/us-dhs-secretary +sent +250/);
    expect(await mails()).toHaveLength(1);

    const shown = (await cli('letters', 'show', delivery)).out;
    expect(shown).toContain('To: letters@dhs.example');
    expect(shown).toMatch(/1\.1 A person in Texas:\s+> Nobody asked her anything\./);
    expect(shown).not.toMatch(/Zulema|home\.example/);
    expect((await cli('letters', 'list')).out).toMatch(new RegExp(`${delivery} +sent +1–1 +1 `));

    expect((await cli('letters', 'plan', ...BY)).out).toContain('nobody new since the last one');
    expect(await cli('letters', 'send', '--all', ...BY)).toMatchObject({
      code: 0,
      out: 'Nothing is approved (letters approve).\n',
    });
    expect(await mails()).toHaveLength(1);
  });

  test('a mail that was not sent is named, and the command fails', async () => {
    await campaign.addSupporter('eva@home.example');
    await campaign.count();
    expect((await cli('letters', 'plan', '--json', ...BY)).out).toContain('"planned"');
    await cli('letters', 'approve', '--all', ...BY);
    await cli('office', 'block', 'us-dhs-secretary', ...BY);
    const refused = await cli('letters', 'send', '--all', ...BY);
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/us-dhs-secretary +there is no address to write to now/);
  });
});

describe('the other areas', () => {
  test('the count is verified and shown', async () => {
    expect(await cli('ledger', 'verify')).toMatchObject({ code: 0, out: expect.stringMatching(/OK\n$/) });
    expect(await cli('ledger', 'repair', '--all', ...BY)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^no-more-unsafe-returns: nothing to repair$/m),
    });
    expect((await cli('ledger', 'show', 'no-more-unsafe-returns')).out).toMatch(/hash +[0-9a-f]{64}\n$/);
    expect((await cli('petition', 'list')).out).toMatch(/no-more-unsafe-returns +open +2 /);
  });

  test('the outbox is shown without anybody’s address or key', async () => {
    const { out } = await cli('mail', 'list');
    expect(out).toMatch(/answer +due/);
    expect(out).not.toMatch(/@|home\.example/);
    expect(out).not.toContain(campaign.emailKeyOf('ana@home.example'));
  });

  test('an address that bounced gets nothing more', async () => {
    expect(await cli('mail', 'bounce', '--email', 'gone@home.example', ...BY)).toMatchObject({ code: 0 });
    const key = campaign.emailKeyOf('gone@home.example');
    expect(await campaign.services.stores.suppressions.isSuppressed(key, 'updates')).toBe(true);
  });

  test('who runs this is set field by field', async () => {
    expect((await cli('campaign', 'set', '--legal-name', 'Acme Rights', ...BY)).out).toContain(
      'trial installation',
    );
    expect((await cli('campaign', 'show')).out).toContain('"legalName": "Acme Rights"');
    expect((await cli('campaign', 'set', '--zone', 'Moon/Base', ...BY)).error).toContain('IANA time zone');
    expect((await cli('campaign', 'set', '--zone', 'America/Tijuana', ...BY)).out).toContain('Tijuana');
  });

  test('a person is erased on request', async () => {
    const address = 'eva@home.example';
    const erase = ['privacy', 'erase', '--email', address, '--yes', address, ...BY];
    expect((await cli(...erase)).out).toContain('Erased on 1');
    expect((await cli(...erase)).out).toContain('Nothing is held');
  });
});

describe('what cannot be done is said in one line', () => {
  test.each([
    [
      [
        'office',
        'verify',
        'nope',
        '--email',
        'a@b.example',
        '--source',
        'https://b.example',
        '--checked',
        '2026-11-24',
      ],
      'There is no office "nope".',
    ],
    [['letters', 'show', 'nope'], 'There is no delivery "nope".'],
    [
      ['letters', 'resolve', delivery, '--as', 'again'],
      `Delivery ${delivery}: it is sent, not unknown or bounced.`,
    ],
    [['words', 'approve', 'nope'], 'No words with the id "nope" are there to decide on.'],
    [['mail', 'bounce', '--email', 'nobody'], 'This is not an e-mail address.'],
  ])('%o', async (args, message) => {
    const isShown = args[1] === 'show';
    expect(await cli(...args, ...(isShown ? [] : BY))).toMatchObject({ code: 1, out: '', error: message });
  });
});

describe('in a process of its own', () => {
  test('a command answers on stdout, what went wrong stands alone on stderr', async () => {
    const [verified, missing] = await Promise.all([
      runProcess('ledger', 'verify'),
      runProcess('letters', 'show', 'nope'),
    ]);
    expect(verified).toMatchObject({ code: 0, error: '', out: expect.stringMatching(/OK\n$/) });
    expect(missing).toEqual({ code: 1, out: '', error: 'There is no delivery "nope".\n' });
  });

  test('an index that keeps the program from starting is made anew by a command that works all the same', async () => {
    const deliveries = campaign.connection.collection('signatures');
    await deliveries.dropIndex('ref_confirmed');
    await deliveries.createIndex({ ref: 1 }, { name: 'ref_confirmed' });
    expect(await runProcess('ledger', 'verify')).toMatchObject({
      code: 1,
      error: expect.stringContaining('npm run cli -- database indexes --rebuild'),
    });
    expect(await runProcess('database', 'indexes')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/signatures +ref_confirmed +unique +differs/),
    });
    expect(await runProcess('database', 'indexes', '--rebuild', ...BY)).toMatchObject({
      code: 0,
      out: 'Made ref_confirmed on signatures in the place of ref_confirmed.\n',
    });
    expect(await runProcess('ledger', 'verify')).toMatchObject({ code: 0 });
  });

  test('a command that is not there shows those that are, and help those of its area', async () => {
    const [unknown, help] = await Promise.all([
      runProcess('letters', 'burn'),
      runProcess('letters', 'resolve', '--help'),
    ]);
    expect(unknown.code).toBe(2);
    expect(unknown.error).toContain('Unknown command');
    expect(unknown.out).toMatch(/plan\|check\|approve\|send\|list/);
    expect(help).toMatchObject({ code: 0, out: expect.stringContaining('--as') });
  });
});
