const SIZE = 10 * 1024 * 1024 - 20_000;
const HEAD = 'From: Jane <jane@office.example>\r\nTo: hello@safe-passage.example\r\nMIME-Version: 1.0\r\n';
const WORDS = 'We answer your letter of the ninth. ';

const fill = (piece: string, size = SIZE) => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
const part = (type: string, body: string) => `--b\r\nContent-Type: ${type}\r\n\r\n${body}\r\n`;
const multipart = (kind: string, parts: string) =>
  `Content-Type: multipart/${kind}; boundary=b\r\n\r\n${parts}--b--\r\n`;
const header = (name: string, value: string) => `${name}: ${value}\r\n\r\n${WORDS}\r\n`;
const text = (type: string, body: string, more = '') => `Content-Type: ${type}\r\n${more}\r\n${body}\r\n`;

function nested(depth: number): string {
  let message = '';
  for (let level = 0; level < depth; level += 1)
    message += `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`;
  return `${message}\r\n${WORDS}`;
}

const report = (fields: string) =>
  multipart(
    'report; report-type=delivery-status',
    part('text/plain', WORDS) + part('message/delivery-status', fields),
  );

/** Messages of 10 MB, each of one shape: all that a header, a part or a text can be full of. */
export const messageShapes: Record<string, () => Buffer> = Object.fromEntries(
  Object.entries({
    'short lines': () => text('text/plain', fill(`${WORDS}\r\n`)),
    'one line': () => text('text/plain', fill(WORDS)),
    'blank lines': () => text('text/plain', fill('\r\n')),
    blanks: () => text('text/plain', fill(' ')),
    'quoted lines': () => text('text/plain', fill('> > > quoted\r\n')),
    'flowed lines': () => text('text/plain; format=flowed', fill(`${WORDS} \r\n`)),
    addresses: () => text('text/plain', fill('somebody@office.example ')),
    'at signs': () => text('text/plain', fill('@')),
    links: () => text('text/plain', fill('http://office.example/ ')),
    'eight-bit letters': () => text('text/plain', fill('ñandú ')),
    'an attachment': () =>
      multipart(
        'mixed',
        part('text/plain', WORDS) +
          part(
            'application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64',
            fill(`${'JVBERi0xLjQK'.repeat(6)}\r\n`, SIZE - 500),
          ),
      ),
    'quoted-printable': () =>
      text(
        'text/plain',
        fill(`${'=C3=B1a'.repeat(10)}=\r\n`),
        'Content-Transfer-Encoding: quoted-printable\r\n',
      ),
    'a subject': () => header('Subject', fill('Re: ')),
    'a folded subject': () => header('Subject', fill('Re: folded\r\n ')),
    'encoded words': () => header('Subject', fill('=?utf-8?q?Una_respuesta?=\r\n ')),
    'half encoded words': () => header('Subject', fill('=?utf-8?q?Una')),
    recipients: () => header('Cc', fill('somebody@office.example,\r\n ')),
    'a recipient in brackets': () => header('Cc', fill('<')),
    'comments in an address': () => header('Cc', fill('(a ')),
    'a display name': () => header('Reply-To', fill('"a\\" ')),
    references: () => header('References', fill('<a@office.example>\r\n ')),
    'a content type': () => text(`text/plain; name="${fill('a;b=', SIZE)}"`, WORDS),
    'parameters of a type': () => text(`text/plain${fill('; a=b', SIZE)}`, WORDS),
    'many fields': () => `${fill('X-Field: a\r\n')}\r\n\r\n${WORDS}`,
    'many servers': () =>
      `${fill('Received: from a by b; Tue, 24 Nov 2026 12:00:00 +0000\r\n')}\r\n\r\n${WORDS}`,
    'no body': () => fill('X-Field: a'),
    'many parts': () => multipart('mixed', fill(part('text/plain', 'a'))),
    'many files': () => multipart('mixed', fill(part('application/pdf; name=a.pdf', 'a'))),
    'parts in parts': () => nested(100_000),
    'messages in messages': () => fill('Content-Type: message/rfc822\r\n\r\n'),
    'a boundary that never comes': () =>
      `Content-Type: multipart/mixed; boundary=c\r\n\r\n${fill('--b\r\n\r\na\r\n')}`,
    'HTML paragraphs': () => text('text/html', fill(`<p>${WORDS}</p>`)),
    'HTML in HTML': () => text('text/html', fill('<div>')),
    'HTML tables': () => text('text/html', fill('<table><tr><td>a</td>')),
    'HTML cells': () =>
      text('text/html', `<table>${fill('<tr><td>a</td><td>b</td></tr>', SIZE - 100)}</table>`),
    'HTML lists': () => text('text/html', fill('<ul><li>a')),
    'HTML quotes': () => text('text/html', fill('<blockquote>a')),
    'HTML attributes': () => text('text/html', `<p ${fill('a="b" ', SIZE - 100)}>a</p>`),
    'HTML entities': () => text('text/html', fill('&ntilde;&#241;')),
    'open tags': () => text('text/html', fill('<')),
    'a report’s groups': () =>
      report(
        fill(
          'Final-Recipient: rfc822; a@office.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n',
          SIZE - 500,
        ),
      ),
    'a report’s field': () =>
      report(
        `Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; ${fill('550 5.', SIZE - 500)}`,
      ),
    'a report’s words': () =>
      multipart(
        'report; report-type=delivery-status',
        part('text/plain', fill('could not be delivered ', SIZE - 500)) +
          part('message/delivery-status', 'Action: failed'),
      ),
  }).map(([name, make]) => [name, () => Buffer.from(`${HEAD}${make()}`).subarray(0, SIZE + 10_000)]),
);
