import { afterEach, describe, expect, test } from 'vitest';
import { SECOND } from '../../src/lib/clock.ts';
import { LEASE_MS } from '../../src/mail/mail.worker.ts';
import { readSmtpUrl, SMTP_TIMEOUT_MS } from '../../src/mail/smtp-options.ts';
import { createTransport } from '../../src/mail/transport.ts';
import { type SmtpSink, startSmtpServer } from '../support/smtp.ts';

type Tls = 'from the start' | 'required' | 'where offered' | 'never';

function tlsOf(url: string, isPublic: boolean): Tls {
  const { secure, requireTLS, ignoreTLS } = readSmtpUrl(url, { isPublic }) as Record<string, unknown>;
  if (secure) return 'from the start';
  if (ignoreTLS) return 'never';
  return requireTLS ? 'required' : 'where offered';
}

describe('TLS to the relay', () => {
  test.each<[string, Tls, Tls]>([
    ['smtp://user:word@mail.example', 'required', 'required'],
    ['smtp://user:word@127.0.0.1', 'required', 'required'],
    ['smtp://mail.example', 'where offered', 'required'],
    ['smtp://192.0.2.7:25', 'where offered', 'required'],
    ['smtps://user:word@mail.example', 'from the start', 'from the start'],
    ['smtps://localhost', 'from the start', 'from the start'],
    ['smtp://localhost:25', 'never', 'never'],
    ['smtp://[::1]:25', 'never', 'never'],
    ['smtp://localhost:25?requireTLS=true', 'required', 'required'],
    ['smtp://localhost:25?requireTLS=false', 'where offered', 'where offered'],
    ['smtp://user:word@mail.example?requireTLS=true', 'required', 'required'],
    ['smtp://user:word@mail.example?requireTLS=false', 'where offered', 'where offered'],
    ['smtp://user:word@mail.example?ignoreTLS=true', 'never', 'never'],
    ['smtp://mail.example?ignoreTLS=true', 'never', 'never'],
    ['smtp://mail.example?ignoreTLS=false', 'where offered', 'where offered'],
  ])('%s: %s; in public: %s', (url, here, inPublic) => {
    expect([tlsOf(url, false), tlsOf(url, true)]).toEqual([here, inPublic]);
  });

  test('a password may hold what a URL writes otherwise, and the parts of TLS are read as such', () => {
    const url =
      'smtp://me%40here:pa%3Fs%25@[::1]:2525?tls.rejectUnauthorized=false&tls.servername=relay.example';
    expect(readSmtpUrl(url)).toMatchObject({
      host: '::1',
      port: 2525,
      auth: { user: 'me@here', pass: 'pa?s%' },
      tls: { rejectUnauthorized: false, servername: 'relay.example' },
    });
  });

  test('no query lengthens a deadline, and a lease exceeds twice the whole conversation', () => {
    const options = readSmtpUrl('smtp://mail.example?name=us.example') as unknown as Record<string, number>;
    for (const name of ['connectionTimeout', 'greetingTimeout', 'socketTimeout'])
      expect(options[name]).toBeLessThanOrEqual(30 * SECOND);
    expect(LEASE_MS).toBeGreaterThan(2 * SMTP_TIMEOUT_MS);
  });
});

let sink: SmtpSink | undefined;
afterEach(() => sink?.stop());

describe('a relay that offers no TLS', () => {
  const message = { to: 'ana@home.example', subject: 'x', text: 'x', html: 'x' };

  test.each([
    ['with credentials', 'user:word@', false, ''],
    ['where it is required', '', true, '?requireTLS=true'],
  ])('%s hears neither a password nor an address', async (_title, credentials, isPublic, query) => {
    const heard: string[] = [];
    sink = await startSmtpServer({
      allowInsecureAuth: true,
      onAuth: (_auth, _session, callback) => {
        heard.push('AUTH');
        callback(null, { user: 'user' });
      },
      onMailFrom: (_address, _session, callback) => {
        heard.push('MAIL');
        callback();
      },
    });
    const transport = createTransport({
      smtpUrl: `${sink.url.replace('//', `//${credentials}`)}${query}`,
      isPublic,
      mailFrom: 'Us <us@us.example>',
      mailDomain: 'us.example',
      mailbox: { deposit: async () => undefined },
    });
    const outcome = await transport.sendToPerson(message, 'x');
    transport.close();
    expect(outcome).toMatchObject({ result: 'again', isBefore: true });
    expect(heard).toEqual([]);
  });

  test('hears both where the URL says so', async () => {
    sink = await startSmtpServer({
      allowInsecureAuth: true,
      onAuth: (_auth, _session, callback) => callback(null, { user: 'user' }),
    });
    const transport = createTransport({
      smtpUrl: `${sink.url.replace('//', '//user:word@')}?requireTLS=false`,
      mailFrom: 'Us <us@us.example>',
      mailDomain: 'us.example',
      mailbox: { deposit: async () => undefined },
    });
    expect(await transport.sendToPerson(message, 'x')).toMatchObject({ result: 'sent', code: 250 });
    transport.close();
    expect(sink.mails).toHaveLength(1);
  });
});
