import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import { PIECE_BYTES } from '../../../src/lib/pieces.ts';
import { createSealer } from '../../../src/lib/sealed.ts';
import { createIncomingService, keptMailContext } from '../../../src/mail/incoming/incoming.service.ts';
import { type IncomingRoom, openIncomingRoom } from './incoming-room.ts';

let room: IncomingRoom;
const RECIPIENT = 'hello@safe-passage.example';
const COUNT = 4;

beforeAll(async () => {
  room = await openIncomingRoom();
});
beforeEach(() => room.reset());
afterAll(() => room.close());

const heads = () => room.connection.collection('incomingMessages');
const pieces = () => room.connection.collection<{ _id: string }>('incomingMessagePieces');
const records = () => room.services.stores.incoming.listLatest(10);
const receive = (raw: Buffer) => room.receive(raw, { recipient: RECIPIENT });

/** Of nearly four pieces. */
function large(from = 'ana@home.example'): Buffer {
  const head = `From: Ana <${from}>\r\nTo: ${RECIPIENT}\r\nMessage-ID: <${randomBytes(8).toString('hex')}@home.example>\r\n\r\n`;
  const words = randomBytes((COUNT * PIECE_BYTES) / 2 - 1_000).toString('hex');
  return Buffer.from(head + words.replaceAll(/.{76}/g, '$&\r\n').slice(0, COUNT * PIECE_BYTES - 1_000));
}

async function open(): Promise<Buffer> {
  const [record] = await records();
  return (await room.services.keptMail.getMail(record?._id.slice(2) ?? '')).raw;
}

describe('a large mail', () => {
  test('is kept in pieces and read byte for byte, and not a byte of it is in clear', async () => {
    const raw = large();
    expect(await receive(raw)).toMatchObject({ kind: 'reply', concern: 'organisers' });
    expect(await pieces().countDocuments()).toBe(COUNT);
    expect(await pieces().countDocuments({ openUntil: { $exists: true } })).toBe(0);
    expect((await open()).equals(raw)).toBe(true);
    const stored = JSON.stringify([await heads().find().toArray(), await pieces().find().toArray()]);
    expect(stored).not.toContain(Buffer.from('From: Ana').toString('base64').slice(0, 10));
  });

  test('that an earlier version kept in one is read as before', async () => {
    const raw = large();
    await receive(raw);
    const [record] = await records();
    const _id = record?._id as never;
    const sealed = createSealer(room.services.keys.data).sealBytes(raw, keptMailContext(_id));
    await heads().updateOne({ _id }, { $set: { sealed }, $unset: { pieces: 1 } });
    await pieces().deleteMany({});
    expect((await open()).equals(raw)).toBe(true);
  });

  test.each([
    ['the last piece is gone', async ([, , , last = '']: string[]) => pieces().deleteOne({ _id: last })],
    ['fewer pieces are named', async () => heads().updateOne({}, { $set: { 'pieces.count': COUNT - 1 } })],
    ['two pieces have changed places', ([first, second]: string[]) => swap(first, second)],
    [
      'a piece of another one stands in its place',
      async ([first = '']: string[]) => {
        await receive(large('eva@home.example'));
        const [other] = await pieces()
          .find({ _id: { $regex: ':0000$', $ne: first } })
          .toArray();
        await swap(first, other?._id);
      },
    ],
  ])('is not read for another when %s', async (_, spoil) => {
    await receive(large());
    const [record] = await records();
    await spoil((await pieces().find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id));
    await expect(room.services.keptMail.getMail(record?._id.slice(2) ?? '')).rejects.toMatchObject({
      code: 'SEALED_INVALID',
    });
  });

  test('is deleted with its pieces, by its person and by its time', async () => {
    await receive(large('eva@home.example'));
    room.clock.advance(2 * DAY);
    await receive(large());
    const person = { emailKey: room.emailKeyOf('ana@home.example'), deliveryIds: [] };
    expect(await room.services.keptMail.eraseMail(person)).toBe(1);
    expect(await pieces().countDocuments()).toBe(COUNT);
    room.clock.advance(364 * DAY);
    await room.services.retention.step();
    expect([await heads().countDocuments(), await pieces().countDocuments()]).toEqual([0, 0]);
  });
});

