import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { smtpReply } from '../support/smtp.ts';
import { useMailRoom } from './mail-room.ts';

const room = await useMailRoom();

const gone = () =>
  room.suppressions.heed({ emailKey: 'ana', scope: 'all', reason: 'no-such-address' }, room.clock.now());
const hold = () => room.suppressions.findHold('ana', 'all', room.clock.now());
const inDays = (days: number) => new Date(room.clock.now().getTime() + days * DAY);

describe('an address that its server says is none', () => {
  test('rests for a day, then for a week, and is gone for good at the third word', async () => {
    await gone();
    expect(await hold()).toEqual(inDays(1));
    room.clock.advance(DAY);
    expect(await hold()).toBeUndefined();
    await gone();
    expect(await hold()).toEqual(inDays(7));
    room.clock.advance(7 * DAY);
    expect(await hold()).toBeUndefined();
    await gone();
    expect(await hold()).toBe('suppressed');
    room.clock.advance(400 * DAY);
    await room.suppressions.deleteExpired(room.clock.now());
    expect(await hold()).toBe('suppressed');
  });

  test('is said to be none by ten reports of one day no more than once', async () => {
    for (let report = 0; report < 10; report += 1) {
      await gone();
      room.clock.advance(2 * HOUR);
    }
    room.clock.advance(4 * HOUR);
    expect(await hold()).toBeUndefined();
  });

  test('has a clean slate after three months', async () => {
    await gone();
    room.clock.advance(2 * DAY);
    await gone();
    room.clock.advance(91 * DAY);
    await gone();
    expect(await hold()).toEqual(inDays(1));
    room.clock.advance(100 * DAY);
    await room.suppressions.deleteExpired(room.clock.now());
    expect(await room.suppressions.findSuppression('ana')).toBeNull();
  });

  test('keeps what its owner has said: unsubscribed stays so, and a complaint is not weakened', async () => {
    const now = room.clock.now();
    await room.suppressions.suppress({ emailKey: 'ana', scope: 'updates', reason: 'unsubscribed' }, now);
    await gone();
    room.clock.advance(2 * DAY);
    expect(await hold()).toBeUndefined();
    expect(await room.suppressions.findHold('ana', 'updates', room.clock.now())).toBe('suppressed');
    await room.suppressions.suppress(
      { emailKey: 'ana', scope: 'all', reason: 'complaint' },
      room.clock.now(),
    );
    await gone();
    expect(await room.suppressions.findSuppression('ana')).toMatchObject({ reason: 'complaint' });
  });

  test.each([
    '5.1.1 mailbox temporarily unavailable',
    '5.1.1 try again later',
    '5.1.1 mailbox full',
    '5.1.1 blocked: see spamhaus',
    '5.1.2 greylisted',
    '5.1.1 sender address rejected',
    '5.1.1 buzón lleno',
  ])('%s: the words say otherwise, so it neither rests nor is gone', async (words) => {
    const sink = await room.startSink({ onRcptTo: (_a, _s, callback) => callback(smtpReply(550, words)) });
    await room.outbox.insertRows([room.row('p')]);
    await room.openWorker(sink.url).step();
    expect(await room.suppressions.findSuppression('key-p')).toBeNull();
  });

  test.each([
    '5.1.1 <p@home.example>: Recipient address rejected: User unknown in relay recipient table',
    '5.1.1 The email account that you tried to reach does not exist. Please try double-checking the address',
    '5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
  ])('%s: it rests', async (words) => {
    const sink = await room.startSink({ onRcptTo: (_a, _s, callback) => callback(smtpReply(550, words)) });
    await room.outbox.insertRows([room.row('p')]);
    await room.openWorker(sink.url).step();
    expect(await room.suppressions.findSuppression('key-p')).toMatchObject({ reason: 'no-such-address' });
  });
});

