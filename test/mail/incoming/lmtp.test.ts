import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/lib/logger.ts';
import { createLmtp } from '../../../src/mail/incoming/lmtp.ts';
import { connectLmtp, type LmtpClient } from '../../support/lmtp.ts';
import { type IncomingRoom, openIncomingRoom } from './incoming-room.ts';

let room: IncomingRoom;
let lmtp: ReturnType<typeof createLmtp>;
let client: LmtpClient;
let port: number;

beforeAll(async () => {
  room = await openIncomingRoom();
});
afterAll(() => room.close());

type Receive = Parameters<typeof createLmtp>[0]['receiveForAll'];
async function open(receiveForAll: Receive = room.services.incoming.receiveForAll, deadlineMs?: number) {
  const own = room.config;
  lmtp = createLmtp({ port: 0, receiveForAll, own, logger: silentLogger, ...(deadlineMs && { deadlineMs }) });
  port = await lmtp.listen();
  client = await connectLmtp(port);
}
beforeEach(() => room.reset());
afterEach(async () => {
  client.end();
  await lmtp.close();
});

const at = (name: string) => `${name}@safe-passage.example`;
const letters = () => at(`letters+${room.token}`);
const kept = async () => {
  const records = await room.services.stores.incoming.listLatest(20);
  return Promise.all(records.map(({ _id }) => room.services.keptMail.getMail(_id.slice(2))));
};

describe('what a mail server hands over by LMTP', () => {
  beforeEach(() => open());

  test('is taken, and taken once however often it comes', async () => {
    const given = { recipients: [letters()], raw: room.corpus('dsn-postfix-no-user') };
    expect(await client.deliver(given)).toEqual(['250 2.6.0 taken as bounce']);
    expect(await client.deliver(given)).toEqual(['250 2.6.0 taken as bounce']);
    expect((await room.delivery()).incoming).toMatchObject([{ kind: 'bounce', code: '5.1.1' }]);
  });

  test('arrives byte for byte, with dots at the start of lines', async () => {
    const raw = Buffer.from(
      `From: jane@office.example\r\nSubject: dots\r\nMessage-ID: <dots@office.example>\r\n\r\n.\r\n..\r\n.We answer.\r\nñ\r\n`,
    );
    await client.deliver({ sender: 'jane@office.example', recipients: [letters()], raw });
    expect((await kept()).map((one) => one.raw.toString('latin1'))).toEqual([raw.toString('latin1')]);
  });

  test('each recipient has a reply of its own, and what is not ours is refused for good', async () => {
    const recipients = [
      letters(),
      at('nobody'),
      at('HELLO'),
      'letters+0123456789abcdef01234567@other.example',
      at('bounces+x'),
      'postmaster',
      letters(),
    ];
    const raw = room.corpus('reply-english');
    expect(await client.deliver({ sender: 'jane@office.example', recipients, raw })).toEqual([
      '250 2.6.0 taken as reply',
      '550 5.1.1 There is no such address',
      '250 2.6.0 taken as reply',
      '550 5.1.1 This domain is not ours',
      '250 2.6.0 taken as unknown',
      '250 2.6.0 taken as reply',
      expect.stringMatching(/^452 /),
    ]);
  });

  test.each(['', 'MAILER-DAEMON@mx.example', 'user.@office.example', 'josé@office.example'])(
    'a sender that is written %j is no reason to refuse it',
    async (sender) => {
      const given = {
        sender,
        recipients: [at('hello')],
        raw: room.corpus('reply-english'),
        mailParameters: ' SMTPUTF8',
      };
      expect(await client.deliver(given)).toEqual([expect.stringMatching(/^250 /)]);
    },
  );

  test('larger than 10 MB it is refused for good, declared or not, and the connection goes on', async () => {
    const raw = Buffer.concat([
      room.corpus('reply-english'),
      Buffer.alloc(11 * 1024 * 1024, 'a line of words\n'),
    ]);
    const given = { sender: 'jane@office.example', recipients: [letters(), at('hello')], raw };
    expect(await client.deliver({ ...given, mailParameters: ` SIZE=${raw.length}` })).toEqual([
      expect.stringMatching(/^552 /),
      expect.stringMatching(/^552 /),
    ]);
    expect(await client.deliver(given)).toEqual([
      expect.stringMatching(/^552 /),
      expect.stringMatching(/^552 /),
    ]);
    expect(await client.deliver({ ...given, raw: room.corpus('reply-english') })).toEqual([
      expect.stringMatching(/^250 /),
      expect.stringMatching(/^250 /),
    ]);
    expect(await kept()).toHaveLength(2);
  });

  test('what breaks off in the middle is not taken', async () => {
    for (const end of ['end', 'resetAndDestroy'] as const) {
      const broken = await connectLmtp(port);
      await broken.ask('MAIL FROM:<jane@office.example>');
      await broken.ask(`RCPT TO:<${letters()}>`);
      await broken.ask('DATA');
      broken.socket.write('From: jane@office.example\r\nSubject: half\r\n\r\nWe answer that');
      broken.socket[end]();
      await pause(200);
    }
    expect(await kept()).toEqual([]);
  });

  test('it listens on loopback alone, and a port that is taken is said in a sentence', async () => {
    const again = createLmtp({
      port,
      receiveForAll: room.services.incoming.receiveForAll,
      own: room.config,
      logger: silentLogger,
    });
    await expect(again.listen()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`LMTP_PORT ${port}`),
    });
  });
});

describe('what cannot be taken now', () => {
  const given = () => ({ recipients: [letters(), at('hello')], raw: room.corpus('reply-english') });

  test('is brought again: nothing of ours ends a mail', async () => {
    await open(() => Promise.reject(new Error('disk full: /secret/path')));
    expect(await client.deliver(given())).toEqual([
      '451 4.3.0 It cannot be taken now. Bring it again.',
      '451 4.3.0 It cannot be taken now. Bring it again.',
    ]);
  });

  test('for one recipient is taken for the other', async () => {
    const { receiveForAll } = room.services.incoming;
    await open(async (raw, envelope) => {
      const [first, ...others] = await receiveForAll(raw, envelope);
      return [{ status: 'rejected', reason: first }, ...others];
    });
    expect(await client.deliver(given())).toEqual([
      expect.stringMatching(/^451 /),
      expect.stringMatching(/^250 /),
    ]);
  });

  test('because the database hangs is said in time', async () => {
    await open(() => new Promise(() => undefined), 200);
    expect(await client.deliver(given())).toEqual([
      expect.stringMatching(/^451 /),
      expect.stringMatching(/^451 /),
    ]);
  });
});
