import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDeliveryStore } from '../../src/deliveries/delivery.store.ts';
import type { Delivery } from '../../src/deliveries/delivery.ts';
import { createReportService } from '../../src/deliveries/report.service.ts';
import { createOfficeIncoming } from '../../src/deliveries/returned.service.ts';
import { AppError } from '../../src/lib/errors.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import type { Office } from '../../src/offices/office.ts';
import { loadStarter } from '../../src/starter/load-starter.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const at = new Date('2026-11-25T10:00:00Z');
/** What the room of offices answers with; nothing here looks at it. */
const [office] = (await loadStarter()).offices.slice(0, 1) as [Office];
const about = { id: 'hash', deliveryId: 'p:o:digest:1', at };

let database: TestDatabase;
let calls: unknown[][];
let logged: string[];
let refusal: AppError | undefined;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  calls = [];
  logged = [];
  refusal = undefined;
  await database.connection.collection('deliveries').deleteMany({});
  await store().insertPlanned({
    _id: 'p:o:digest:1',
    petitionId: 'p',
    officeId: 'o',
    kind: 'digest',
    n: 1,
    from: 0,
    to: 3,
    state: 'sent',
    plannedAt: at,
    token: 'aabbccddeeff001122334455',
    releases: 1,
    quotes: [],
    address: 'Letters@office.example',
  });
});

let opened: ReturnType<typeof createDeliveryStore> | undefined;
function store() {
  opened ??= createDeliveryStore(database.connection);
  return opened;
}

function open() {
  const note =
    (name: string) =>
    async (...args: unknown[]) => {
      calls.push([name, ...args]);
      if (refusal) throw refusal;
      return office;
    };
  const log = (_fields: Record<string, unknown>, event: string) => void logged.push(event);
  return createOfficeIncoming({
    deliveries: store(),
    failChannel: note('failChannel'),
    weigh: createReportService({
      deliveries: store(),
      recoverChannel: note('recoverChannel'),
      logger: silentLogger,
    }).weigh,
    blockEmailChannel: note('blockEmailChannel'),
    recordReply: note('recordReply'),
    logger: { ...silentLogger, info: log, warn: log, error: log },
  });
}
const read = async (): Promise<Delivery['incoming']> =>
  (await store().findDelivery(about.deliveryId))?.incoming;
const bounce = {
  ...about,
  severity: 'hard',
  code: '5.1.1',
  text: '550 5.1.1 nobody',
  isOther: false,
} as const;

describe('what comes back about a delivery', () => {
  test('it is found by its token once it has been released', async () => {
    expect(await open().findSent('aabbccddeeff001122334455')).toEqual({
      deliveryId: 'p:o:digest:1',
      address: 'Letters@office.example',
    });
    expect(await open().findSent('ffffffffffffffffffffffff')).toBeNull();
    await database.connection.collection('deliveries').updateOne({}, { $set: { releases: 0 } });
    expect(await open().findSent('aabbccddeeff001122334455')).toBeNull();
  });

  test('a bounce names the address that was written to, once for each delivery', async () => {
    await open().onBounce(bounce);
    await open().onBounce(bounce);
    const reason = 'mail came back: 5.1.1 550 5.1.1 nobody';
    const failure = {
      reason,
      at,
      hard: true,
      deliveryId: about.deliveryId,
      address: 'Letters@office.example',
    };
    expect(calls[0]).toEqual(['failChannel', 'o', failure]);
    expect(await read()).toEqual([
      { id: 'hash', at, kind: 'bounce', code: '5.1.1', text: '550 5.1.1 nobody' },
    ]);
  });

  test('a soft one counts, a delayed one and one of another address do not', async () => {
    await open().onBounce({ ...bounce, id: 'a', severity: 'soft' });
    await open().onBounce({ ...bounce, id: 'b', severity: 'delayed' });
    await open().onBounce({ ...bounce, id: 'c', isOther: true });
    expect(calls).toEqual([['failChannel', 'o', expect.objectContaining({ hard: false })]]);
    expect((await read())?.map(({ kind }) => kind)).toEqual(['bounce', 'delayed', 'bounce']);
  });

  test('a complaint blocks the channel and tells the organisers, also when nothing is left to block', async () => {
    refusal = new AppError('OFFICE_CHANNEL_INVALID');
    await open().onComplaint({ ...about, text: 'abuse' });
    expect(calls).toEqual([
      ['blockEmailChannel', { via: 'office', office: 'o' }, 'o', 'it complained of our mail (abuse)'],
    ]);
    expect(logged).toEqual(['office.complained']);
    expect(await read()).toMatchObject([{ kind: 'complaint', text: 'abuse' }]);
  });

  test('when the channel cannot be blocked it is not passed over', async () => {
    refusal = new AppError('DATABASE_UNAVAILABLE');
    await expect(open().onComplaint({ ...about, text: 'abuse' })).rejects.toThrow(refusal);
    expect(await read()).toBeUndefined();
  });

  test('a reply becomes an answer with its files, before it is noted', async () => {
    const reply = {
      ...about,
      from: 'Jane <jane@office.example>',
      subject: 'Your letter to jane@office.example',
      text: 'We answer.\n',
      messageId: 'm@office.example',
      raw: Buffer.from('the whole message'),
    };
    await open().onReply({ ...reply, unread: [], attachments: ['oficio.pdf', ''], wantsStop: false });
    expect(calls).toEqual([
      [
        'recordReply',
        {
          deliveryId: about.deliveryId,
          petitionId: 'p',
          officeId: 'o',
          from: reply.from,
          subject: reply.subject,
          text: 'We answer.',
          at,
          messageId: 'm@office.example',
          unread: [],
          attachments: ['oficio.pdf', '?'],
          raw: reply.raw,
        },
      ],
    ]);
    expect(await read()).toMatchObject([{ kind: 'reply', text: 'Your letter to …' }]);
    expect(logged).toEqual(['office.replied']);
  });

  test('the word STOP is kept as an answer, and blocks the channel', async () => {
    const reply = { ...about, from: 'jane@office.example', subject: 'STOP', text: '', messageId: 'm' };
    await open().onReply({
      ...reply,
      unread: [],
      attachments: [],
      raw: Buffer.from('STOP'),
      wantsStop: true,
    });
    expect(calls.map(([name]) => name)).toEqual(['recordReply', 'blockEmailChannel']);
    expect(logged).toEqual(['office.asked-to-stop', 'office.replied']);
    expect(await read()).toMatchObject([{ kind: 'reply', text: 'STOP' }]);
  });

  test('a note is kept fifty times, the newest last', async () => {
    for (let i = 0; i < 55; i += 1) await open().onAutoReply({ ...about, id: `n${i}`, text: 'away' });
    const kept = await read();
    expect(kept).toHaveLength(50);
    expect(kept?.at(-1)?.id).toBe('n54');
  });
});
