import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emailChannel } from '../../src/offices/office.ts';
import { CHILD_ENV } from '../support/child-env.ts';
import { createCli } from '../support/cli.ts';
import { DELIVERY, type IncomingRoom, OFFICE, openIncomingRoom } from './incoming-room.ts';

let room: IncomingRoom;
let command: ReturnType<typeof createCli>;

beforeAll(async () => {
  room = await openIncomingRoom();
  command = createCli(room.services);
});
afterAll(() => room.close());

/** A process takes seconds to start on a busy machine. */
const PATIENCE_MS = 60_000;

type Answer = { code: number | null; out: string; error: string };

/** The command in a process of its own, as a mail server's pipe runs it. */
function cli(args: string[], input: Buffer | string = '', env: Record<string, string> = {}): Promise<Answer> {
  const path = join(import.meta.dirname, '../../src/cli.ts');
  const child = spawn(process.execPath, [path, 'mail', ...args], {
    env: {
      ...CHILD_ENV,
      MONGODB_URI: room.uri,
      DATA_DIR: room.config.dataDir,
      NO_COLOR: '1',
      ...env,
    },
  });
  let out = '';
  let error = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    error += chunk;
  });
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, error })));
}
const notes = async () => (await room.delivery()).incoming ?? [];

describe('mail receive', () => {
  beforeEach(() => room.reset());

  test(
    'takes a message from the pipe, and the same again changes nothing',
    async () => {
      const recipient = `letters+${room.token}@safe-passage.example`;
      const args = ['receive', '--sender', 'MAILER-DAEMON', '--recipient', recipient];
      const bounce = room.corpus('dsn-postfix-no-user');
      expect(await cli(args, bounce)).toMatchObject({ code: 0, out: 'bounce\n' });
      expect(await cli(args, bounce)).toEqual({ code: 0, out: 'bounce, which came before\n', error: '' });
      expect(await notes()).toHaveLength(1);
      expect(emailChannel(await room.office())).toBeUndefined();
    },
    PATIENCE_MS,
  );

  test(
    'the empty sender is the null sender',
    async () => {
      const words = Buffer.from(
        `From: letters@office.example\nTo: letters+${room.token}@safe-passage.example\n\nThank you.`,
      );
      expect((await cli(['receive', '--sender='], words)).out).toBe('auto-reply\n');
      expect((await cli(['receive', '--sender=a@office.example'], Buffer.from(`${words} Yours`))).out).toBe(
        'reply\n',
      );
    },
    PATIENCE_MS,
  );
});

// At once: these wait for processes and for a database that is not there, and need nothing of each other.
describe.concurrent('mail receive, when it cannot', () => {
  test(
    'what cannot be read is refused for good (65), in one line',
    async () => {
      for (const input of ['', 'no header at all', Buffer.alloc(10 * 1024 * 1024 + 5, 'a: b\n')]) {
        const answer = await cli(['receive'], input);
        expect(answer).toMatchObject({ code: 65, out: '' });
        expect(answer.error).toMatch(/^(This is no mail message|The message is larger than 10 MB)[^\n]*\n$/);
      }
    },
    PATIENCE_MS,
  );

  test(
    'when the database is away the mail server keeps it and brings it again (75)',
    async () => {
      const away = { MONGODB_URI: 'mongodb://127.0.0.1:9/nothing?serverSelectionTimeoutMS=300' };
      const answer = await cli(['receive'], room.corpus('reply-english'), away);
      expect(answer.code).toBe(75);
      expect(answer.error).toMatch(/The database did not answer within 10 seconds.*\n$/);
    },
    PATIENCE_MS,
  );

  test(
    'a broken configuration loses no mail either (75)',
    async () => {
      expect((await cli(['receive'], room.corpus('reply-english'), { PORT: 'many' })).code).toBe(75);
    },
    PATIENCE_MS,
  );
});

describe('mail incoming', () => {
  beforeEach(() => room.reset());

  test('lists what came, the last first, without anybody’s address', async () => {
    expect((await command('mail', 'incoming')).out).toBe('Nothing has come.\n');
    await room.receive(room.corpus('dsn-gmail-full'), {});
    room.clock.advance(1_000);
    await room.receive(room.corpus('reply-english'), {});
    room.clock.advance(1_000);
    await room.receive(room.corpus('dsn-postfix-no-user', { local: `letters+${'0'.repeat(24)}` }), {});
    room.clock.advance(1_000);
    const local = room.bounceLocalOf('ana@home.example');
    await room.receive(room.corpus('dsn-postfix-no-user', { local, address: 'ana@home.example' }), {});
    const { out } = await command('mail', 'incoming');
    const lines = out.trim().split('\n').slice(-4);
    expect(lines[0]).toMatch(/bounce +hard no-such-address 5\.1\.1 +a person/);
    expect(lines[1]).toMatch(/refused: no token of ours/);
    expect(lines[2]).toMatch(new RegExp(`reply .*${DELIVERY}`));
    expect(lines[3]).toMatch(new RegExp(`bounce +soft full 4\\.2\\.2 +${DELIVERY}`));
    expect(out).not.toMatch(/@|home\.example/);
    expect(JSON.parse((await command('mail', 'incoming', '--json')).out)).toHaveLength(4);
  });
});

describe('mail bounce', () => {
  beforeEach(() => room.reset());

  test('an organiser’s word ends mail to a person', async () => {
    expect(await command('mail', 'bounce', 'Gone@home.example')).toEqual({
      out: 'Nothing more is sent to it.\n',
      error: '',
    });
    const key = room.emailKeyOf('gone@home.example');
    expect(await room.services.stores.suppressions.isSuppressed(key, 'all')).toBe(true);
  });

  test('and to an office', async () => {
    const { out } = await command('mail', 'bounce', 'letters@office.example');
    expect(out).toContain('It was ');
    expect(emailChannel(await room.services.offices.getOffice(OFFICE))).toBeUndefined();
  });

  test('without an address it says what is wrong', async () => {
    expect(await command('mail', 'bounce')).toEqual({ out: '', error: 'This is not an e-mail address.' });
  });
});
