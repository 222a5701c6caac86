import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import { LEASE_MS } from '../../src/mail/mail.worker.ts';
import { QUIET_MS } from '../../src/mail/outbox.store.ts';
import { SMTP_TIMEOUT_MS } from '../../src/mail/smtp-options.ts';
import { smtpReply } from '../support/smtp.ts';
import { useMailRoom } from './mail-room.ts';

const room = await useMailRoom();

const away = async () => {
  throw new Error('the database is away');
};

describe('an office’s mail', () => {
  test('that no reply came for within the whole time allowed is unknown', async () => {
    const server = await room.startSilentServer();
    await room.outbox.insertRows([room.officeRow('dhs')]);
    await room.openWorker(server.url, { timeoutMs: 300 }).step();
    expect(server.bodies).toHaveLength(1);
    expect(await room.outbox.findRow('dhs')).toMatchObject({ state: 'unknown', attempts: 1 });
    expect(room.settled).toMatchObject([{ outcome: { result: 'unknown', mayHaveArrived: true } }]);
  });

  test('whose lease has run out when DATA is answered sends no byte, and is doubtful to the next', async () => {
    const sink = await room.startSink({
      onRcptTo: (_address, _session, callback) => {
        room.clock.advance(LEASE_MS);
        callback();
      },
    });
    await room.outbox.insertRows([room.officeRow('dhs')]);
    const worker = room.openWorker(sink.url);
    await worker.step();
    expect(sink.mails).toEqual([]);
    expect(room.settled).toEqual([]);
    expect(await room.stateOf('dhs')).toBe('sending');
    await worker.step();
    expect(await room.stateOf('dhs')).toBe('unknown');
    expect(sink.mails).toEqual([]);
  });

  test('that was sent but not recorded is never sent again', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows([room.officeRow('dhs')]);
    const deaf = { letter: { ...room.letter, settle: away } };
    await expect(room.openWorker(sink.url, { composers: deaf }).step()).rejects.toThrow('away');
    const unwritten = { outbox: { ...room.outbox, finishRows: away } };
    room.clock.advance(LEASE_MS);
    await expect(room.openWorker(sink.url, unwritten).step()).rejects.toThrow('away');
    await room.openWorker(sink.url).step();
    room.clock.advance(DAY);
    await room.openWorker(sink.url).step();
    expect(await room.stateOf('dhs')).toBe('unknown');
    expect(sink.mails).toHaveLength(1);
  });

  test('a failure at one office keeps neither the others nor people waiting', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows([room.officeRow('bad'), room.officeRow('good'), room.row('ana')]);
    const { letter, note } = room;
    const settle: typeof letter.settle = async (row, outcome) =>
      row._id === 'bad' ? away() : letter.settle?.(row, outcome);
    const worker = room.openWorker(sink.url, { composers: { note, letter: { ...letter, settle } } });
    await expect(worker.step()).rejects.toThrow('away');
    expect([await room.stateOf('good'), await room.stateOf('ana')]).toEqual(['sent', 'sent']);
  });

  test('an organiser may send a doubtful one again only when nobody can be sending it', async () => {
    await room.outbox.insertRows([room.officeRow('dhs')]);
    await room.outbox.claimRows(['dhs'], {
      audience: 'office',
      now: room.clock.now(),
      claim: 'gone',
      leaseMs: LEASE_MS,
    });
    expect(await room.outbox.resolveRow('dhs', 'due', room.clock.now())).toBe(false);
    room.clock.advance(LEASE_MS);
    await room.openWorker().step();
    expect(await room.outbox.resolveRow('dhs', 'due', room.clock.now())).toBe(false);
    room.clock.advance(QUIET_MS);
    expect(await room.outbox.resolveRow('dhs', 'due', room.clock.now())).toBe(true);
    expect(Math.min(QUIET_MS, LEASE_MS)).toBeGreaterThan(2 * SMTP_TIMEOUT_MS);
    expect(QUIET_MS).toBeGreaterThan(LEASE_MS);
  });

  test('two workers that find the same one send it once', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows(['a', 'b', 'c', 'd'].map(room.officeRow));
    const workers = [room.openWorker(sink.url), room.openWorker(sink.url), room.openWorker(sink.url)];
    await Promise.all(workers.map((worker) => worker.step()));
    expect(sink.mails).toHaveLength(4);
  });
});

