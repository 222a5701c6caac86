import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type IncomingReading, readIncoming } from '../../../src/mail/incoming/read-incoming.ts';

const own = { mailDomain: 'safe-passage.example', mailFrom: 'hello@safe-passage.example' };
const HEAD =
  'From: Ana Ruiz <ana@oficina.example>\nTo: letters+0123456789abcdef01234567@safe-passage.example\n';

async function read(raw: string | Buffer): Promise<IncomingReading> {
  const reading = await readIncoming(Buffer.from(raw), { own });
  if (!reading) throw new Error('it is no message');
  return reading;
}

/** A mail of several parts, each given as its fields, an empty line and its content. */
const multipart = (type: string, ...parts: string[]) =>
  `Content-Type: multipart/${type}; boundary="in-${type}"\n\n${parts
    .map((part) => `--in-${type}\n${part}\n`)
    .join('')}--in-${type}--\n`;

const HTML = 'Content-Type: text/html; charset=utf-8\n\n<p>El Comité <b>acepta</b> la audiencia.</p>';
const PLAIN = 'Content-Type: text/plain; charset=utf-8\n\nEl Comité acepta la audiencia.';
const FILE =
  'Content-Type: application/pdf; name="acta.pdf"\nContent-Disposition: attachment; filename="acta.pdf"\n\nJVBERi0=';
const LOGO =
  'Content-Type: image/png; name="logo.png"\nContent-Disposition: inline; filename="logo.png"\nContent-ID: <logo>\n\niVBORw0=';
const SIGNATURE = 'Content-Type: application/pkcs7-signature; name="smime.p7s"\n\nMIIB';
const WORDS = 'El Comité acepta la audiencia.';

describe('the words of an answer', () => {
  test.each([
    ['in HTML alone', HTML],
    ['in HTML beside a file', multipart('mixed', HTML, FILE)],
    ['in HTML beside a logo', multipart('related', HTML, LOGO)],
    ['in HTML that is signed', multipart('signed', HTML, SIGNATURE)],
    ['in HTML beside a logo, beside a file', multipart('mixed', multipart('related', HTML, LOGO), FILE)],
    ['in HTML as the only version', multipart('alternative', HTML)],
    [
      'in HTML behind an empty plain version',
      multipart('alternative', 'Content-Type: text/plain\n\n \n', HTML),
    ],
    [
      'in HTML behind a plain version that sends to it',
      multipart('alternative', 'Content-Type: text/plain\n\nSu programa no muestra HTML.', HTML),
    ],
    ['in two versions, once', multipart('alternative', PLAIN, HTML)],
    ['in two versions beside a file, once', multipart('mixed', multipart('alternative', PLAIN, HTML), FILE)],
    [
      'in a part that a server marked as a file without a name',
      multipart('mixed', HTML.replace('\n\n', '\nContent-Disposition: attachment\n\n')),
    ],
    [
      'in a text file and nowhere else',
      multipart(
        'mixed',
        PLAIN.replace('\n\n', '\nContent-Disposition: attachment; filename=respuesta.txt\n\n'),
      ),
    ],
    [
      'in base64',
      `Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${Buffer.from('<p>El Comité acepta la audiencia.</p>').toString('base64')}\n`,
    ],
    [
      'in quoted-printable',
      'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nEl Comit=C3=A9 acepta =\nla audiencia.',
    ],
    [
      'where the boundary that is announced never stands',
      multipart('mixed', HTML, FILE).replace('"in-mixed"', '"rewritten"'),
    ],
    [
      'where no boundary is announced',
      multipart('alternative', PLAIN, HTML).replace('; boundary="in-alternative"', ''),
    ],
  ])('%s are read', async (_place, rest) => {
    const reading = await read(`${HEAD}Subject: Re: carta\nMIME-Version: 1.0\n${rest}`);
    expect(reading.found.kind).toBe('reply');
    expect(reading.text.replace(/\s+/g, ' ').trim()).toBe(WORDS);
  });

  test('without a subject they make an answer all the same', async () => {
    const reading = await read(`${HEAD}MIME-Version: 1.0\n${multipart('mixed', HTML, FILE)}`);
    expect(reading).toMatchObject({ found: { kind: 'reply' }, text: WORDS, attachments: ['acta.pdf'] });
  });

  test('a signature in plain text behind an answer in HTML takes nothing away', async () => {
    const foot = 'Content-Type: text/plain\n\nEste correo es confidencial.';
    const { text } = await read(`${HEAD}MIME-Version: 1.0\n${multipart('mixed', HTML, foot)}`);
    expect(text).toBe(`${WORDS}\n\nEste correo es confidencial.`);
  });

  test('of a text without a boundary the raw words are looked at', async () => {
    const { text } = await read(
      `${HEAD}Content-Type: multipart/mixed; boundary=gone\n\nDeclinamos la petición.`,
    );
    expect(text).toBe('Declinamos la petición.');
  });
});

