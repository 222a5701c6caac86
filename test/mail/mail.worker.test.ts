import { describe, expect, test } from 'vitest';
import { addMilliseconds, DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import type { Composer } from '../../src/mail/mail.ts';
import { smtpReply } from '../support/smtp.ts';
import { useMailRoom } from './mail-room.ts';

const room = await useMailRoom();

describe('mail to people', () => {
  test('each due mail is sent once, with both parts, and its row keeps no address', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows(Array.from({ length: 25 }, (_, i) => room.row(`p${i}`)));
    const worker = room.openWorker(sink.url);
    await worker.step();
    await worker.step();
    expect(new Set(sink.mails.map(({ to }) => to[0])).size).toBe(25);
    expect(sink.mails).toHaveLength(25);
    expect(sink.mails[0]?.raw).toMatch(/text\/plain[\s\S]*text\/html/);
    const ended = await room.outbox.findRow('p0');
    expect(ended).toMatchObject({ state: 'sent', replyCode: 250 });
    expect(ended?.emailKey).toBeUndefined();
    expect(ended?.dueAt).toBeUndefined();
  });

  test('two workers on one outbox send each mail once', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows(Array.from({ length: 300 }, (_, i) => room.row(`p${i}`)));
    const [a, b] = [room.openWorker(sink.url), room.openWorker(sink.url)];
    while ((await room.outbox.countWaiting(addMilliseconds(room.clock.now(), HOUR))) > 0)
      await Promise.all([a.step(), b.step(), a.step(), b.step()]);
    expect(sink.mails).toHaveLength(300);
    expect(new Set(sink.mails.map(({ to }) => to[0])).size).toBe(300);
  });

  test('a sender that vanished leaves its mails to the next, after the lease', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows([room.row('p')]);
    await room.outbox.claimRows(['p'], {
      audience: 'person',
      now: room.clock.now(),
      claim: 'gone',
      leaseMs: MINUTE,
    });
    const worker = room.openWorker(sink.url);
    await worker.step();
    expect(sink.mails).toHaveLength(0);
    room.clock.advance(2 * MINUTE);
    await worker.step();
    expect(sink.mails).toHaveLength(1);
  });

  test('what has no reason any more is cancelled, what is not ready waits without an attempt', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows([room.row('gone'), room.row('soon')]);
    const composer: Composer = {
      prepare: async ({ _id }) =>
        _id === 'gone'
          ? { do: 'cancel', reason: 'gone' }
          : { do: 'later', at: new Date(room.clock.now().getTime() + HOUR) },
    };
    await room.openWorker(sink.url, { composers: { note: composer } }).step();
    expect(await room.outbox.findRow('gone')).toMatchObject({ state: 'cancelled', outcome: 'gone' });
    expect(await room.outbox.findRow('soon')).toMatchObject({ state: 'due', attempts: 0 });
  });

  test('a composer that fails for one mail stops no other, and is tried again later', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows([room.row('bad'), room.row('good')]);
    const composer: Composer = {
      prepare: async (given) => {
        if (given._id === 'bad') throw new Error('broken');
        return room.note.prepare(given);
      },
    };
    await room.openWorker(sink.url, { composers: { note: composer } }).step();
    expect(await room.stateOf('good')).toBe('sent');
    expect(await room.outbox.findRow('bad')).toMatchObject({ state: 'due', attempts: 1 });
  });

  test.each(['to', 'subject', 'header'])('a line break in the %s sends nothing', async (place) => {
    const sink = await room.startSink();
    await room.outbox.insertRows([room.row('p')]);
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
    await room.openWorker(sink.url, { composers: { note: composer } }).step();
    expect(sink.mails).toHaveLength(0);
  });

  test('a second recipient smuggled into the address is refused', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows([room.row('p')]);
    const composer: Composer = {
      prepare: async () => ({
        do: 'send',
        message: { to: 'a@home.example, b@home.example', subject: 'x', text: 'x', html: 'x' },
      }),
    };
    await room.openWorker(sink.url, { composers: { note: composer } }).step();
    expect(sink.mails).toHaveLength(0);
  });
});

