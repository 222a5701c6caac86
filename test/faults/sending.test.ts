import { spawn } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createServices } from '../../src/composition.ts';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { CHILD_ENV } from '../support/child-env.ts';
import { addWriters, approvedLetter } from '../support/writers.ts';

/** Ten faults a round: two hundred runs in `npm run test:faults`. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 1);
const officeId = 'us-dhs-secretary';
const slug = 'no-more-unsafe-returns';

/** Where a conversation can be broken off. */
type Moment = 'connected' | 'MAIL' | 'RCPT' | 'DATA' | 'content';

let campaign: TestCampaign;
let office: Awaited<ReturnType<typeof openOffice>>;
let number = 0;
let days = 0;

beforeAll(async () => {
  office = await openOffice();
  campaign = await openCampaign({ SMTP_URL: office.url });
  await campaign.services.offices.verifyEmailChannel(TESTER, officeId, {
    email: 'letters@dhs.example',
    source: 'https://example.org/contact',
    checked: '2026-11-24',
  });
});
beforeEach(() => office.reset());
afterAll(async () => {
  await campaign.close();
  await office.stop();
});

/** One letter that is released by hand, at the true time. */
async function releaseLetter(): Promise<string> {
  const { connection, services, clock } = campaign;
  clock.set(new Date().toISOString());
  const [ref = ''] = await addWriters(campaign, slug, [number++]);
  const delivery = approvedLetter(slug, officeId, ref, clock.now());
  await connection.collection('deliveries').insertOne(delivery as never);
  expect(await services.letters.release(delivery, { by: 'Rosa' })).toBe('released');
  return delivery._id;
}

/** The same, waiting in the outbox. */
async function queueLetter(): Promise<string> {
  const id = await releaseLetter();
  await campaign.services.letters.queueReleased();
  return id;
}

/** After every lease, conversation and pause is over, the program's own worker looks at what is left. */
async function recover(): Promise<void> {
  office.reset({ keepsMails: true });
  for (let turn = 0; turn < 3; turn += 1) {
    campaign.clock.advance(2 * HOUR);
    await campaign.services.mailWorker.drainOffices();
  }
}

/** Never twice; what has arrived is known as sent or in doubt, and what has not is not called sent. */
async function expectOnceOrDoubtful(id: string): Promise<void> {
  const { state, messageId = 'none' } = await campaign.services.letters.getDelivery(id);
  const copies = office.mails.filter((raw) => raw.includes(messageId)).length;
  expect(copies).toBeLessThanOrEqual(1);
  expect(copies === 1 ? ['sent', 'unknown'] : ['unknown']).toContain(state);
}

/** `at`: the moment at which the office sees it die; at the other steps the sender does it itself. */
const kills: { step: string; at?: Moment }[] = [
  { step: 'before the claim' },
  { step: 'claimed' },
  { step: 'after connecting', at: 'connected' },
  { step: 'after DATA', at: 'content' },
  { step: 'before the record' },
];

describe.each(kills)('kill -9 of a sender: $step', ({ step, at }) => {
  it('sends nothing twice and loses nothing; what is doubtful is unknown', {
    timeout: 30_000 * ROUNDS,
  }, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      office.reset({ keepsMails: true });
      const id = await queueLetter();
      const child = spawn(process.execPath, [join(import.meta.dirname, 'office-sender.fixture.ts'), step], {
        env: {
          ...CHILD_ENV,
          MONGODB_URI: campaign.uri,
          DATA_DIR: campaign.config.dataDir,
          SMTP_URL: office.url,
          LOG_LEVEL: 'silent',
        },
        stdio: 'inherit',
      });
      const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
      if (at) office.at(at, () => child.kill('SIGKILL'));
      expect(await ended).toBe('SIGKILL');
      await recover();
      await expectOnceOrDoubtful(id);
      const { state } = await campaign.services.letters.getDelivery(id);
      expect(state).toBe(step === 'before the claim' ? 'sent' : 'unknown');
    }
  });
});

