import { describe, expect, test } from 'vitest';
import { MINUTE } from '../../src/lib/clock.ts';
import {
  classifyFailure,
  type Fault,
  faultOf,
  readAcceptance,
  withoutRecipient,
} from '../../src/mail/smtp-reply.ts';
import { smtpReply } from '../support/smtp.ts';
import { useMailRoom } from './mail-room.ts';

const room = await useMailRoom();

const isSuppressed = (id: string) => room.suppressions.isSuppressed(`key-${id}`, 'all');

describe('whose fault a refusal is', () => {
  test.each<[string, string, Fault]>([
    ['CONN', '421 4.7.0 too many connections', 'relay'],
    ['CONN', '554 no SMTP service here', 'relay'],
    ['AUTH PLAIN', '535 5.7.8 bad password', 'relay'],
    ['MAIL FROM', '550 5.1.8 sender rejected', 'relay'],
    ['MAIL FROM', '553 not your address', 'relay'],
    ['MAIL FROM', '530 sign in first', 'relay'],
    ['MAIL FROM', '552 5.3.4 message too big', 'mail'],
    ['RCPT TO', '554 5.7.1 listed', 'relay'],
    ['RCPT TO', '550 blocked, see spamhaus', 'relay'],
    ['RCPT TO', '451 blocked by rbl.example', 'relay'],
    ['RCPT TO', '550 relaying denied', 'relay'],
    ['RCPT TO', '452 4.3.1 insufficient system storage', 'relay'],
    ['RCPT TO', '452 4.2.2 mailbox full', 'recipient'],
    ['RCPT TO', '552 5.2.2 mailbox full', 'recipient'],
    ['RCPT TO', '550 no', 'mail'],
    ['RCPT TO', '450 4.7.1 greylisted', 'mail'],
    ['DATA', '552 5.3.4 message too big', 'mail'],
    ['DATA', '554 5.6.0 cannot be read', 'mail'],
    ['DATA', '554 5.7.1 looks like spam', 'relay'],
  ])('at %s "%s": %s', (command, response, fault) => {
    const error = Object.assign(new Error(response), {
      command,
      response,
      responseCode: Number(response.slice(0, 3)),
    });
    const isNamed = /^(MAIL|RCPT|DATA)/.test(command);
    const outcome = classifyFailure(error, { isNamed, hasBegun: command === 'DATA' });
    expect(outcome.result === 'sent' ? outcome : faultOf(outcome)).toBe(fault);
  });
});

describe('what is no reply', () => {
  const systemError = (code: string, syscall: string) =>
    Object.assign(new Error(`${syscall} ${code}`), { code: 'ESOCKET', originalCode: code, syscall });

  test.each([
    ['a connection refused', systemError('ECONNREFUSED', 'connect')],
    ['a connection reset', systemError('ECONNRESET', 'read')],
    ['words that only name such an error', Object.assign(new Error('ENOTFOUND'), { code: 'EPROTOCOL' })],
    ['a 354 where 250 was due', Object.assign(new Error('x'), { responseCode: 354, response: '354 x' })],
    [
      'a number that is no reply code',
      Object.assign(new Error('x'), { responseCode: 5500, response: '5500' }),
    ],
    [
      'no number',
      Object.assign(new Error('x'), { code: 'EENVELOPE', response: 'hello', command: 'RCPT TO' }),
    ],
    ['our own deadline', Object.assign(new Error('aborted'), { code: 'ABORT_ERR' })],
  ])('%s: decided by the stage alone', (_title, error) => {
    expect(classifyFailure(error, { isNamed: false, hasBegun: false })).toMatchObject({
      result: 'again',
      isBefore: true,
    });
    expect(classifyFailure(error, { isNamed: true, hasBegun: true })).toMatchObject({
      result: 'unknown',
      mayHaveArrived: true,
    });
  });

  test('a pooled connection that had closed before a word of this mail is as one that never stood', () => {
    const error = Object.assign(new Error('closed'), { code: 'ECONNECTION', command: 'API' });
    expect(classifyFailure(error, { isNamed: true, hasBegun: false })).toMatchObject({ isBefore: true });
  });

  test('what our own library refuses is no server’s word', () => {
    const error = Object.assign(new Error('Invalid recipient'), { code: 'EENVELOPE', command: 'API' });
    expect(classifyFailure(error, { isNamed: true, hasBegun: false })).toMatchObject({
      result: 'refused',
      isLocal: true,
    });
  });

  test.each(['2', '25', '2garbage', '2500 x', 'ok', ''])(
    '%j to the content is no word that it was taken',
    (words) => {
      expect(readAcceptance(words, 'id')).toMatchObject({ result: 'unknown', mayHaveArrived: true });
    },
  );
});

