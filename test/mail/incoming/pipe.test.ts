import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emailChannel } from '../../../src/offices/office.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { type IncomingRoom, openIncomingRoom } from './incoming-room.ts';
import { PIPE, runPipe } from './pipe.ts';

/** A process takes seconds to start on a busy machine. */
const PATIENCE_MS = 60_000;
const CLI: [string, string] = [process.execPath, join(import.meta.dirname, '../../../src/cli.mjs')];

let room: IncomingRoom;
let empty: TestDatabase;
let folder: string;
let envFile: string;

beforeAll(async () => {
  room = await openIncomingRoom();
  empty = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'pipe-'));
  envFile = join(folder, 'environment');
  await writeFile(envFile, `MONGODB_URI='${room.uri}'\nDATA_DIR=${room.config.dataDir}\n`, { mode: 0o600 });
});
afterAll(async () => {
  await Promise.all([room.close(), empty.drop(), rm(folder, { recursive: true })]);
});

const letters = () => `letters+${room.token}@safe-passage.example`;
const kept = () => room.connection.collection('incomingMessages').countDocuments();

describe('the pipe of a mail server', { timeout: PATIENCE_MS }, () => {
  beforeEach(() => room.reset());

  test('takes a message under the environment that Postfix clears, and the same again changes nothing', async () => {
    const args = [`--env-file=${envFile}`, '--sender=MAILER-DAEMON', `--recipient=${letters()}`];
    const bounce = room.corpus('dsn-postfix-no-user');
    expect(await runPipe(args, bounce)).toEqual({ code: 0, out: 'bounce\n', error: '' });
    expect(await runPipe(args, bounce)).toEqual({ code: 0, out: 'bounce, which came before\n', error: '' });
    expect((await room.delivery()).incoming).toHaveLength(1);
    expect(emailChannel(await room.office())).toBeUndefined();
  });

  test('one mail to several of our addresses is taken for each', async () => {
    const recipients = [letters(), 'hello@safe-passage.example', 'nobody@safe-passage.example'];
    const args = [`--env-file=${envFile}`, '--sender=jane@office.example'];
    const all = [...args, ...recipients.map((address) => `--recipient=${address}`)];
    expect(await runPipe(all, room.corpus('reply-english'))).toMatchObject({
      code: 0,
      out: 'reply; reply\n',
    });
    expect(await kept()).toBe(2);
  });

  test('the empty sender is the null sender', async () => {
    const words = `From: letters@office.example\nTo: ${letters()}\n\nThank you.`;
    const args = [`--env-file=${envFile}`];
    expect((await runPipe([...args, '--sender='], words)).out).toBe('auto-reply\n');
    expect((await runPipe([...args, '--sender=a@office.example'], `${words} Yours`)).out).toBe('reply\n');
  });

  test('takes the envelope from where Exim writes it', async () => {
    const envelope = { SENDER: '', RECIPIENT: letters() };
    const words = `From: letters@office.example\nTo: somebody@elsewhere.example\n\nThank you.`;
    const args = [`--env-file=${envFile}`, '--exim'];
    expect((await runPipe(args, words, envelope)).out).toBe('auto-reply\n');
    expect((await room.delivery()).incoming).toHaveLength(1);
  });

  test('`mail receive` of the commands is the same', async () => {
    const args = ['mail', 'receive', `--env-file=${envFile}`, `--recipient=${letters()}`];
    expect(await runPipe(args, room.corpus('reply-english'), {}, CLI)).toMatchObject({
      code: 0,
      out: 'reply\n',
    });
  });
});

describe.concurrent('what is never to be taken', { timeout: PATIENCE_MS }, () => {
  test.for([
    ['no message at all', ''],
    ['no header', 'no header at all'],
    ['over 10 MB', Buffer.alloc(10 * 1024 * 1024 + 5, 'a: b\n')],
  ] as const)('%s is refused for good (65), in one line', async ([, input], { expect }) => {
    const answer = await runPipe([`--env-file=${envFile}`], input);
    expect(answer).toMatchObject({ code: 65, out: '' });
    expect(answer.error).toMatch(/^(This is no mail message|The message is larger than 10 MB)[^\n]*\n$/);
  });

  test('an address of our domain that nobody has is refused as such (67)', async ({ expect }) => {
    const args = [`--env-file=${envFile}`, '--recipient=nobody@safe-passage.example'];
    expect(await runPipe(args, room.corpus('reply-english'))).toEqual({
      code: 67,
      out: '',
      error: 'There is no such address.\n',
    });
  });
});

type Fault = { what: string; args?: string[]; env?: () => Record<string, string>; says: RegExp };

