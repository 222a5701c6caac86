import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { createCircuitBreaker } from '../../src/mail/circuit-breaker.ts';
import { createLocalMailbox } from '../../src/mail/local-mailbox.ts';
import type { Audience, Composer, OutboxRow, SendOutcome } from '../../src/mail/mail.ts';
import { createMailWorker } from '../../src/mail/mail.worker.ts';
import { createOutboxStore, type OutboxStore } from '../../src/mail/outbox.store.ts';
import { createSuppressionStore, type SuppressionStore } from '../../src/mail/suppression.store.ts';
import { createTransport } from '../../src/mail/transport.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { type SmtpSink, smtpReply, startSmtpServer } from '../support/smtp.ts';

let database: TestDatabase;
let outbox: OutboxStore;
let suppressions: SuppressionStore;
let clock: ReturnType<typeof createTestClock>;
let dataDir: string;
let sink: SmtpSink | undefined;
let settled: { id: string; outcome: SendOutcome }[];
const closers: (() => void)[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  outbox = createOutboxStore(database.connection);
  suppressions = createSuppressionStore(database.connection);
  dataDir = await mkdtemp(join(tmpdir(), 'mail-'));
});
afterAll(async () => {
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  clock = createTestClock();
  settled = [];
  for (const name of ['outbox', 'suppressions']) await database.connection.collection(name).deleteMany({});
});
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await sink?.stop();
  sink = undefined;
});

function row(id: string, over: Partial<OutboxRow> = {}): OutboxRow {
  const now = clock.now();
  return {
    _id: id,
    kind: 'note',
    audience: 'person',
    subjectId: id,
    emailKey: `key-${id}`,
    state: 'due',
    dueAt: now,
    attempts: 0,
    createdAt: now,
    ...over,
  };
}
const officeRow = (id: string) => row(id, { audience: 'office' satisfies Audience, kind: 'letter' });

const note: Composer = {
  prepare: async ({ subjectId }) => ({
    do: 'send',
    message: { to: `${subjectId}@home.example`, subject: 'Hello', text: 'Hello', html: '<p>Hello</p>' },
  }),
};
const letter: Composer = {
  prepare: async ({ subjectId }) => ({
    do: 'send-raw',
    mail: {
      raw: Buffer.from('Subject: x\r\n\r\nx\r\n'),
      envelope: { from: 'l@us.example', to: `${subjectId}@office.example` },
    },
  }),
  settle: async ({ _id: id }, outcome) => void settled.push({ id, outcome }),
};

function openWorker(smtpUrl: string | undefined, composers: Record<string, Composer> = { note, letter }) {
  const mailbox = createLocalMailbox({ dataDir, clock });
  const transport = createTransport({
    smtpUrl,
    mailFrom: 'Us <us@us.example>',
    mailDomain: 'us.example',
    mailbox,
  });
  closers.push(transport.close);
  const worker = createMailWorker({
    outbox,
    transport,
    composers,
    suppress: (address) => suppressions.suppress(address, clock.now()),
    breaker: createCircuitBreaker({ clock, logger: silentLogger }),
    clock,
    random: () => 1,
    logger: silentLogger,
  });
  return { worker, mailbox };
}
const stateOf = async (id: string) => (await outbox.findRow(id))?.state;