describe('what a server may answer', () => {
  test.each(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10'])(
    '%s at RCPT says that there is no such address',
    async (enhanced) => {
      const sink = await room.startSink({
        onRcptTo: (_a, _s, callback) => callback(smtpReply(550, `${enhanced} no such user`)),
      });
      await room.outbox.insertRows([room.row('p')]);
      await room.openWorker(sink.url).step();
      const { restsUntil, reason } = (await room.suppressions.findSuppression('key-p')) ?? {};
      expect({ restsUntil, reason }).toEqual({
        restsUntil: new Date(room.clock.now().getTime() + DAY),
        reason: 'no-such-address',
      });
      expect(await room.stateOf('p')).toBe('failed');
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
    const sink = await room.startSink({ ...manners, allowInsecureAuth: true } as never);
    const url =
      'onAuth' in manners ? `${sink.url.replace('//', '//user:wrong@')}?requireTLS=false` : sink.url;
    await room.outbox.insertRows(Array.from({ length: 8 }, (_, i) => room.row(`p${i}`)));
    const worker = room.openWorker(url);
    await worker.step();
    for (let i = 0; i < 8; i += 1) {
      expect(await room.outbox.findRow(`p${i}`)).toMatchObject({ state: 'due', attempts: 0 });
      expect(await room.suppressions.isSuppressed(`key-p${i}`, 'all')).toBe(false);
    }
  });

  test('a relay that takes nothing is left alone for a while, then tried again', async () => {
    let isListed = true;
    let tries = 0;
    const sink = await room.startSink({
      onMailFrom: (_a, _s, callback) => {
        tries += 1;
        callback(isListed ? smtpReply(554, '5.7.1 listed') : null);
      },
    });
    await room.outbox.insertRows(Array.from({ length: 40 }, (_, i) => room.row(`p${i}`)));
    const worker = room.openWorker(sink.url);
    for (let turn = 0; turn < 5; turn += 1) await worker.step();
    expect(tries).toBeLessThanOrEqual(10);
    isListed = false;
    room.clock.advance(2 * MINUTE);
    for (let turn = 0; turn < 3; turn += 1) await worker.step();
    expect(sink.mails).toHaveLength(40);
  });

  test('a full mailbox is given up after three days', async () => {
    const sink = await room.startSink({
      onRcptTo: (_a, _s, callback) => callback(smtpReply(452, '4.2.2 full')),
    });
    await room.outbox.insertRows([room.row('p')]);
    const worker = room.openWorker(sink.url);
    for (let hour = 0; hour < 80; hour += 1) {
      await worker.step();
      room.clock.advance(HOUR);
    }
    expect(await room.stateOf('p')).toBe('failed');
    expect(await room.suppressions.isSuppressed('key-p', 'all')).toBe(false);
  });

  test('450 is tried again, later each time; a server that refuses connections too', async () => {
    const sink = await room.startSink({
      onRcptTo: (_a, _s, callback) => callback(smtpReply(450, '4.7.1 greylisted')),
    });
    await room.outbox.insertRows([room.row('p')]);
    const worker = room.openWorker(sink.url);
    await worker.step();
    const first = await room.outbox.findRow('p');
    expect(first).toMatchObject({ state: 'due', attempts: 1 });
    room.clock.advance(MINUTE);
    await worker.step();
    const second = await room.outbox.findRow('p');
    expect(Number(second?.dueAt) - room.clock.now().getTime()).toBe(2 * MINUTE);

    await room.outbox.insertRows([room.row('q')]);
    await room.openWorker('smtp://127.0.0.1:9').step();
    expect(await room.outbox.findRow('q')).toMatchObject({ state: 'due', attempts: 0 });
  });
});