const faults: Fault[] = [
  { what: 'a mistyped option', args: ['--recipent=a@safe-passage.example'], says: /mistyped.*--recipent/ },
  { what: 'a word too many', args: ['receive'], says: /mistyped/ },
  { what: 'an option without its value', args: ['--recipient'], says: /mistyped/ },
  { what: 'no file of variables', args: ['--env-file=/nowhere/environment'], says: /--env-file, \/nowhere/ },
  {
    what: 'a folder without a server',
    env: () => ({ DATA_DIR: '/nonexistent/data' }),
    says: /No server runs on/,
  },
  {
    what: 'a folder of its own that could be written',
    env: () => ({ DATA_DIR: join(folder, 'new') }),
    says: /No server runs on/,
  },
  {
    what: 'another database',
    env: () => ({ MONGODB_URI: empty.uri, DATA_DIR: folder }),
    says: /no key ring/,
  },
  {
    what: 'another master key',
    env: () => ({ MONGODB_URI: room.uri, MASTER_KEY: 'a'.repeat(64) }),
    says: /keys do not open/,
  },
  {
    what: 'no master key',
    env: () => ({ MONGODB_URI: room.uri, DATA_DIR: folder }),
    says: /keys do not open/,
  },
  {
    what: 'a database that is away',
    env: () => ({ MONGODB_URI: 'mongodb://127.0.0.1:9/nothing?serverSelectionTimeoutMS=300' }),
    says: /The database did not answer/,
  },
  { what: 'a broken configuration', env: () => ({ PORT: 'many' }), says: /PORT/ },
  {
    what: 'a domain that is not ours',
    args: ['--recipient=letters+0123456789abcdef01234567@campaign.example'],
    env: () => ({ MONGODB_URI: room.uri, DATA_DIR: room.config.dataDir }),
    says: /MAIL_DOMAIN is safe-passage\.example/,
  },
  {
    what: 'a node that is not there',
    env: () => ({ SAFE_PASSAGE_NODE: '/nowhere/node' }),
    says: /\/nowhere\/node/,
  },
  { what: 'a node that is killed', env: () => ({ SAFE_PASSAGE_NODE: join(folder, 'killed') }), says: /^/ },
  {
    what: 'a node that is too old',
    env: () => ({ SAFE_PASSAGE_NODE: join(folder, 'old') }),
    says: /needs Node 24.*20\.20\.2/,
  },
];

describe('what is a matter of set-up', { timeout: PATIENCE_MS }, () => {
  beforeAll(async () => {
    await writeFile(join(folder, 'killed'), '#!/bin/sh\nkill -9 $$\n', { mode: 0o755 });
    const version = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`;
    const old = `#!/bin/sh\nexec ${process.execPath} --import "data:text/javascript,${encodeURIComponent(version)}" "$@"\n`;
    await writeFile(join(folder, 'old'), old, { mode: 0o755 });
  });

  describe.concurrent('the mail server keeps the mail, and brings it again (75)', () => {
    test.for(faults)('$what', async ({ args = [], env, says }, { expect }) => {
      const answer = await runPipe(args, room.corpus('reply-english'), env?.());
      expect(answer).toMatchObject({ code: 75, out: '' });
      expect(answer.error).toMatch(says);
      // One sentence, and never a log line or a stack: it may stand in a report to the sender.
      expect(answer.error.trim().split('\n').length).toBeLessThanOrEqual(1);
      expect(answer.error).not.toMatch(/^\{|^\s+at /m);
    });

    test('also when `mail receive` of the commands is mistyped', async ({ expect }) => {
      expect(await runPipe(['mail', 'receive', '--recipent=x'], 'a: b\n\n', {}, CLI)).toMatchObject({
        code: 75,
      });
    });
  });

  test('nothing was made by any of them: no database, no key, no folder', async () => {
    expect(existsSync(join(folder, 'new'))).toBe(false);
    expect((await readdir(folder)).sort()).toEqual(['environment', 'killed', 'old']);
    expect(await empty.connection.db?.listCollections().toArray()).toEqual([]);
  });
});

describe.concurrent('the self-test', { timeout: PATIENCE_MS }, () => {
  test('says with what mail would be taken, and takes none', async ({ expect }) => {
    const answer = await runPipe([`--env-file=${envFile}`, '--self-test']);
    expect(answer).toMatchObject({ code: 0, error: '' });
    for (const words of [process.versions.node, 'at safe-passage.example', 'A message would be taken.'])
      expect(answer.out).toContain(words);
    expect(answer.out).not.toMatch(/MASTER_KEY|password/);
  });

  test('says what is wrong, and exits as the pipe would', async ({ expect }) => {
    const answer = await runPipe(['--self-test'], '', { DATA_DIR: join(folder, 'new') });
    expect(answer).toMatchObject({ code: 75, out: '', error: expect.stringContaining('No server runs on') });
  });

  test('the pipe is a program that may be run', ({ expect }) => {
    expect(existsSync(PIPE)).toBe(true);
  });
});