async function swap(one = '', other = ''): Promise<void> {
  const [first, second] = await Promise.all([one, other].map((_id) => pieces().findOne({ _id })));
  const sealedOf = (piece: unknown) => ({ sealed: (piece as { sealed: Buffer }).sealed });
  await pieces().updateOne({ _id: one }, { $set: sealedOf(second) });
  await pieces().updateOne({ _id: other }, { $set: sealedOf(first) });
}

describe('a large mail that is broken off', () => {
  const stopped = new Error('the process is no more');

  /** The same service, whose process ends at the piece with this number, or before the last word. */
  function takerThatStops(at: number | 'last word') {
    const { stores, keys, clock, keptMail } = room.services;
    const nothingOfOffices = () => Promise.reject(new Error('it is for the organisers'));
    let put = 0;
    return createIncomingService({
      read: async (raw) => (await keptMail.readMail({ raw })) ?? 'unread',
      own: { mailDomain: 'safe-passage.example', mailFrom: RECIPIENT },
      offices: {
        findSent: async () => null,
        onBounce: nothingOfOffices,
        onComplaint: nothingOfOffices,
        onAutoReply: nothingOfOffices,
        onReply: nothingOfOffices,
      },
      readBounceAddress: () => null,
      suppress: async () => undefined,
      emailKeyOf: keys.emailKeyOf,
      mailKeyOf: keys.mailKeyOf,
      sealer: createSealer(keys.data),
      clock,
      logger: silentLogger,
      // What has ended releases nothing.
      store: { ...stores.incoming, release: () => Promise.reject(stopped) },
      putPiece: async (...piece) => {
        if (put === at) throw stopped;
        put += 1;
        return stores.keptMail.putPiece(...piece);
      },
      insertMail: async (mail) => {
        if (at === 'last word') throw stopped;
        return stores.keptMail.insertMail(mail);
      },
    });
  }

  test.each([1, 3, 'last word'] as const)(
    'at %s is not there; brought again it is whole, and nothing is left of the first time',
    async (at) => {
      const raw = large();
      await expect(takerThatStops(at).receive(raw, { recipient: RECIPIENT })).rejects.toBe(stopped);
      expect(await pieces().countDocuments()).toBe(at === 'last word' ? COUNT : at);
      await expect(open()).rejects.toThrow('was not kept');
      await expect(receive(raw)).rejects.toMatchObject({ code: 'MESSAGE_BUSY' });
      room.clock.advance(61_000);
      await receive(raw);
      expect((await open()).equals(raw)).toBe(true);
      expect(await pieces().countDocuments()).toBe(COUNT);
    },
  );

  test('and never brought again is cleared away after a day, and what is whole stays', async () => {
    const whole = large('eva@home.example');
    await receive(whole);
    room.clock.advance(1_000);
    await expect(takerThatStops(2).receive(large(), { recipient: RECIPIENT })).rejects.toBe(stopped);
    // As if the process had ended between the last word and the mark.
    await pieces().updateOne(
      { of: (await heads().findOne())?._id as never, _id: { $regex: ':0000$' } },
      { $set: { openUntil: room.clock.now() } },
    );
    room.clock.advance(DAY / 2);
    await room.services.retention.step();
    expect(await pieces().countDocuments()).toBe(COUNT + 2);
    room.clock.advance(DAY);
    await room.services.retention.step();
    expect(await pieces().countDocuments()).toBe(COUNT);
    const [, kept] = await records();
    expect((await room.services.keptMail.getMail(kept?._id.slice(2) ?? '')).raw.equals(whole)).toBe(true);
  });
});

test('the mail of an answer is kept in pieces too, and half of one is cleared away', async () => {
  const raw = Buffer.concat([room.corpus('reply-english'), Buffer.from('una línea\n'.repeat(150_000))]);
  await room.receive(raw, {});
  const [answer] = await room.services.answers.listAnswers();
  const kept = room.connection.collection('answerMessagePieces');
  const count = await kept.countDocuments();
  expect(count).toBe(Math.ceil(raw.length / PIECE_BYTES));
  expect((await room.services.answers.getMessage(answer?._id ?? '')).equals(raw)).toBe(true);
  const { answers } = room.services.stores;
  await answers.putPiece('x', { ref: 'r', index: 0, sealed: Buffer.from('half') }, room.clock.now());
  await answers.deleteLeftovers(new Date(room.clock.now().getTime() + DAY));
  expect(await kept.countDocuments()).toBe(count);
});