describe('HTML as words', () => {
  const words = async (html: string) =>
    (await read(`${HEAD}Content-Type: text/html; charset=utf-8\n\n${html}`)).text;

  test.each([
    [
      '<table><tr><td>Folio</td><td>123</td></tr><tr><td>Fecha</td><td>14 de enero</td></tr></table>',
      'Folio 123\nFecha 14 de enero',
    ],
    ['<table><tr><td><p>Estimada</p></td><td><p>Arce</p></td></tr></table>', 'Estimada\n\nArce'],
    [
      '<dl><dt>Folio</dt><dd>123</dd></dl><address>Calle 5</address><address>Puebla</address>',
      'Folio\n123\nCalle 5\nPuebla',
    ],
    [
      '<details><summary>Motivo</summary>Falta ley</details><fieldset><legend>Sí</legend>No</fieldset>',
      'Motivo\nFalta ley\nSí\nNo',
    ],
    ['<h1>Respuesta</h1><p>Uno<br>dos</p>', 'Respuesta\n\nUno\ndos'],
    [
      '<style>p { color: red }</style><!-- nada --><p>Uno &amp; dos&nbsp;tres</p><script>x()</script>',
      'Uno & dos tres',
    ],
    ['<p>Uno</p><blockquote><p>dos</p></blockquote>', 'Uno\n\n> dos'],
    [
      '<p>Vea <a href="https://oficina.example/acta">el acta</a>.</p>',
      'Vea el acta [https://oficina.example/acta].',
    ],
  ])('%s', async (html, text) => {
    expect(
      (await words(html))
        .replaceAll(/[ \u00a0]+/g, ' ')
        .replaceAll(/ ?\n ?/g, '\n')
        .trim(),
    ).toBe(text);
  });

  test('a picture written into its tag leaves room for the words behind it', async () => {
    const text = await words(`<img src="data:image/png;base64,${'A'.repeat(900_000)}"><p>Declinamos.</p>`);
    expect(text.trim()).toBe('Declinamos.');
  });

  test('of a very long one the beginning is read, a megabyte of styles before it notwithstanding', async () => {
    const text = await words(
      `<style>${'p{}'.repeat(400_000)}</style><p>Declinamos.</p>${'<p>más</p>'.repeat(100_000)}`,
    );
    expect(text.startsWith('Declinamos.')).toBe(true);
    expect(text.length).toBeLessThanOrEqual(200_000);
  });
});