describe('mail to offices', () => {
  test('is sent alone, and the server’s words are recorded before the row ends', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows([room.officeRow('dhs')]);
    await room.openWorker(sink.url).step();
    expect(sink.mails).toMatchObject([{ from: 'l@us.example', to: ['dhs@office.example'] }]);
    expect(room.settled).toMatchObject([{ id: 'dhs', outcome: { result: 'sent', code: 250 } }]);
    expect(await room.stateOf('dhs')).toBe('sent');
  });

  test('a server that drops the line after DATA leaves it unknown, and it is never sent again by itself', async () => {
    const server = await room.startSilentServer((socket) => socket.destroy());
    await room.outbox.insertRows([room.officeRow('dhs')]);
    const worker = room.openWorker(server.url);
    await worker.step();
    expect(await room.stateOf('dhs')).toBe('unknown');
    expect(room.settled).toMatchObject([{ outcome: { result: 'unknown' } }]);
    for (let day = 0; day < 3; day += 1) {
      room.clock.advance(DAY);
      await worker.step();
    }
    expect(server.bodies).toHaveLength(1);
  });

  test('a sender that vanished leaves it unknown', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows([room.officeRow('dhs')]);
    await room.outbox.claimRows(['dhs'], {
      audience: 'office',
      now: room.clock.now(),
      claim: 'gone',
      leaseMs: MINUTE,
    });
    room.clock.advance(2 * MINUTE);
    await room.openWorker(sink.url).step();
    expect(await room.stateOf('dhs')).toBe('unknown');
    expect(sink.mails).toHaveLength(0);
  });

  test('a numeric refusal fails it; an organiser may send it again once', async () => {
    let isRefusing = true;
    const sink = await room.startSink({
      onRcptTo: (_a, _s, callback) => callback(isRefusing ? smtpReply(550, '5.3.0 no') : null),
    });
    await room.outbox.insertRows([room.officeRow('dhs')]);
    const worker = room.openWorker(sink.url);
    await worker.step();
    expect(await room.stateOf('dhs')).toBe('failed');
    isRefusing = false;
    expect(await room.outbox.resolveRow('dhs', 'due', room.clock.now())).toBe(true);
    expect(await room.outbox.resolveRow('dhs', 'due', room.clock.now())).toBe(false);
    await worker.step();
    expect(sink.mails).toHaveLength(1);
  });
});

describe('the local mailbox', () => {
  test('keeps a mail that can be read as a person would, once however often it is sent', async () => {
    await room.outbox.insertRows([room.row('p')]);
    const { mailbox } = room;
    const worker = room.openWorker();
    await worker.step();
    await room.outbox.insertRows([room.row('p2', { subjectId: 'p' })]);
    await mailbox.deposit(Buffer.from('Subject: again\r\n\r\nx'), 'p');
    const [mail] = await mailbox.list();
    expect(await mailbox.list()).toHaveLength(1);
    expect(await mailbox.read(mail?.id ?? '')).toMatchObject({ subject: 'again' });
  });

  test.each(['../keys/master', '..%2Fkeys', '', 'x', '000000000000001-aaaaaaaaaaaaaaaa/../..'])(
    '%j opens nothing',
    async (id) => {
      expect(await room.mailbox.read(id)).toBeNull();
    },
  );
});

describe('unasked mail', () => {
  test('three a day and eight a month, whoever asks, also when fifty ask at once', async () => {
    const ask = (id: string) => room.suppressions.allowUnasked('ana', { id, about: id }, room.clock.now());
    const first = await Promise.all(Array.from({ length: 50 }, (_, i) => ask(`day0:${i}`)));
    expect(first.filter(Boolean)).toHaveLength(3);
    let allowed = 3;
    for (let day = 1; day < 29; day += 1) {
      room.clock.advance(DAY + MINUTE);
      for (let i = 0; i < 4; i += 1) if (await ask(`day${day}:${i}`)) allowed += 1;
    }
    expect(allowed).toBe(8);
  });

  test('the same mail tried again is not counted again', async () => {
    for (let i = 0; i < 10; i += 1)
      expect(await room.suppressions.allowUnasked('ana', { id: 'one', about: 'a' }, room.clock.now())).toBe(
        true,
      );
    expect(await room.suppressions.allowUnasked('ana', { id: 'two', about: 'b' }, room.clock.now())).toBe(
      true,
    );
  });

  test('"all" is not lowered by unsubscribing later', async () => {
    await room.suppressions.suppress(
      { emailKey: 'ana', scope: 'all', reason: 'not-me', network: 'n' },
      room.clock.now(),
    );
    await room.suppressions.suppress(
      { emailKey: 'ana', scope: 'updates', reason: 'unsubscribed' },
      room.clock.now(),
    );
    expect(await room.suppressions.isSuppressed('ana', 'all')).toBe(true);
    expect(
      await room.suppressions.countNotMe('n', new Date(room.clock.now().getTime() - DAY), room.clock.now()),
    ).toBe(1);
  });

  test('unsubscribed from updates still receives what was asked for', async () => {
    await room.suppressions.suppress(
      { emailKey: 'eva', scope: 'updates', reason: 'unsubscribed' },
      room.clock.now(),
    );
    expect(await room.suppressions.isSuppressed('eva', 'updates')).toBe(true);
    expect(await room.suppressions.isSuppressed('eva', 'all')).toBe(false);
    await room.suppressions.liftAll('eva');
    expect(await room.suppressions.isSuppressed('eva', 'updates')).toBe(false);
  });
});
