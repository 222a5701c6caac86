import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';

const SLUG = 'no-more-unsafe-returns';
const SIGN = `/en/petitions/${SLUG}/signatures`;
const END = 'Host: localhost\r\nConnection: close\r\n\r\n';
const MUST = [
  'content-security-policy',
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'permissions-policy',
];

let campaign: TestCampaign;
let port: number;

beforeAll(async () => {
  campaign = await openCampaign({ MAIL_WEBHOOK_SECRET: 's'.repeat(32) });
  await campaign.app.listen({ host: '127.0.0.1', port: 0 });
  port = (campaign.app.server.address() as { port: number }).port;
});
afterAll(() => campaign.close());

/** What comes back to these bytes, until the other side hangs up. */
async function say(raw: string) {
  const socket = connect(port, '127.0.0.1', () => socket.write(raw));
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await new Promise((resolve, reject) => socket.on('close', resolve).on('error', reject));
  const text = Buffer.concat(chunks).toString();
  const cut = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, cut).split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.split(': ')[1]]),
  );
  return { status: Number(first.split(' ')[1]), headers, body: text.slice(cut + 4) };
}

const cases: [string, string, number, string][] = [
  ['a path that cannot be read', `GET /en/%E0%A4%A HTTP/1.1\r\n${END}`, 400, 'This request cannot be read'],
  ['half an escape, in Spanish', `GET /es/%zz HTTP/1.1\r\n${END}`, 400, 'No se puede leer la solicitud'],
  ['what is no HTTP', 'hello\r\n\r\n', 400, 'This request cannot be read'],
  ['a method nobody knows', `FOO /en HTTP/1.1\r\n${END}`, 400, 'This request cannot be read'],
  [
    'a part of a path that is too long',
    `GET /en/petitions/${'a'.repeat(500)} HTTP/1.1\r\n${END}`,
    414,
    'This address is too long',
  ],
  [
    'a path that is too long',
    `GET /en/${'a'.repeat(20_000)} HTTP/1.1\r\n${END}`,
    414,
    'This address is too long',
  ],
  [
    'a header that is too long',
    `GET /es HTTP/1.1\r\nCookie: ${'a'.repeat(20_000)}\r\n${END}`,
    431,
    'Su navegador envió demasiados datos',
  ],
  [
    'too many headers',
    `GET /en HTTP/1.1\r\n${'x: 1\r\n'.repeat(4_000)}${END}`,
    431,
    'Your browser sent too much at once',
  ],
  ['PUT', `PUT /en HTTP/1.1\r\n${END}`, 405, 'This page cannot be used that way'],
  ['a page that is not there', `GET /en/nothing-here HTTP/1.1\r\n${END}`, 404, 'There is no such page'],
];

describe('whatever is refused', () => {
  test.each(cases)(
    '%s: our words, in the language of the path, and every header',
    async (_what, raw, status, words) => {
      const answer = await say(raw);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      for (const name of MUST) expect(answer.headers.get(name), name).toBeTruthy();
      expect(answer.body).toContain(`<h1>${words}</h1>`);
      expect(Number(answer.headers.get('content-length'))).toBe(Buffer.byteLength(answer.body));
    },
  );

  test('an answer before it on the same connection stays whole', async () => {
    const { status, body } = await say(`GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nhello\r\n\r\n`);
    expect(status).toBe(200);
    expect(body.startsWith('{"status":"ok"}')).toBe(true);
  });
});

describe('a wrong method', () => {
  test.each([
    ['PUT', '/en', 'GET, HEAD'],
    ['POST', '/es/', 'GET, HEAD'],
    ['DELETE', `/en/petitions/${SLUG}`, 'GET, HEAD'],
    ['OPTIONS', '/en/privacy?x=1', 'GET, HEAD'],
    ['TRACE', '/en', 'GET, HEAD'],
    ['PATCH', SIGN, 'POST'],
    ['PUT', '/en/confirm/abc', 'GET, HEAD, POST'],
    ['PUT', `/api/petitions/${SLUG}/count`, 'GET, HEAD'],
    ['GET', '/webhooks/mail', 'POST'],
  ])('%s %s is answered 405 with Allow: %s', async (method, url, allow) => {
    const answer = await campaign.app.inject({ method: method as 'PUT', url });
    expect(answer.statusCode).toBe(405);
    expect(String(answer.headers.allow).split(', ')).toEqual(expect.arrayContaining(allow.split(', ')));
    expect(answer.headers['content-security-policy']).toBeTruthy();
    if (/^\/(api|webhooks)/.test(url))
      expect(answer.json()).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
  });

  test.each(['/nothing', '/fr', '/en/nothing', '/mailbox', '/wp-admin/x'])(
    'of %s, which is nowhere, is 404',
    async (url) => {
      expect((await campaign.app.inject({ method: 'PUT', url })).statusCode).toBe(404);
    },
  );
});