describe('mail to people', () => {
  test('each due mail is sent once, with both parts, and its row keeps no address', async () => {
    sink = await startSmtpServer();
    await outbox.insertRows(Array.from({ length: 25 }, (_, i) => row(`p${i}`)));
    const { worker } = openWorker(sink.url);
    await worker.step();
    await worker.step();
    expect(new Set(sink.mails.map(({ to }) => to[0])).size).toBe(25);
    expect(sink.mails).toHaveLength(25);
    expect(sink.mails[0]?.raw).toMatch(/text\/plain[\s\S]*text\/html/);
    const ended = await outbox.findRow('p0');
    expect(ended).toMatchObject({ state: 'sent', replyCode: 250 });
    expect(ended?.emailKey).toBeUndefined();
    expect(ended?.dueAt).toBeUndefined();
  });

  test('two workers on one outbox send each mail once', async () => {
    sink = await startSmtpServer();
    await outbox.insertRows(Array.from({ length: 300 }, (_, i) => row(`p${i}`)));
    const [a, b] = [openWorker(sink.url).worker, openWorker(sink.url).worker];
    while ((await outbox.countWaiting()) > 0) await Promise.all([a.step(), b.step(), a.step(), b.step()]);
    expect(sink.mails).toHaveLength(300);
    expect(new Set(sink.mails.map(({ to }) => to[0])).size).toBe(300);
  });

  test('a sender that vanished leaves its mails to the next, after the lease', async () => {
    sink = await startSmtpServer();
    await outbox.insertRows([row('p')]);
    await outbox.claimRows(['p'], { audience: 'person', now: clock.now(), claim: 'gone', leaseMs: MINUTE });
    const { worker } = openWorker(sink.url);
    await worker.step();
    expect(sink.mails).toHaveLength(0);
    clock.advance(2 * MINUTE);
    await worker.step();
    expect(sink.mails).toHaveLength(1);
  });

  test('what has no reason any more is cancelled, what is not ready waits without an attempt', async () => {
    sink = await startSmtpServer();
    await outbox.insertRows([row('gone'), row('soon')]);
    const composer: Composer = {
      prepare: async ({ _id }) =>
        _id === 'gone'
          ? { do: 'cancel', reason: 'gone' }
          : { do: 'later', at: new Date(clock.now().getTime() + HOUR) },
    };
    await openWorker(sink.url, { note: composer }).worker.step();
    expect(await outbox.findRow('gone')).toMatchObject({ state: 'cancelled', outcome: 'gone' });
    expect(await outbox.findRow('soon')).toMatchObject({ state: 'due', attempts: 0 });
  });

  test('a composer that fails for one mail stops no other, and is tried again later', async () => {
    sink = await startSmtpServer();
    await outbox.insertRows([row('bad'), row('good')]);
    const composer: Composer = {
      prepare: async (given) => {
        if (given._id === 'bad') throw new Error('broken');
        return note.prepare(given);
      },
    };
    await openWorker(sink.url, { note: composer }).worker.step();
    expect(await stateOf('good')).toBe('sent');
    expect(await outbox.findRow('bad')).toMatchObject({ state: 'due', attempts: 1 });
  });

  test.each(['to', 'subject', 'header'])('a line break in the %s sends nothing', async (place) => {
    sink = await startSmtpServer();
    await outbox.insertRows([row('p')]);
    const evil = 'x\r\nBcc: victim@home.example';
    const composer: Composer = {
      prepare: async () => ({
        do: 'send',
        message: {
          to: place === 'to' ? `a@home.example${evil}` : 'a@home.example',
          subject: place === 'subject' ? evil : 'Hello',
          text: 'x',
          html: 'x',
          headers: place === 'header' ? { 'X-Note': evil } : {},
        },
      }),
    };
    await openWorker(sink.url, { note: composer }).worker.step();
    expect(sink.mails).toHaveLength(0);
  });

  test('a second recipient smuggled into the address is refused', async () => {
    sink = await startSmtpServer();
    await outbox.insertRows([row('p')]);
    const composer: Composer = {
      prepare: async () => ({
        do: 'send',
        message: { to: 'a@home.example, b@home.example', subject: 'x', text: 'x', html: 'x' },
      }),
    };
    await openWorker(sink.url, { note: composer }).worker.step();
    expect(sink.mails).toHaveLength(0);
  });
});