describe('a person’s mail', () => {
  test('that may have arrived each time is tried three times in all, and suppresses nobody', async () => {
    const server = await room.startSilentServer((socket) => socket.destroy());
    await room.outbox.insertRows([room.row('ana')]);
    const worker = room.openWorker(server.url);
    for (let hour = 0; hour < 100; hour += 1) {
      await worker.step();
      room.clock.advance(HOUR);
    }
    expect(server.bodies).toHaveLength(3);
    expect(await room.stateOf('ana')).toBe('failed');
    expect(await room.suppressions.isSuppressed('key-ana', 'all')).toBe(false);
  });

  test('a server that stalls from the start costs no more than five an attempt, then all wait', async () => {
    const server = await room.startSilentServer();
    await room.outbox.insertRows(Array.from({ length: 30 }, (_, i) => room.row(`p${i}`)));
    const worker = room.openWorker(server.url.replace('smtp://', 'smtps://'), { timeoutMs: 300 });
    await worker.step();
    expect(await worker.step()).toBe(false);
    const rows = await Promise.all(Array.from({ length: 30 }, (_, i) => room.outbox.findRow(`p${i}`)));
    expect(rows.every((row) => row?.state === 'due')).toBe(true);
    expect(rows.filter((row) => row?.attempts !== 0).length).toBeLessThanOrEqual(4);
    expect(server.bodies).toEqual([]);
  });

  test('goes back unsent when too little is left of the lease, so that no other worker meets it', async () => {
    const sink = await room.startSink({
      onRcptTo: (_address, _session, callback) => {
        room.clock.advance(30 * SECOND);
        callback();
      },
    });
    await room.outbox.insertRows(Array.from({ length: 60 }, (_, i) => room.row(`p${i}`)));
    await room.openWorker(sink.url).step();
    expect(sink.mails.length).toBeGreaterThan(0);
    expect(sink.mails.length).toBeLessThan(30);
    const due = await room.outbox.listDue(room.clock.now(), 100);
    expect(due.length + sink.mails.length).toBe(60);
    expect(due.every(({ state, attempts }) => state === 'due' && attempts === 0)).toBe(true);
  });

  test('whose composer cannot be told ends all the same', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows([room.row('ana')]);
    await room.openWorker(sink.url, { composers: { note: { ...room.note, settle: away } } }).step();
    expect(await room.stateOf('ana')).toBe('sent');
  });

  test('of a kind that nobody composes any more is given up in the end', async () => {
    await room.outbox.insertRows([room.row('old', { kind: 'retired' })]);
    const worker = room.openWorker();
    for (let day = 0; day < 20; day += 1) {
      await worker.step();
      room.clock.advance(DAY);
    }
    expect(await room.stateOf('old')).toBe('failed');
  });

  test('a database that fails in the middle of a batch sends nothing that it could not record twice at once', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows(Array.from({ length: 60 }, (_, i) => room.row(`p${i}`)));
    const worker = room.openWorker(sink.url, { outbox: { ...room.outbox, finishRows: away } });
    await expect(worker.step()).rejects.toThrow('away');
    const first = sink.mails.length;
    await room.openWorker(sink.url).step();
    expect(sink.mails).toHaveLength(first);
    room.clock.advance(LEASE_MS + MINUTE);
    await room.openWorker(sink.url).step();
    expect(new Set(sink.mails.map(({ to }) => to[0])).size).toBe(60);
  });
});

describe('a person’s mail that is sent once at the most', () => {
  const once = (id: string) => room.row(id, { isOnce: true });

  test('and whose sender vanished while it was sending ends as doubtful, and is not sent again', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows([once('ana')]);
    const unwritten = { outbox: { ...room.outbox, finishRows: away } };
    await expect(room.openWorker(sink.url, unwritten).step()).rejects.toThrow('away');
    expect(sink.mails).toHaveLength(1);
    room.clock.advance(LEASE_MS);
    await room.openWorker(sink.url).step();
    expect(sink.mails).toHaveLength(1);
    expect(await room.stateOf('ana')).toBe('unknown');
    expect(room.logged.join()).not.toContain('ana');
  });

  test('and whose sender vanished before it began is sent', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows([once('ana')]);
    await room.openWorker(sink.url, { outbox: { ...room.outbox, beginRow: away } }).step();
    expect(sink.mails).toEqual([]);
    room.clock.advance(LEASE_MS);
    await room.openWorker(sink.url).step();
    expect(sink.mails).toHaveLength(1);
    expect(await room.stateOf('ana')).toBe('sent');
  });

  test('and that the server refused for now is tried again; without its word it is not', async () => {
    let isLate = true;
    const sink = await room.startSink({
      onRcptTo: (_address, _session, callback) => callback(isLate ? smtpReply(451, 'later') : undefined),
    });
    await room.outbox.insertRows([once('ana')]);
    await room.openWorker(sink.url).step();
    expect(await room.outbox.findRow('ana')).toMatchObject({ state: 'due' });
    isLate = false;
    room.clock.advance(HOUR);
    await room.openWorker(sink.url).step();
    expect(sink.mails).toHaveLength(1);
    const silent = await room.startSilentServer();
    await room.outbox.insertRows([once('beto')]);
    await room.openWorker(silent.url, { timeoutMs: 300 }).step();
    expect(silent.bodies).toHaveLength(1);
    expect(await room.stateOf('beto')).toBe('unknown');
  });
});
