import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/lib/logger.ts';
import { createSealer } from '../../../src/lib/sealed.ts';
import { createIncomingService } from '../../../src/mail/incoming/incoming.service.ts';
import { createReader, type Reader } from '../../../src/mail/incoming/reader.ts';
import { DELIVERY, openIncomingRoom } from './incoming-room.ts';

const own = { mailDomain: 'safe-passage.example', mailFrom: 'hello@safe-passage.example' };
const STUBBORN = new URL('./stubborn-thread.fixture.ts', import.meta.url);

let reader: Reader | undefined;
afterEach(() => reader?.close());

const open = (options: Partial<Parameters<typeof createReader>[0]> = {}) => {
  reader = createReader({ own, logger: silentLogger, ...options });
  return reader;
};

describe('the thread that reads what came', () => {
  test('hands over what a message says, cut to what is needed of it', async () => {
    const subject = 'long '.repeat(100_000);
    const raw = `From: Jane Roe <jane@office.example>\nTo: hello@safe-passage.example\nSubject: ${subject}\n\nWe answer.\n`;
    const found = await open().read(Buffer.from(raw));
    if (found === null || found === 'unread') throw new Error('it was not read');
    expect(found).toMatchObject({
      found: { kind: 'reply' },
      from: 'Jane Roe <jane@office.example>',
      addressees: ['hello@safe-passage.example'],
      start: 0,
    });
    expect(found.text.trim()).toBe('We answer.');
    expect(found.subject.length).toBeLessThanOrEqual(1_000);
    expect(JSON.stringify(found).length).toBeLessThan(5_000);
  });

  test('what is no message is none there either', async () => {
    expect(await open().read(Buffer.from('hello'))).toBeNull();
  });

  test.each(['loop', 'grow', 'throw', 'exit'])(
    'a message at which reading would %s is unread, and the next one is read',
    async (deed) => {
      const { read } = open({
        limitMs: deed === 'grow' ? 20_000 : 500,
        memoryMb: 32,
        entry: STUBBORN,
      });
      const [first, second] = await Promise.all([read(Buffer.from(deed)), read(Buffer.from('answer'))]);
      expect([first, second]).toEqual(['unread', null]);
    },
  );

  test('what counts is the processor that a message takes, and not how busy the machine is', async () => {
    const { read } = open({ processorMs: 300, entry: STUBBORN });
    const start = performance.now();
    expect(await read(Buffer.from('loop'))).toBe('unread');
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  test('the thread knows nothing of the program’s environment', async () => {
    const { read } = open({ entry: new URL('./environment-thread.fixture.ts', import.meta.url) });
    process.env.MASTER_KEY = 'f'.repeat(64);
    try {
      expect(await read(Buffer.from(''))).toEqual({});
    } finally {
      delete process.env.MASTER_KEY;
    }
  });

  test('a thread that cannot be had is no fault of the message', async () => {
    const { read } = open({ entry: new URL('./no-such-thread.ts', import.meta.url) });
    await expect(read(Buffer.from('a: b\n\n'))).rejects.toMatchObject({ code: 'MESSAGE_BUSY' });
  });

  test('while it is busy the program goes on', async () => {
    const { read } = open({ limitMs: 1_000, entry: STUBBORN });
    await read(Buffer.from('answer'));
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    expect(await read(Buffer.from('loop'))).toBe('unread');
    delay.disable();
    // A thread that loops took the program's own loop for the whole second before.
    expect(delay.percentile(90) / 1e6).toBeLessThan(50);
  });
});

const nothingIsKnown = () => Promise.reject(new Error('nothing is known of it'));

describe('a message that could not be read', () => {
  test('is kept whole as unread, with the delivery that its envelope names', async () => {
    const room = await openIncomingRoom();
    try {
      const { services } = room;
      const { receive } = createIncomingService({
        store: services.stores.incoming,
        ...services.stores.keptMail,
        read: open({ limitMs: 300, entry: STUBBORN }).read,
        offices: {
          findSent: async (token) => (token === room.token ? { deliveryId: DELIVERY } : null),
          onBounce: nothingIsKnown,
          onComplaint: nothingIsKnown,
          onAutoReply: nothingIsKnown,
          onReply: nothingIsKnown,
        },
        readBounceAddress: () => null,
        mailKeyOf: (key) => key,
        emailKeyOf: services.keys.emailKeyOf,
        suppress: nothingIsKnown,
        sealer: createSealer(services.keys.data),
        own,
        clock: room.clock,
        logger: silentLogger,
      });
      const raw = Buffer.from('loop');
      const recipient = `letters+${room.token}@safe-passage.example`;
      expect(await receive(raw, { recipient })).toEqual({
        kind: 'unread',
        concern: 'delivery',
        deliveryId: DELIVERY,
        isReplay: false,
      });
      expect(await receive(raw, { recipient })).toMatchObject({ isReplay: true });
      const [record] = await services.stores.incoming.listLatest(1);
      const { raw: kept } = await services.keptMail.getMail(record?._id.slice(2) ?? '');
      expect(kept.equals(raw)).toBe(true);
    } finally {
      await room.close();
    }
  });
});