describe('what a server may answer', () => {
  test.each(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10'])(
    '%s at RCPT says that there is no such address',
    async (enhanced) => {
      sink = await startSmtpServer({
        onRcptTo: (_a, _s, callback) => callback(smtpReply(550, `${enhanced} no such user`)),
      });
      await outbox.insertRows([row('p')]);
      await openWorker(sink.url).worker.step();
      expect(await suppressions.isSuppressed('key-p', 'all')).toBe(true);
      expect(await stateOf('p')).toBe('failed');
    },
  );

  test.each([
    [
      '535 at sign-in',
      {
        onAuth: (_a: unknown, _s: unknown, callback: (e: Error) => void) =>
          callback(smtpReply(535, '5.7.8 wrong password')),
      },
    ],
    [
      '554 5.7.1 at RCPT',
      {
        onRcptTo: (_a: unknown, _s: unknown, callback: (e: Error) => void) =>
          callback(smtpReply(554, '5.7.1 listed')),
      },
    ],
    [
      '452 4.2.2 at RCPT',
      {
        onRcptTo: (_a: unknown, _s: unknown, callback: (e: Error) => void) =>
          callback(smtpReply(452, '4.2.2 full')),
      },
    ],
    [
      '552 5.2.2 at RCPT',
      {
        onRcptTo: (_a: unknown, _s: unknown, callback: (e: Error) => void) =>
          callback(smtpReply(552, '5.2.2 full')),
      },
    ],
    [
      '421 at MAIL',
      {
        onMailFrom: (_a: unknown, _s: unknown, callback: (e: Error) => void) =>
          callback(smtpReply(421, '4.3.2 closing')),
      },
    ],
  ])('%s suppresses nobody and costs no message an attempt', async (_title, manners) => {
    sink = await startSmtpServer({ ...manners, allowInsecureAuth: true } as never);
    const url = 'onAuth' in manners ? sink.url.replace('//', '//user:wrong@') : sink.url;
    await outbox.insertRows(Array.from({ length: 8 }, (_, i) => row(`p${i}`)));
    const { worker } = openWorker(url);
    await worker.step();
    for (let i = 0; i < 8; i += 1) {
      expect(await outbox.findRow(`p${i}`)).toMatchObject({ state: 'due', attempts: 0 });
      expect(await suppressions.isSuppressed(`key-p${i}`, 'all')).toBe(false);
    }
  });

  test('a relay that takes nothing is left alone for a while, then tried again', async () => {
    let isListed = true;
    let tries = 0;
    sink = await startSmtpServer({
      onMailFrom: (_a, _s, callback) => {
        tries += 1;
        callback(isListed ? smtpReply(554, '5.7.1 listed') : null);
      },
    });
    await outbox.insertRows(Array.from({ length: 40 }, (_, i) => row(`p${i}`)));
    const { worker } = openWorker(sink.url);
    for (let turn = 0; turn < 5; turn += 1) await worker.step();
    expect(tries).toBeLessThanOrEqual(10);
    isListed = false;
    clock.advance(2 * MINUTE);
    for (let turn = 0; turn < 3; turn += 1) await worker.step();
    expect(sink.mails).toHaveLength(40);
  });

  test('a full mailbox is given up after three days', async () => {
    sink = await startSmtpServer({ onRcptTo: (_a, _s, callback) => callback(smtpReply(452, '4.2.2 full')) });
    await outbox.insertRows([row('p')]);
    const { worker } = openWorker(sink.url);
    for (let hour = 0; hour < 80; hour += 1) {
      await worker.step();
      clock.advance(HOUR);
    }
    expect(await stateOf('p')).toBe('failed');
    expect(await suppressions.isSuppressed('key-p', 'all')).toBe(false);
  });

  test('450 is tried again, later each time; a server that refuses connections too', async () => {
    sink = await startSmtpServer({
      onRcptTo: (_a, _s, callback) => callback(smtpReply(450, '4.7.1 greylisted')),
    });
    await outbox.insertRows([row('p')]);
    const { worker } = openWorker(sink.url);
    await worker.step();
    const first = await outbox.findRow('p');
    expect(first).toMatchObject({ state: 'due', attempts: 1 });
    clock.advance(MINUTE);
    await worker.step();
    const second = await outbox.findRow('p');
    expect(Number(second?.dueAt) - clock.now().getTime()).toBe(2 * MINUTE);

    await outbox.insertRows([row('q')]);
    await openWorker('smtp://127.0.0.1:9').worker.step();
    expect(await outbox.findRow('q')).toMatchObject({ state: 'due', attempts: 0 });
  });
});

describe('mail to offices', () => {
  test('is sent alone, and the server’s words are recorded before the row ends', async () => {
    sink = await startSmtpServer();
    await outbox.insertRows([officeRow('dhs')]);
    await openWorker(sink.url).worker.step();
    expect(sink.mails).toMatchObject([{ from: 'l@us.example', to: ['dhs@office.example'] }]);
    expect(settled).toMatchObject([{ id: 'dhs', outcome: { result: 'sent', code: 250 } }]);
    expect(await stateOf('dhs')).toBe('sent');
  });

  test('a server that drops the line after DATA leaves it unknown, and it is never sent again by itself', async () => {
    const server = await startDroppingServer();
    await outbox.insertRows([officeRow('dhs')]);
    const { worker } = openWorker(server.url);
    await worker.step();
    expect(await stateOf('dhs')).toBe('unknown');
    expect(settled).toMatchObject([{ outcome: { result: 'unknown' } }]);
    for (let day = 0; day < 3; day += 1) {
      clock.advance(DAY);
      await worker.step();
    }
    expect(server.bodies()).toBe(1);
  });

  test('a sender that vanished leaves it unknown', async () => {
    sink = await startSmtpServer();
    await outbox.insertRows([officeRow('dhs')]);
    await outbox.claimRows(['dhs'], { audience: 'office', now: clock.now(), claim: 'gone', leaseMs: MINUTE });
    clock.advance(2 * MINUTE);
    await openWorker(sink.url).worker.step();
    expect(await stateOf('dhs')).toBe('unknown');
    expect(sink.mails).toHaveLength(0);
  });

  test('a numeric refusal fails it; an organiser may send it again once', async () => {
    let isRefusing = true;
    sink = await startSmtpServer({
      onRcptTo: (_a, _s, callback) => callback(isRefusing ? smtpReply(550, '5.3.0 no') : null),
    });
    await outbox.insertRows([officeRow('dhs')]);
    const { worker } = openWorker(sink.url);
    await worker.step();
    expect(await stateOf('dhs')).toBe('failed');
    isRefusing = false;
    expect(await outbox.resolveRow('dhs', 'due', clock.now())).toBe(true);
    expect(await outbox.resolveRow('dhs', 'due', clock.now())).toBe(false);
    await worker.step();
    expect(sink.mails).toHaveLength(1);
  });
});

