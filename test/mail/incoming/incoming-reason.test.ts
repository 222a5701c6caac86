import { describe, expect, test } from 'vitest';
import { readIncoming } from '../../../src/mail/incoming/read-incoming.ts';
import { reasonOf } from '../../../src/mail/incoming/reason.ts';

const own = { mailDomain: 'safe-passage.example', mailFrom: 'hello@safe-passage.example' };
const LETTER =
  'Received: from mail.safe-passage.example\nMessage-ID: <a@safe-passage.example>\nSubject: 120 people';

async function readRaw(fields: readonly string[], words: string) {
  return (await readIncoming(Buffer.from(`${fields.join('\n')}\n\n${words}\n`), { own }))?.found;
}

describe('the server’s own words beside a code', () => {
  test.each([
    ['5.1.1', '550 5.1.1 User unknown', 'hard no-such-address'],
    ['5.1.1', '554 sorry, your address is on our block list', 'soft blocked'],
    ['5.1.1', '554 Service unavailable; Client host [192.0.2.1] blocked by list.example', 'soft blocked'],
    ['5.1.1', '552 the account of this person does not have enough space', 'soft full'],
    ['5.1.1', 'maildir has overdrawn his diskspace quota', 'soft full'],
    ['5.1.1', '450 too many messages from your host, slow down', 'soft too-many'],
    ['5.1.2', 'Host not found, try again', 'soft unreachable'],
    ['5.1.2', 'Name service error for name=office.example type=MX: Host not found', 'hard no-such-address'],
    ['5.1.1', 'aliasing/forwarding loop broken', 'soft other'],
    ['5.2.1', 'This user is receiving mail at a rate that prevents more', 'soft too-many'],
    ['5.2.1', 'The account is disabled', 'hard disabled'],
    ['5.2.1', 'Mailbox temporarily disabled', 'soft unreachable'],
    ['5.7.1', '550 5.7.1 no such recipient here', 'hard no-such-address'],
    ['5.7.1', 'Recipient address rejected: Nonexistent user', 'hard no-such-address'],
    ['5.7.1', 'Recipient address rejected: Access denied', 'soft blocked'],
    ['5.4.1', 'Recipient address rejected: Access denied', 'hard no-such-address'],
    ['5.6.7', 'SMTPUTF8 is required, but was not offered by host mx.office.example', 'soft other'],
    ['4.1.1', 'User unknown', 'soft unreachable'],
    [undefined, 'Unrouteable address', 'hard no-such-address'],
    [undefined, 'Domain office.example does not accept mail (nullMX)', 'hard no-such-address'],
    [undefined, 'all relevant MX records point to non-existent hosts', 'hard no-such-address'],
    [undefined, 'el buzón está\nlleno', 'soft full'],
    [undefined, 'El destinatario no\n  existe', 'hard no-such-address'],
    [undefined, 'see https://spam.example/blocked?user=unknown for <spam@office.example>', 'soft other'],
    ['5.1.1', '550 RCPT TO: max message size exceeded', 'soft too-large'],
    ['5.3.0', '553 Exceeded maximum inbound message size', 'soft too-large'],
    ['5.7.1', '550 5.7.1 No mailbox found', 'hard no-such-address'],
    ['5.0.0', '550 ** No mail box available for this user **', 'hard no-such-address'],
    ['5.0.0', '554 Rcpt <a@office.example> does not exist', 'hard no-such-address'],
    [undefined, '550 Recipient Rejected: No account by that name here', 'hard no-such-address'],
    [undefined, 'something went wrong', 'soft other'],
  ])('%s "%s" is: %s', (code, words, is) => {
    const { severity, reason } = reasonOf(code, words);
    expect(`${severity} ${reason}`).toBe(is);
  });
});