describe('letters of every kind', () => {
  test.each([
    ['latin1', 'Content-Type: text/plain'],
    ['latin1', 'Content-Type: text/plain; charset=us-ascii'],
    ['latin1', 'Content-Type: text/plain; charset=iso-8859-1'],
    ['latin1', 'Content-Type: text/plain; charset=nonsense-9'],
    ['latin1', 'Content-Type: text/plain; charset=utf-8'],
    ['utf8', 'Content-Type: text/plain'],
    ['utf8', 'X-Nothing: here'],
    ['utf16le', 'Content-Type: text/plain; charset=utf-16'],
  ] as const)('a text in %s under "%s" is read, its subject too', async (encoding, field) => {
    const words = 'La señora Muñoz respondió: sí, en garantía.';
    const head = Buffer.from(
      `${HEAD}Subject: Petición número 5\n${field}\nContent-Transfer-Encoding: 8bit\n\n`,
      encoding === 'latin1' ? 'latin1' : 'utf8',
    );
    const reading = await read(Buffer.concat([head, Buffer.from(words, encoding)]));
    expect(reading.text.trim()).toBe(words);
    expect(reading.subject).toBe('Petición número 5');
  });

  test('UTF-8 with one spoilt byte stays UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('Señora Muñoz, señor Peña: '),
      Buffer.from([0xff]),
      Buffer.from(' sí'),
    ]);
    const { text } = await read(Buffer.concat([Buffer.from(`${HEAD}\n`), body]));
    expect(text).toContain('Señora Muñoz, señor Peña:');
  });

  test('paragraphs that were wrapped are whole again, and what is quoted stays so', async () => {
    const flowed =
      'El Comité ha leído \nsu carta y la responde.\n\n> ¿Cuándo será \n> la audiencia?\nEl 14 de enero.\n-- \nAna\n';
    const { text } = await read(`${HEAD}Content-Type: text/plain; charset=utf-8; format=flowed\n\n${flowed}`);
    expect(text).toBe(
      'El Comité ha leído su carta y la responde.\n\n> ¿Cuándo será la audiencia?\nEl 14 de enero.\n-- \nAna',
    );
  });

  test('with DelSp the blank at the line’s end belongs to nothing, and a stuffed one is taken off', async () => {
    const { text } = await read(
      `${HEAD}Content-Type: text/plain; format=flowed; delsp=yes\n\nuna pa \nlabra\n From here\n`,
    );
    expect(text).toBe('una palabra\nFrom here');
  });
});

describe('words inside something else', () => {
  const inner = (more = '') =>
    `Content-Type: message/rfc822\n\nFrom: Titular <titular@oficina.example>\nSubject: Respuesta\n${more}MIME-Version: 1.0\n${HTML}`;

  test('a mail inside the mail is read behind the words around it', async () => {
    const { text, found } = await read(
      `${HEAD}MIME-Version: 1.0\n${multipart('mixed', 'Content-Type: text/plain\n\nVa la respuesta.', inner())}`,
    );
    expect(found.kind).toBe('reply');
    expect(text).toBe(
      `Va la respuesta.\n\nFrom: Titular <titular@oficina.example>\nSubject: Respuesta\n\n${WORDS}`,
    );
  });

  test('one alone, without a subject, is an answer with words', async () => {
    const reading = await read(`${HEAD}MIME-Version: 1.0\n${multipart('mixed', inner())}`);
    expect(reading.found.kind).toBe('reply');
    expect(reading.text).toContain(WORDS);
  });

  test('our own letter inside it is nobody’s answer', async () => {
    const { text } = await read(
      `${HEAD}MIME-Version: 1.0\n${multipart('mixed', PLAIN, inner('X-Safe-Passage: safe-passage.example\n'))}`,
    );
    expect(text).toBe(WORDS);
  });

  test.each([
    ['application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"', 'S/MIME'],
    ['application/x-pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"', 'S/MIME'],
    ['application/ms-tnef; name="winmail.dat"', 'winmail.dat'],
    ['application/octet-stream; name="WINMAIL.DAT"', 'winmail.dat'],
  ])('of %s it is said that its words are not read', async (type, name) => {
    const reading = await read(
      `${HEAD}MIME-Version: 1.0\nContent-Type: ${type}\nContent-Transfer-Encoding: base64\n\nMIIB\n`,
    );
    expect(reading.found.kind).toBe('reply');
    expect(reading.text).toBe('');
    expect(reading.unread).toEqual([
      expect.stringMatching(/^Words of this mail are inside .* kept whole\.$/),
    ]);
    expect(reading.unread[0]).toContain(name);
  });
});

describe('what strangers write of names', () => {
  test('a file’s name and a sender’s stay on one line and turn nothing', async () => {
    const name = 'acta\u202efdp.exe\r\nFrom: nobody\u009b31m';
    const file = `Content-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''${encodeURIComponent(name)}\n\nx`;
    const reading = await read(
      `${HEAD.replace('Ana Ruiz', '=?utf-8?B?QW5hDQrigK5SdWl6?=')}MIME-Version: 1.0\nSubject: =?utf-8?Q?uno=0D=0Ados=E2=80=AE?=\n${multipart('mixed', PLAIN, file)}`,
    );
    for (const value of [...reading.attachments, reading.from, reading.subject, reading.note])
      expect(value).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    expect(reading.attachments).toEqual(['actafdp.exe From: nobody 31m']);
    expect(reading.from).toBe('Ana Ruiz <ana@oficina.example>');
    expect(reading.subject).toBe('uno dos');
  });
});