describe('a queue that meets one', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, i) => room.row(`p${i}`));
  const countStates = async (count: number) => {
    const found = await Promise.all(rows(count).map(({ _id }) => room.outbox.findRow(_id)));
    return Object.groupBy(found, (row) => row?.state ?? 'gone');
  };

  test('a sender whom the relay refuses loses none of it', async () => {
    const sink = await room.startSink({
      onMailFrom: (_a, _s, callback) => callback(smtpReply(553, 'not yours')),
    });
    await room.outbox.insertRows(rows(30));
    const worker = room.openWorker(sink.url);
    for (let turn = 0; turn < 6; turn += 1) {
      await worker.step();
      room.clock.advance(40 * MINUTE);
    }
    const { due = [] } = await countStates(30);
    expect(due).toHaveLength(30);
    expect(due.every((row) => row?.attempts === 0)).toBe(true);
  });

  test('one that is refused for itself fails, suppresses nobody, and stops none of the others', async () => {
    const sink = await room.startSink({
      onRcptTo: ({ address }, _session, callback) =>
        callback(address.startsWith('p3@') ? smtpReply(550, 'no') : null),
    });
    await room.outbox.insertRows(rows(10));
    expect(await room.openWorker(sink.url).step()).toBe(false);
    expect(await room.outbox.findRow('p3')).toMatchObject({ state: 'failed', replyCode: 550 });
    expect(await isSuppressed('p3')).toBe(false);
    expect(sink.mails).toHaveLength(9);
  });

  test('one too big fails at once', async () => {
    const sink = await room.startSink({
      onData(stream, _session, callback) {
        stream.resume();
        stream.on('end', () => callback(smtpReply(552, '5.3.4 too big')));
      },
    });
    await room.outbox.insertRows([room.row('p0')]);
    await room.openWorker(sink.url).step();
    expect(await room.outbox.findRow('p0')).toMatchObject({ state: 'failed', replyCode: 552 });
    expect(await isSuppressed('p0')).toBe(false);
  });

  test('a relay that refuses everybody without a reason fails four, and the others wait', async () => {
    const sink = await room.startSink({ onRcptTo: (_a, _s, callback) => callback(smtpReply(550, 'no')) });
    await room.outbox.insertRows(rows(40));
    const worker = room.openWorker(sink.url);
    for (let turn = 0; turn < 6; turn += 1) {
      await worker.step();
      room.clock.advance(40 * MINUTE);
    }
    const { failed = [], due = [] } = await countStates(40);
    expect(failed).toHaveLength(4);
    expect(due).toHaveLength(36);
    expect(await isSuppressed('p0')).toBe(false);
  });

  test('after a pause few are tried, and the rest when one was taken', async () => {
    let isAway = true;
    let tries = 0;
    const sink = await room.startSink({
      onMailFrom: (_a, _s, callback) => {
        tries += 1;
        callback(isAway ? smtpReply(421, '4.3.2 closing') : null);
      },
    });
    await room.outbox.insertRows(rows(40));
    const worker = room.openWorker(sink.url);
    await worker.step();
    const atFirst = tries;
    room.clock.advance(2 * MINUTE);
    await worker.step();
    expect(tries - atFirst).toBeLessThanOrEqual(3);
    isAway = false;
    room.clock.advance(5 * MINUTE);
    while (await worker.step());
    expect(sink.mails).toHaveLength(40);
  });

  test('the address that a server repeats is neither kept nor logged', async () => {
    const sink = await room.startSink({
      onRcptTo: ({ address }, _session, callback) =>
        callback(smtpReply(550, `5.1.1 <${address}>: user ana.rosa unknown`)),
    });
    await room.outbox.insertRows([room.row('ana.rosa')]);
    await room.openWorker(sink.url).step();
    const ended = await room.outbox.findRow('ana.rosa');
    expect(ended?.outcome).toMatch(/550 5\.1\.1 .*unknown/);
    expect(ended?.outcome).not.toMatch(/ana\.rosa/);
    expect(room.logged.join()).toContain('mail.refused');
    expect(room.logged.join()).not.toMatch(/ana\.rosa/);
  });

  test('a relay’s words are logged on one line, cut, without what would steer a terminal or open anything', async () => {
    const sink = await room.startSink({
      allowInsecureAuth: true,
      onAuth: (_a, _s, callback) =>
        callback(smtpReply(535, `bad \u001b[31mpassword hunter2 of ana@home.example ${'x'.repeat(2_000)}`)),
    });
    await room.outbox.insertRows([room.row('p'), room.officeRow('o')]);
    const url = `${sink.url.replace('//', '//user:hunter2@')}?requireTLS=false`;
    await room.openWorker(url).step();
    const line = room.logged.join('\n');
    expect(line).toContain('535');
    expect(line).not.toMatch(/hunter2|ana@home|\\u001b/);
    expect(line.length).toBeLessThan(500);
    const kept = JSON.stringify([await room.outbox.findRow('p'), await room.outbox.findRow('o')]);
    expect(kept).not.toContain('hunter2');
  });

  test.each([
    ['550 <a+b@home.example> no', 'a+b@home.example', '550 <…> no'],
    ['550 A+B no', 'a+b@home.example', '550 … no'],
    ['550 5.7.1 no', 'x@home.example', '550 5.7.1 no'],
  ])('%j without %s', (reply, address, words) => {
    expect(withoutRecipient(reply, address)).toBe(words);
  });
});

describe('what is no header', () => {
  const evil = 'x\r\nBcc: victim@home.example';
  test.each([
    ['header name', { headers: { [evil]: 'x' } }],
    ['header value', { headers: { 'X-Note': evil } }],
    ['bare line feed', { subject: 'x\nBcc: victim@home.example' }],
    ['reply address', { replyTo: `a@home.example${evil}` }],
    ['sender’s name', { from: { name: evil, address: 'us@us.example' } }],
    ['sender’s address', { from: { name: 'Us', address: `us@us.example${evil}` } }],
    ['message id', { messageId: evil }],
    ['reference', { references: ['a@b', evil] }],
  ])('a line break in the %s sends nothing', async (_place, odd) => {
    const sink = await room.startSink();
    await room.outbox.insertRows([room.row('p')]);
    const prepare = async () => ({
      do: 'send' as const,
      message: { to: 'a@home.example', subject: 'x', text: 'x', html: 'x', ...odd },
    });
    await room.openWorker(sink.url, { composers: { note: { prepare } } }).step();
    expect(await room.outbox.findRow('p')).toMatchObject({ state: 'due', attempts: 1 });
    expect(sink.mails).toEqual([]);
  });
});