describe('a burst of them from one provider', () => {
  const rows = (domain: string, count: number) =>
    Array.from({ length: count }, (_, i) => room.row(`${domain}-${i}`, { subjectId: `p${i}@${domain}` }));
  /** As the rows name them, whole. */
  const composers = () => ({
    note: {
      prepare: async ({ subjectId }: { subjectId: string }) => ({
        do: 'send' as const,
        message: { to: subjectId, subject: 'x', text: 'x', html: 'x' },
      }),
    },
  });

  test('pauses mail to it alone, costs the others no attempt, and rests few of its addresses', async () => {
    let isAway = true;
    const sink = await room.startSink({
      onRcptTo: ({ address }, _s, callback) =>
        callback(isAway && address.endsWith('@away.example') ? smtpReply(550, '5.1.1 no such user') : null),
    });
    await room.outbox.insertRows([...rows('away.example', 30), ...rows('well.example', 10)]);
    const worker = room.openWorker(sink.url, { composers: composers() });
    await worker.step();
    const away = await Promise.all(rows('away.example', 30).map(({ _id }) => room.outbox.findRow(_id)));
    expect(away.filter((row) => row?.state === 'failed')).toHaveLength(4);
    expect(away.filter((row) => row?.state === 'due' && row.attempts === 0)).toHaveLength(26);
    expect(sink.mails).toHaveLength(10);
    expect(room.logged.join()).toContain('mail.provider-paused');
    expect(room.logged.join()).not.toContain('away.example');

    isAway = false;
    room.clock.advance(5 * MINUTE);
    while (await worker.step());
    expect(sink.mails).toHaveLength(36);
  });

  test.each(['MAIL FROM', 'the end of the content'])('pauses it also where it is said to %s', async (at) => {
    let isAway = true;
    const word = () => (isAway ? smtpReply(550, '5.1.1 no such user') : null);
    const sink = await room.startSink({
      ...(at === 'MAIL FROM' && { onMailFrom: (_a, _s, callback) => callback(word()) }),
      ...(at !== 'MAIL FROM' && {
        onData: (stream, _s, callback) => {
          stream.on('end', () => callback(word()));
          stream.resume();
        },
      }),
    });
    await room.outbox.insertRows(rows('away.example', 12));
    const worker = room.openWorker(sink.url, { composers: composers() });
    await worker.step();
    expect(room.logged.join()).toContain('mail.provider-paused');
    // It was no word about any of these addresses.
    for (const { emailKey } of rows('away.example', 12))
      expect(await room.suppressions.findSuppression(emailKey ?? '')).toBeNull();
    isAway = false;
    room.clock.advance(10 * MINUTE);
    while (await worker.step());
    const left = await Promise.all(rows('away.example', 12).map(({ _id }) => room.outbox.findRow(_id)));
    expect(left.filter((row) => row?.state === 'sent').length).toBeGreaterThanOrEqual(8);
  });

  test('is taken back by one command: who rested since may be written to at once', async () => {
    const before = room.clock.now();
    await room.suppressions.heed({ emailKey: 'old', scope: 'all', reason: 'no-such-address' }, before);
    room.clock.advance(HOUR);
    const since = room.clock.now();
    for (const emailKey of ['a', 'b'])
      await room.suppressions.heed({ emailKey, scope: 'all', reason: 'no-such-address' }, since);
    await room.suppressions.suppress({ emailKey: 'c', scope: 'all', reason: 'no-such-address' }, since);
    await room.suppressions.suppress({ emailKey: 'd', scope: 'all', reason: 'complaint' }, since);
    expect(await room.suppressions.liftGone(since)).toBe(3);
    const held = async (emailKey: string) => room.suppressions.findHold(emailKey, 'all', room.clock.now());
    for (const emailKey of ['a', 'b', 'c']) expect(await held(emailKey)).toBeUndefined();
    expect(await held('old')).toEqual(new Date(before.getTime() + DAY));
    expect(await held('d')).toBe('suppressed');
    // The next word is the first again.
    await room.suppressions.heed(
      { emailKey: 'a', scope: 'all', reason: 'no-such-address' },
      room.clock.now(),
    );
    expect(await held('a')).toEqual(inDays(1));
  });
});