describe('whatever comes', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      HTML,
      PLAIN,
      FILE,
      '--in-mixed',
      '--in-mixed--',
      '\n\n',
      '\r\n',
      '<table><td>',
      '</',
      '<!--',
      '&#x',
      '=?utf-8?B?',
      '=',
      'Content-Type: multipart/mixed; boundary=in-mixed\n',
      'Content-Type: message/rfc822\n\n',
      'Content-Transfer-Encoding: base64\n',
      '; format=flowed',
      '\u0000',
    ),
  );

  test('it gives words or none, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 25 }), async (pieces) => {
        expect((await read(HEAD + pieces.join(''))).text).toBeTypeOf('string');
      }),
      { numRuns: 400 },
    );
  });

  const MB = 1024 * 1024;
  const long: [string, () => string][] = [
    ['a subject', () => `${HEAD}Subject: ${'ticket # '.repeat(MB)}\n\nx`],
    ['encoded words', () => `${HEAD}Subject: ${'=?utf-8?Q?a?= '.repeat(MB / 2)}\n\nx`],
    ['a From field', () => `From: ${'a@b, "(<'.repeat(MB)}\n\nx`],
    ['header fields', () => `${HEAD}${'X-A: b\n'.repeat(MB)}\nx`],
    ['a Content-Type field', () => `${HEAD}Content-Type: text/plain${'; a="(b)"'.repeat(MB)}\n\nx`],
    ['blank lines', () => `${HEAD}\n${'\n \n'.repeat(3 * MB)}x`],
    ['HTML tags that open', () => `${HEAD}Content-Type: text/html\n\n${'<div><table><td>'.repeat(MB / 2)}`],
    ['HTML that is no tag', () => `${HEAD}Content-Type: text/html\n\n${'<'.repeat(9 * MB)}`],
    ['HTML entities', () => `${HEAD}Content-Type: text/html\n\n${'&amp'.repeat(2 * MB)}`],
    ['HTML comments', () => `${HEAD}Content-Type: text/html\n\n${'<!--'.repeat(2 * MB)}`],
    [
      'parts',
      () =>
        `${HEAD}Content-Type: multipart/mixed; boundary=b\n\n${'--b\nContent-Type: text/html\n\n<p>x\n'.repeat(MB / 4)}`,
    ],
    [
      'parts within parts',
      () =>
        `${HEAD}${Array.from({ length: 5_000 }, (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\n\n--b${depth}\n`).join('')}`,
    ],
    [
      'messages within messages',
      () => `${HEAD}${'Content-Type: message/rfc822\n\nFrom: a@b.example\n'.repeat(MB / 6)}`,
    ],
    ['quoted lines', () => `${HEAD}Content-Type: text/plain; format=flowed\n\n${'> a \n'.repeat(2 * MB)}`],
    ['one word', () => `${HEAD}\n${'a'.repeat(9 * MB)}`],
    ['at signs', () => `${HEAD}To: ${'@'.repeat(MB)}\n\n${'a@'.repeat(4 * MB)}`],
    [
      'a report',
      () =>
        `${HEAD}Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n${'Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; mailbox mailbox\n'.repeat(MB / 16)}`,
    ],
    [
      'a report for people',
      () =>
        `${HEAD.replace('ana@', 'mailer-daemon@')}Subject: failure notice\n\n${'mailbox user unknown '.repeat(MB / 4)}`,
    ],
  ];
  test.each(long)('ten megabytes of %s cost no more than two seconds of processor', async (_what, make) => {
    const raw = Buffer.from(make()).subarray(0, 10 * MB);
    const started = process.cpuUsage();
    await read(raw);
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1_000_000).toBeLessThan(2);
  });
});