describe('a gateway that reports under a name of its own', () => {
  const read = async (fields: string[], words: string) => {
    const head = ['From: Antispam <gateway@office.example>', 'To: letters@safe-passage.example', ...fields];
    return readRaw(head, words);
  };

  test.each([
    [
      'Mail delivery failed: returning message to sender',
      'A message that you sent could not be delivered.\n550 5.1.1 <clerk@office.example> no such user',
      { severity: 'hard', reason: 'no-such-address', recipients: ['clerk@office.example'] },
    ],
    [
      'Message status - undeliverable',
      'The message that you sent was undeliverable to the following:\n\tclerk@office.example (user not found)',
      { severity: 'hard', reason: 'no-such-address' },
    ],
    [
      'Delivery failure notification',
      'Your message could not be delivered to clerk@office.example\nAttempts will continue for 5 days.',
      { severity: 'delayed' },
    ],
    [
      'No se pudo entregar: Informe 3',
      'No se pudo entregar su mensaje a clerk@office.example\nEl buzón está lleno.',
      { severity: 'soft', reason: 'full' },
    ],
  ])('sends a bounce, and no answer of the office: %s', async (subject, words, is) => {
    const inText = `${words}\n\n-- The header of your message --\n${LETTER}`;
    expect(await read([`Subject: ${subject}`], inText)).toMatchObject({ kind: 'bounce', ...is });
    const type = 'Content-Type: multipart/mixed; boundary=b';
    const inPart = `--b\n\n${words}\n--b\nContent-Type: message/rfc822\n\n${LETTER}\n\nx\n--b--`;
    expect(await read([`Subject: ${subject}`, type], inPart)).toMatchObject({ kind: 'bounce', ...is });
    // Without the letter it is somebody's word about a bounce.
    expect((await read([`Subject: ${subject}`], words))?.kind).toBe('reply');
  });

  test('and a report without its fields is one too', async () => {
    const type = 'Content-Type: multipart/report; report-type=delivery-status; boundary=b';
    const parts =
      '--b\n\nA message could not be delivered to:\nclerk@office.example\n--b\nContent-Type: message/delivery-status\n\n--b--';
    expect(await read(['Subject: Usuario', type], parts)).toMatchObject({ kind: 'bounce', severity: 'soft' });
  });

  test.each([
    // A person answers, and has the bounce of another mail to tell of.
    [
      ['Subject: Mail delivery failed', 'In-Reply-To: <a@safe-passage.example>'],
      'Your letter could not be delivered to us last week, here is our answer.',
    ],
    [['Subject: Undeliverable promises'], 'We have read your letter and do not agree with it.'],
    [
      ['Subject: Returned mail'],
      'Thank you. We attach what we answered in June.\n\n> could not be delivered',
    ],
  ])('what people write is an answer: %o', async (fields, words) => {
    expect(await read(fields, words)).toEqual({ kind: 'reply' });
  });
});

describe('a mail server that writes no report', () => {
  const returned = (words: string) =>
    `--b\n\n${words}\n--b\nContent-Type: message/rfc822\n\n${LETTER}\n\nx\n--b--`;
  const parts = 'Content-Type: multipart/mixed; boundary=b';

  test.each([
    ['in a language that nobody here reads', '邮件无法发送到您指定的地址中。', { severity: 'soft' }],
    ['with its cause', 'Mailbox clerk@office.example: user not found', { severity: 'hard' }],
  ])('sends a bounce when it brings the letter back, %s', async (_, words, is) => {
    const from = 'From: MAILER-DAEMON@office.example';
    expect(await readRaw([from, 'Subject: 邮件', parts], returned(words))).toMatchObject({
      kind: 'bounce',
      ...is,
    });
    // A person at the postmaster's desk may send our letter along.
    const person = ['From: postmaster@office.example', 'Subject: Your letter', parts];
    expect(await readRaw(person, returned('We read it.'))).toMatchObject({ kind: 'reply' });
  });

  test('or names a cause, be its own From empty', async () => {
    const marks = ['Return-Path: <>', 'From: <>', 'Auto-Submitted: auto-replied'];
    const words = 'You sent mail to clerk@office.example. That is not a valid user here.';
    expect(await readRaw(marks, words)).toMatchObject({ kind: 'bounce', severity: 'hard' });
    expect(await readRaw(marks, 'I am out of the office.')).toMatchObject({ kind: 'auto-reply' });
  });

  test('warns for the last time when there is nobody', async () => {
    const fields = ['From: MDaemon@office.example', 'Subject: Warning: clerk@office.example - User unknown!'];
    expect(await readRaw(fields, 'There is no such user here.')).toMatchObject({ severity: 'hard' });
    const late = ['From: MDaemon@office.example', 'Subject: Warning: message delayed'];
    expect(await readRaw(late, 'The host could not be reached. It is still being tried.')).toMatchObject({
      severity: 'delayed',
    });
  });
});
