import { chmod, copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { splitLinks } from '../../src/mail/mailbox.routes.ts';
import { createLocalMailbox } from '../../src/mail/mailbox.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';

let campaign: TestCampaign;
const host = 'localhost:3000';
const get = (url: string, headers: Record<string, string> = {}) => campaign.get(url, { host, ...headers });
const firstId = async () => (await campaign.services.mailbox.list())[0]?.id ?? 'none';

beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

test('an empty mailbox says so, and looks again by itself', async () => {
  const { statusCode, body, headers } = await get('/mailbox');
  expect(statusCode).toBe(200);
  expect(body).toContain('No email yet');
  expect(headers.refresh).toBe('5');
});

describe('with mail', () => {
  beforeAll(async () => {
    for (const email of ['ana@home.example', 'luz@home.example']) {
      const form = {
        name: 'Ana <script>alert(1)</script>',
        email,
        country: 'US',
        region: 'US-TX',
        over16: 'on',
      };
      await campaign.post('/en/petitions/no-more-unsafe-returns/signatures', form);
      await campaign.sendMail();
      campaign.clock.advance(1_000);
    }
  });

  test('the newest stands first, with whom it is for and when it came', async () => {
    const { body, headers } = await get('/mailbox');
    expect(body.indexOf('luz@home.example')).toBeGreaterThan(0);
    expect(body.indexOf('luz@home.example')).toBeLessThan(body.indexOf('ana@home.example'));
    expect(body).toMatch(/<time datetime="2026-11-24T12:00:01\.000Z">/);
    expect(headers.refresh).toBeUndefined();
    expect(headers['cache-control']).toBe('no-store');
  });

  test('a message shows its text with links to follow, its headers and its source', async () => {
    const { statusCode, body, headers } = await get(`/mailbox/${await firstId()}`);
    expect(statusCode).toBe(200);
    expect(body).toMatch(/<pre class="text">[\s\S]*<a href="http:\/\/localhost:3000\/en\/confirm\/[\w-]+">/);
    expect(body).toContain('Auto-Submitted');
    expect(body).not.toContain('<script>alert');
    expect(headers['content-security-policy']).toContain("frame-src 'self'");
  });

  test('its HTML runs nothing, loads nothing, and its links lead to the whole window', async () => {
    const { statusCode, body, headers } = await get(`/mailbox/${await firstId()}/html`);
    expect(statusCode).toBe(200);
    expect(body).toContain('<base target="_top">');
    expect(body).toMatch(/<a [^>]*href="http:\/\/localhost:3000\/en\/confirm\//);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/sandbox allow-top-navigation-by-user-activation/);
    expect(policy).not.toMatch(/allow-scripts|allow-same-origin|script-src/);
    expect(headers['x-frame-options']).toBe('SAMEORIGIN');
  });

  test.each([
    ['localhost:3000', 200],
    ['127.0.0.1:8080', 200],
    ['[::1]:3000', 200],
    ['LOCALHOST', 200],
    ['petition.example', 404],
    ['localhost.evil.example', 404],
    ['127.0.0.1.evil.example:3000', 404],
    ['192.168.1.7:3000', 404],
  ])('asked by the name %s it answers %i', async (name, status) => {
    const id = await firstId();
    for (const url of ['/mailbox', `/mailbox/${id}`, `/mailbox/${id}/html`])
      expect((await get(url, { host: name })).statusCode).toBe(status);
  });

  test.each([
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-forwarded-port',
    'forwarded',
    'x-real-ip',
    'via',
    'cf-connecting-ip',
  ])('a request that came through a proxy (%s) is answered 404', async (header) => {
    const id = await firstId();
    for (const url of ['/mailbox', `/mailbox/${id}`, `/mailbox/${id}/html`])
      expect((await get(url, { [header]: '1' })).statusCode).toBe(404);
  });

  test.each([
    ['127.0.0.1', 200],
    ['127.8.9.10', 200],
    ['::1', 200],
    ['::ffff:127.0.0.1', 200],
    ['192.168.1.7', 404],
    ['::ffff:192.168.1.7', 404],
    ['fe80::1', 404],
  ])('whoever comes from %s is answered %i, whatever they write', async (remoteAddress, status) => {
    const id = await firstId();
    for (const url of ['/mailbox', `/mailbox/${id}`, `/mailbox/${id}/html`])
      expect((await campaign.app.inject({ url, headers: { host }, remoteAddress })).statusCode).toBe(status);
  });

  test('the mails are their owner’s alone, those of earlier versions too', async () => {
    const folder = join(campaign.config.dataDir, 'mailbox');
    const old = join(folder, '000000000000001-aaaaaaaaaaaaaaab.eml');
    await writeFile(old, 'Subject: old\r\n\r\nx', { mode: 0o644 });
    await chmod(old, 0o644);
    await chmod(folder, 0o755);
    const { clock, config } = campaign;
    await createLocalMailbox({ dataDir: config.dataDir, clock }).deposit(Buffer.from('x'), 'new');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const files = (await readdir(folder)).filter((name) => name.endsWith('.eml'));
    expect(files.length).toBeGreaterThan(3);
    for (const name of files) expect((await stat(join(folder, name))).mode & 0o777, name).toBe(0o600);
    await rm(old);
  });

  test('no name leads out of the folder', async () => {
    const id = await firstId();
    const { dataDir } = campaign.config;
    // What is to be found if a name could climb.
    await mkdir(join(dataDir, 'mailbox/000000000000001-aaaaaaaaaaaaaaaa'), { recursive: true });
    await copyFile(join(dataDir, `mailbox/${id}.eml`), join(dataDir, `${id}.eml`));
    await writeFile(join(dataDir, 'mailbox/secret.eml'), 'Subject: secret\r\n\r\nx');
    for (const name of [`..%2F${id}`, `%2e%2e%2f${id}`, `..\\${id}`, `.%00${id}`, 'secret', `${id}.eml`]) {
      expect((await get(`/mailbox/${name}`)).statusCode, name).toBe(404);
      expect(await campaign.services.mailbox.read(decodeURIComponent(name)), name).toBeNull();
    }
    expect((await get(`/mailbox/${id}`)).statusCode).toBe(200);
  });
});

test('with a relay there is no mailbox', async () => {
  const relayed = await openCampaign({ SMTP_URL: 'smtp://127.0.0.1:9' });
  expect((await relayed.get('/mailbox', { host })).statusCode).toBe(404);
  await relayed.close();
});

test('in public the program wants a relay, so that nobody can open a mailbox there', () => {
  expect(() => readConfig({ PUBLIC_URL: 'https://petition.example' })).toThrow(/SMTP_URL/);
});

test.each([
  ['Go to:\nhttps://a.example/x?y=1\nBye', ['https://a.example/x?y=1']],
  ['<https://a.example/b>', ['https://a.example/b']],
  ['javascript:alert(1) ftp://a.example', []],
  ['', []],
])('the links of %j are %j', (text, links) => {
  const parts = splitLinks(text);
  expect(parts.flatMap(({ link }) => link ?? [])).toEqual(links);
  expect(parts.map((part) => part.text).join('')).toBe(text);
});
