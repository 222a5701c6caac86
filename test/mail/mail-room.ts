import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach } from 'vitest';
import { silentLogger } from '../../src/lib/logger.ts';
import { createCircuitBreaker } from '../../src/mail/circuit-breaker.ts';
import type { Composer, OutboxRow, SendOutcome } from '../../src/mail/mail.ts';
import { createMailWorker, type MailWorkerDeps } from '../../src/mail/mail.worker.ts';
import { createLocalMailbox } from '../../src/mail/mailbox.ts';
import { createOutboxStore } from '../../src/mail/outbox.store.ts';
import { createSuppressionStore } from '../../src/mail/suppression.store.ts';
import { createTransport } from '../../src/mail/transport.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import { type SmtpSink, startSmtpServer } from '../support/smtp.ts';

/** One for a file of tests: empty again after each, with no server left that a test has started. */
export async function useMailRoom() {
  const room = await openMailRoom();
  const sinks: SmtpSink[] = [];
  afterEach(async () => {
    await room.clear();
    for (const sink of sinks.splice(0)) await sink.stop();
  });
  afterAll(() => room.close());
  return {
    ...room,
    async startSink(options?: SMTPServerOptions) {
      const sink = await startSmtpServer(options);
      sinks.push(sink);
      return sink;
    },
  };
}

/** The mail room over a database of its own; `kind: 'note'` goes to a person, `kind: 'letter'` to an office. */
export async function openMailRoom() {
  const database = await openTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'mail-'));
  const clock = createTestClock();
  const outbox = createOutboxStore(database.connection);
  const suppressions = createSuppressionStore(database.connection);
  const mailbox = createLocalMailbox({ dataDir, clock });
  const settled: { id: string; outcome: SendOutcome }[] = [];
  const logged: string[] = [];
  const log = (fields: Record<string, unknown>, event: string) =>
    void logged.push(`${event} ${JSON.stringify(fields)}`);
  const logger = { ...silentLogger, warn: log, error: log };
  const closers: (() => void)[] = [];

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

  function openWorker(smtpUrl?: string, odd: Partial<MailWorkerDeps> & { timeoutMs?: number } = {}) {
    const transport = createTransport({
      smtpUrl,
      mailFrom: 'Us <us@us.example>',
      mailDomain: 'us.example',
      mailbox,
      ...(odd.timeoutMs !== undefined && { timeoutMs: odd.timeoutMs }),
    });
    closers.push(transport.close);
    return createMailWorker({
      outbox,
      transport,
      composers: { note, letter },
      suppress: (address) => suppressions.heed(address, clock.now()),
      breaker: createCircuitBreaker({ clock, logger }),
      clock,
      random: () => 1,
      logger,
      ...odd,
    });
  }

  return {
    connection: database.connection,
    clock,
    outbox,
    suppressions,
    mailbox,
    settled,
    logged,
    note,
    letter,
    row,
    officeRow: (id: string) => row(id, { audience: 'office', kind: 'letter' }),
    openWorker,
    stateOf: async (id: string) => (await outbox.findRow(id))?.state,
    /** Speaks SMTP up to the end of DATA; what it does then is the test's: nothing, unless told. */
    async startSilentServer(atEnd: (socket: Socket) => void = () => undefined) {
      const server = await startSilentServer(atEnd);
      closers.push(server.close);
      return server;
    },
    /** Between two tests. */
    async clear() {
      for (const close of closers.splice(0)) close();
      for (const name of ['outbox', 'suppressions'])
        await database.connection.collection(name).deleteMany({});
      for (const list of [settled, logged]) list.length = 0;
    },
    async close() {
      for (const close of closers.splice(0)) close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
export type MailRoom = Awaited<ReturnType<typeof openMailRoom>>;

async function startSilentServer(atEnd: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const bodies: string[] = [];
  const server = createServer((socket) => {
    let isData = false;
    let body = '';
    sockets.add(socket);
    socket.write('220 silent\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      if (isData) {
        body += text;
        if (!body.includes('\r\n.\r\n')) return;
        bodies.push(body);
        atEnd(socket);
      } else if (/^DATA/i.test(text)) {
        isData = true;
        socket.write('354 go on\r\n');
      } else socket.write('250 fine\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  return {
    url: `smtp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    bodies,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