describe.each(['connected', 'MAIL', 'RCPT', 'DATA', 'content'] as const)(
  'an SMTP server that drops the line at: %s',
  (at) => {
    it('receives nothing twice; once it was named, without a numeric word it is unknown', {
      timeout: 10_000 * ROUNDS,
    }, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        office.reset({ keepsMails: true });
        const id = await queueLetter();
        // The next day: after a row of faults sending pauses, and the fault would be met by nobody.
        days += 1;
        campaign.clock.set(new Date(Date.now() + days * DAY).toISOString());
        const createdAt = campaign.clock.now();
        await campaign.connection.collection('outbox').updateOne({ subjectId: id }, { $set: { createdAt } });
        office.at(at, (socket) => socket.destroy());
        await campaign.services.mailWorker.drainOffices();
        await recover();
        await expectOnceOrDoubtful(id);
        // Before it was named nothing of it can have gone: it goes at the next turn.
        const { state } = await campaign.services.letters.getDelivery(id);
        expect(state).toBe(at === 'connected' ? 'sent' : 'unknown');
      }
    });
  },
);

/** 5,000 in `npm run test:faults`. */
const LETTERS = process.env.FAULT_ROUNDS ? 5_000 : 100;

describe(`two workers on one queue of ${LETTERS} letters`, () => {
  it('send each of them once', { timeout: 15 * 60_000 }, async () => {
    const ids: string[] = [];
    for (let at = 0; at < LETTERS; at += 1) ids.push(await releaseLetter());
    await campaign.services.letters.queueReleased();
    const second = await createServices({
      config: campaign.config,
      connection: campaign.connection,
      logger: silentLogger,
      clock: campaign.clock,
    });
    const { outbox } = campaign.services.stores;
    const work = async ({ mailWorker }: Pick<TestCampaign['services'], 'mailWorker'>) => {
      while ((await outbox.listDue(campaign.clock.now(), 1, 'office')).length > 0)
        await mailWorker.drainOffices();
    };
    await Promise.all([work(campaign.services), work(second)]);
    second.close();

    const sent = office.mails.map((raw) => /^Message-ID: <(.+)>/im.exec(raw)?.[1]);
    expect(sent).toHaveLength(LETTERS);
    expect(new Set(sent).size).toBe(LETTERS);
    const states = await campaign.connection
      .collection('deliveries')
      .countDocuments({ _id: { $in: ids as never[] }, state: 'sent' });
    expect(states).toBe(LETTERS);
  });
});

/** A bare SMTP server: at one moment it does what the test says instead of answering. It keeps all content it was given. */
async function openOffice() {
  const mails: string[] = [];
  let moment: Moment | undefined;
  let act: (socket: Socket) => void = () => undefined;

  function reach(now: Moment, socket: Socket, answer: string): void {
    if (now === moment) act(socket);
    else socket.write(`${answer}\r\n`);
  }

  function converse(socket: Socket): void {
    let isContent = false;
    let buffered = '';
    socket.on('error', () => undefined);
    reach('connected', socket, '220 office.example');
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1');
      if (isContent) {
        if (!buffered.endsWith('\r\n.\r\n')) return;
        mails.push(buffered);
        isContent = false;
        buffered = '';
        reach('content', socket, '250 2.0.0 taken');
        return;
      }
      if (!buffered.endsWith('\r\n')) return;
      const [verb = ''] = buffered.toUpperCase().split(/[ \r]/);
      buffered = '';
      if (verb === 'DATA') {
        isContent = true;
        reach('DATA', socket, '354 go on');
      } else if (verb === 'MAIL' || verb === 'RCPT') reach(verb, socket, '250 ok');
      else socket.write(verb === 'QUIT' ? '221 bye\r\n' : '250 office.example\r\n');
    });
  }

  const server: Server = createServer(converse);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as { port: number };
  return {
    mails,
    url: `smtp://127.0.0.1:${port}`,
    at(when: Moment, what: (socket: Socket) => void) {
      moment = when;
      act = what;
    },
    reset({ keepsMails = false } = {}) {
      moment = undefined;
      if (!keepsMails) mails.length = 0;
    },
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
