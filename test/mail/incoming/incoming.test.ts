import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Envelope } from '../../../src/mail/incoming/envelope.ts';
import { type Classified, classifyIncoming } from '../../../src/mail/incoming/incoming.ts';
import { type IncomingMessage, readMessage } from '../../../src/mail/incoming/message.ts';
import { OWN_MAILS } from './own-mails.ts';

const CORPUS = join(import.meta.dirname, 'corpus');
const own = { mailDomain: 'safe-passage.example', mailFrom: 'hello@safe-passage.example' };

const readCorpus = (name: string) => readFileSync(join(CORPUS, `${name}.eml`));

async function read(raw: Buffer, envelope: Envelope = {}): Promise<IncomingMessage> {
  const message = await readMessage(raw, envelope);
  if (!message) throw new Error('it is no message');
  return message;
}

/** In the words of the table: kind, and what tells it from others of its kind. */
function inWords(found: Classified): string {
  if (found.kind === 'bounce')
    return ['bounce', found.severity, found.reason, found.code].filter(Boolean).join(' ');
  if (found.kind === 'auto-reply') return `auto-reply ${found.about}`;
  if (found.kind === 'complaint') return `complaint ${found.feedback}`;
  if (found.kind === 'loop') return `loop ${found.why}`;
  return found.kind;
}

const EXPECTED: Record<string, string> = {
  ...Object.fromEntries(Object.entries(OWN_MAILS).map(([name, { is }]) => [name, is])),
  'auto-away-by-subject': 'auto-reply away',
  'auto-gmail-vacation': 'auto-reply away',
  'auto-null-sender': 'auto-reply other',
  'auto-outlook-away': 'auto-reply away',
  'auto-outlook-away-spanish': 'auto-reply away',
  'auto-quoting-a-bounce': 'auto-reply away',
  'auto-read-receipt': 'auto-reply receipt',
  'auto-ticket': 'auto-reply ticket',
  'auto-ticket-folio-spanish': 'auto-reply ticket',
  'auto-vacation-rfc3834': 'auto-reply away',
  'complaint-arf': 'complaint abuse',
  'complaint-arf-fraud': 'complaint fraud',
  'complaint-arf-headers-only': 'complaint abuse',
  'complaint-outlook-junk': 'complaint abuse',
  'dsn-base64': 'bounce hard no-such-address 5.1.1',
  'dsn-cut-in-the-middle': 'bounce hard no-such-address 5.1.1',
  'dsn-delivered': 'auto-reply receipt',
  'dsn-domino-no-user': 'bounce hard no-such-address 5.0.0',
  'dsn-exchange-2013-gob-spanish': 'bounce hard no-such-address 5.1.1',
  'dsn-exchange-edge-blocking': 'bounce hard no-such-address 5.4.1',
  'dsn-exchange-online-no-user': 'bounce hard no-such-address 5.1.10',
  'dsn-exchange-online-spanish': 'bounce hard no-such-address 5.1.10',
  'dsn-exchange-restricted': 'bounce soft blocked 5.7.133',
  'dsn-gmail-delayed': 'bounce delayed unreachable 4.4.1',
  'dsn-gmail-dmarc': 'bounce soft blocked 5.7.26',
  'dsn-gmail-full': 'bounce soft full 4.2.2',
  'dsn-gmail-no-user': 'bounce hard no-such-address 5.1.1',
  'dsn-icloud-full': 'bounce soft full 5.2.2',
  'dsn-icloud-no-user': 'bounce hard no-such-address 5.1.1',
  'dsn-internationalized': 'bounce hard no-such-address 5.1.1',
  'dsn-of-a-list-member': 'bounce hard no-such-address 5.1.1',
  'dsn-outlook-unavailable': 'bounce hard no-such-address 5.5.0',
  'dsn-postfix-delayed': 'bounce delayed unreachable 4.4.1',
  'dsn-postfix-expired': 'bounce soft unreachable 4.4.1',
  'dsn-postfix-no-user': 'bounce hard no-such-address 5.1.1',
  'dsn-sendmail-host-unknown': 'bounce hard no-such-address 5.1.2',
  'dsn-too-large': 'bounce soft too-large 5.3.4',
  'dsn-without-blank-line': 'bounce hard no-such-address 5.1.1',
  'dsn-wrapped-by-scanner': 'bounce hard no-such-address 5.1.1',
  'dsn-yahoo-no-user': 'bounce hard no-such-address 5.0.0',
  'loop-own-address': 'loop ours',
  'loop-own-header': 'loop ours',
  'loop-own-id': 'loop ours',
  'loop-too-many-hops': 'loop too-many-hops',
  'plain-delayed-spanish': 'bounce delayed other',
  'plain-domino-no-user': 'bounce hard no-such-address',
  'plain-exchange-2003': 'bounce hard no-such-address',
  'plain-exchange-gob-spanish': 'bounce hard no-such-address',
  'plain-exchange-ndr': 'bounce hard no-such-address 5.1.1',
  'plain-exim-delayed': 'bounce delayed too-many',
  'plain-exim-expired': 'bounce soft unreachable',
  'plain-exim-no-user': 'bounce hard no-such-address',
  'plain-exim-unrouteable': 'bounce hard no-such-address',
  'plain-gmail-no-user': 'bounce hard no-such-address 5.1.1',
  'plain-postfix-text-only': 'bounce hard no-such-address',
  'plain-qmail-expired': 'bounce soft unreachable 4.4.1',
  'plain-qmail-no-user': 'bounce hard no-such-address 5.1.1',
  'plain-without-a-cause': 'bounce soft other',
  'plain-yahoo-full': 'bounce soft full',
  'plain-zimbra-full-spanish': 'bounce soft full',
  'reply-attachment-only': 'reply',
  'reply-english': 'reply',
  'reply-forwarding-a-bounce': 'reply',
  'reply-html-only': 'reply',
  'reply-spanish-with-folio': 'reply',
  'reply-speaking-of-a-bounce': 'reply',
  'reply-stop-by-a-program': 'reply',
  'report-auth-failure': 'unknown',
  'report-not-spam': 'unknown',
  'unknown-nobody': 'unknown',
  'unknown-nothing': 'unknown',
};