describe('the local mailbox', () => {
  test('keeps a mail that can be read as a person would, once however often it is sent', async () => {
    await outbox.insertRows([row('p')]);
    const { worker, mailbox } = openWorker(undefined);
    await worker.step();
    await outbox.insertRows([row('p2', { subjectId: 'p' })]);
    await mailbox.deposit(Buffer.from('Subject: again\r\n\r\nx'), 'p');
    const [mail] = await mailbox.list();
    expect(await mailbox.list()).toHaveLength(1);
    expect(await mailbox.read(mail?.id ?? '')).toMatchObject({ subject: 'again' });
  });

  test.each(['../keys/master', '..%2Fkeys', '', 'x', '000000000000001-aaaaaaaaaaaaaaaa/../..'])(
    '%j opens nothing',
    async (id) => {
      expect(await createLocalMailbox({ dataDir, clock }).read(id)).toBeNull();
    },
  );
});

describe('unasked mail', () => {
  test('three a day and eight a month, whoever asks, also when fifty ask at once', async () => {
    const ask = (id: string) => suppressions.allowUnasked('ana', id, clock.now());
    const first = await Promise.all(Array.from({ length: 50 }, (_, i) => ask(`day0:${i}`)));
    expect(first.filter(Boolean)).toHaveLength(3);
    let allowed = 3;
    for (let day = 1; day < 29; day += 1) {
      clock.advance(DAY + MINUTE);
      for (let i = 0; i < 4; i += 1) if (await ask(`day${day}:${i}`)) allowed += 1;
    }
    expect(allowed).toBe(8);
  });

  test('the same mail tried again is not counted again', async () => {
    for (let i = 0; i < 10; i += 1)
      expect(await suppressions.allowUnasked('ana', 'one', clock.now())).toBe(true);
    expect(await suppressions.allowUnasked('ana', 'two', clock.now())).toBe(true);
  });

  test('"all" is final: unsubscribing later does not lower it, ticking updates does not lift it', async () => {
    await suppressions.suppress(
      { emailKey: 'ana', scope: 'all', reason: 'not-me', network: 'n' },
      clock.now(),
    );
    await suppressions.suppress({ emailKey: 'ana', scope: 'updates', reason: 'unsubscribed' }, clock.now());
    await suppressions.liftUpdates('ana');
    expect(await suppressions.isSuppressed('ana', 'all')).toBe(true);
    expect(await suppressions.countNotMe('n', new Date(clock.now().getTime() - DAY))).toBe(1);
  });

  test('unsubscribed from updates still receives what was asked for', async () => {
    await suppressions.suppress({ emailKey: 'eva', scope: 'updates', reason: 'unsubscribed' }, clock.now());
    expect(await suppressions.isSuppressed('eva', 'updates')).toBe(true);
    expect(await suppressions.isSuppressed('eva', 'all')).toBe(false);
    await suppressions.liftUpdates('eva');
    expect(await suppressions.isSuppressed('eva', 'updates')).toBe(false);
  });
});

/** Speaks SMTP up to the end of DATA, then drops the line without a reply. */
async function startDroppingServer() {
  let bodies = 0;
  const converse = (socket: Socket) => {
    let isData = false;
    socket.write('220 dropping\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      if (isData) {
        if (!text.includes('\r\n.\r\n')) return;
        bodies += 1;
        socket.destroy();
      } else if (/^DATA/i.test(text)) {
        isData = true;
        socket.write('354 go on\r\n');
      } else socket.write('250 fine\r\n');
    });
  };
  const server = createServer(converse);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closers.push(() => server.close());
  const address = server.address();
  return {
    url: `smtp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    bodies: () => bodies,
  };
}