describe('the corpus', () => {
  test.each(Object.entries(EXPECTED))('%s is: %s', async (name, expected) => {
    expect(inWords(classifyIncoming(await read(readCorpus(name)), own))).toBe(expected);
  });

  test.each(Object.entries(EXPECTED))(
    '%s with CRLF and behind an mbox line is the same',
    async (name, expected) => {
      const text = readCorpus(name).toString('latin1').replaceAll('\n', '\r\n');
      const raw = Buffer.from(`From MAILER-DAEMON Tue Nov 24 12:00:00 2026\r\n${text}`, 'latin1');
      expect(inWords(classifyIncoming(await read(raw), own))).toBe(expected);
    },
  );

  test('every message of it stands in the table', () => {
    const names = readdirSync(CORPUS).map((file) => file.replace(/\.eml$/, ''));
    expect(names.sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  test('no address in it is a real one', () => {
    for (const name of Object.keys(EXPECTED)) {
      for (const [, domain] of readCorpus(name)
        .toString()
        .matchAll(/[\w.+-]+@([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi))
        expect(domain).toMatch(/\.(example|test)$/);
    }
  });
});

describe('what is broken, strange or hostile', () => {
  const anything = fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes));
  const mails = Object.keys(EXPECTED).map(readCorpus);

  test('random bytes never throw, and are no message or an unknown one', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (raw) => {
        const message = await readMessage(raw, {});
        if (message) expect(classifyIncoming(message, own).kind).toBe('unknown');
      }),
      { numRuns: 500 },
    );
  });

  test('a mail of the corpus cut, or with bytes put in or taken out, never throws', async () => {
    const hurt = fc
      .tuple(fc.constantFrom(...mails), fc.nat(4_000), fc.nat(300), fc.uint8Array({ maxLength: 60 }))
      .map(([mail, at, gone, put]) => Buffer.concat([mail.subarray(0, at), put, mail.subarray(at + gone)]));
    await fc.assert(
      fc.asyncProperty(hurt, async (raw) => {
        const message = await readMessage(raw, { sender: '' });
        if (message) expect(classifyIncoming(message, own).kind).toBeTypeOf('string');
      }),
      { numRuns: 300 },
    );
  });

  test('what a person writes about, whatever the words, is never a bounce', async () => {
    const words = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          'user unknown',
          '550 5.1.1',
          'mailbox full',
          'could not be delivered',
          'This is the mail system at host',
          'Final-Recipient: rfc822; letters@office.example',
          'Action: failed',
          'Status: 5.1.1',
          'delivery status notification (failure)',
          '\n',
        ),
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(words, words, async (subject, text) => {
        const head = `From: jane@office.example\nSubject: ${subject.join(' ').replace(/[\r\n]/g, ' ')}`;
        const message = await read(Buffer.from(`${head}\n\n${text.join(' ')}`));
        expect(classifyIncoming(message, own).kind).not.toBe('bounce');
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['X-Auto-Response-Suppress: All', 'Gracias por su mensaje. Nos vemos el martes a las 10.'],
    ['Precedence: list', 'Your letter was received by the Senator, who asks for the annex.'],
    [
      'X-Mailer: any',
      'We have received your letter and forwarded it to the Attorney General. He opposes the rule.',
    ],
  ])('who begins with thanks under "%s" is a person', async (field, words) => {
    const raw = `From: jane@office.example\nSubject: Re: x\n${field}\n\n${words}`;
    expect(classifyIncoming(await read(Buffer.from(raw)), own).kind).toBe('reply');
  });

  test('random words from a mailer daemon are never a hard bounce', async () => {
    await fc.assert(
      fc.asyncProperty(fc.lorem({ maxCount: 60 }), async (text) => {
        const message = await read(
          Buffer.from(`From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n${text}`),
        );
        expect(classifyIncoming(message, own)).toMatchObject({ kind: 'bounce', severity: 'soft' });
      }),
      { numRuns: 100 },
    );
  });

  test('what is no message at all is not taken for one', async () => {
    for (const text of ['', '\n\nhello', ' folded: from nothing', 'just words without a colon\n'])
      expect(await readMessage(Buffer.from(text), {})).toBeNull();
  });

  test('a hundred messages in each other, and a thousand parts, are read in no time', async () => {
    let nested = 'From: a@office.example\n\nthe innermost';
    for (let depth = 0; depth < 100; depth += 1)
      nested = `From: a@office.example\nContent-Type: message/rfc822\n\n${nested}`;
    const parts = Array.from({ length: 1_000 }, () => '--b\nContent-Type: text/plain\n\nx\n').join('');
    const many = `From: a@office.example\nContent-Type: multipart/mixed; boundary=b\n\n${parts}--b--`;
    const started = performance.now();
    for (const raw of [nested, many])
      expect(classifyIncoming(await read(Buffer.from(raw)), own).kind).toMatch(/^(reply|unknown)$/);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('long runs of what the patterns look for cost no more than their length', async () => {
    const started = performance.now();
    for (const piece of ['mailbox ', 'user unknown ', '5.1.1', 'a@', '-', ' \t', 'buzón no ', 'ticket #']) {
      const text = piece.repeat(200_000 / piece.length);
      const head = 'From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n';
      classifyIncoming(await read(Buffer.from(head + text)), own);
      classifyIncoming(
        await read(Buffer.from(`From: a@office.example\nSubject: ${text.slice(0, 900)}\n\n${text}`)),
        own,
      );
    }
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  test('a report names whom it speaks of, and its words name nobody', async () => {
    const found = classifyIncoming(await read(readCorpus('dsn-postfix-no-user')), own);
    expect(found).toMatchObject({
      kind: 'bounce',
      recipients: ['letters@office.example'],
    });
    if (found.kind === 'bounce') {
      expect(found.diagnostic).toMatch(/^550 5\.1\.1 .*User unknown in virtual mailbox table$/);
      expect(found.diagnostic).not.toContain('@');
    }
    const plain = classifyIncoming(await read(readCorpus('plain-exim-no-user')), own);
    expect(plain).toMatchObject({
      recipients: ['letters@office.example'],
      diagnostic: '550 No such user here',
    });
  });
});
