import { describe, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { AppError } from '../src/lib/errors.ts';

const masterKey = Buffer.alloc(32, 7).toString('base64');
const publicServer = {
  PUBLIC_URL: 'https://petitions.example',
  SMTP_URL: 'smtp://mail.example',
  MONGODB_URI: 'mongodb://db.example/safe-passage',
  MASTER_KEY: masterKey,
};

function faultsOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof AppError && error.code === 'CONFIG_INVALID') return error.message;
    throw error;
  }
  return '';
}

describe('configuration', () => {
  test('everything has a default fit for trying it', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      port: 3000,
      publicUrl: 'http://localhost:3000',
      isPublic: false,
      hasRateLimits: true,
    });
    expect(config.roles).toEqual(['web', 'mail', 'ledger', 'letters']);
    expect(config.mailDomain).toBe('safe-passage.example');
  });

  test('every fault is reported at once, by the name of its variable', () => {
    const faults = faultsOf({ PORT: 'many', MASTER_KEY: 'short', ROLES: 'web,king', SMTP_URL: 'http://x' });
    for (const name of ['PORT', 'MASTER_KEY', 'ROLES', 'SMTP_URL']) expect(faults).toContain(`${name}:`);
  });

  test.each(['https://petitions.example', 'http://192.0.2.7:3000', 'http://petitions.example'])(
    'with the public address %s the program refuses to start without mail, keys and database',
    (PUBLIC_URL) => {
      const faults = faultsOf({ PUBLIC_URL });
      for (const name of ['SMTP_URL', 'MASTER_KEY', 'MONGODB_URI']) expect(faults).toContain(`${name}:`);
    },
  );

  test('a whole public configuration is accepted and mails from its own host', () => {
    const config = readConfig(publicServer);
    expect(config).toMatchObject({ isPublic: true, mailDomain: 'petitions.example' });
    expect(config.masterKey).toEqual(Buffer.alloc(32, 7));
  });

  test.each(['http://localhost:4000/', 'http://127.0.0.1', 'http://[::1]:3000', 'http://app.localhost'])(
    '%s is not public',
    (PUBLIC_URL) => {
      expect(readConfig({ PUBLIC_URL }).isPublic).toBe(false);
    },
  );

  test('a master key may be hex or base64', () => {
    for (const form of ['hex', 'base64', 'base64url'] as const) {
      expect(readConfig({ MASTER_KEY: Buffer.alloc(32, 9).toString(form) }).masterKey).toEqual(
        Buffer.alloc(32, 9),
      );
    }
  });

  test('an empty variable counts as not given', () => {
    expect(readConfig({ MONGODB_URI: '', SMTP_URL: '' }).mongodbUri).toBeUndefined();
  });

  test.each([
    ['smtp://mail.example?ignoreTLS=true&requireTLS=true', 'contradicts itself'],
    ['smtps://mail.example?ignoreTLS=true', 'contradicts itself'],
    ['smtps://mail.example?requireTLS=false', 'contradicts itself'],
    ['smtp://mail.example?ignoreTls=true', 'means nothing here'],
    ['smtp://mail.example?tls=never', 'means nothing here'],
    ['smtp://mail.example?requireTLS=no', 'neither true nor false'],
    ['smtp://mail.example?requireTLS=true&requireTLS=false', 'twice'],
    ['smtp://user:pa%ss@mail.example', '%25'],
    ['smtp://user:pa?ss@mail.example', 'is no URL'],
    ['smtp://', 'no host'],
  ])('SMTP_URL=%s is refused in words, without the password', (SMTP_URL, words) => {
    const faults = faultsOf({ SMTP_URL });
    expect(faults).toContain('SMTP_URL:');
    expect(faults).toContain(words);
    expect(faults).not.toMatch(/pa.ss/);
  });

  test.each([
    ['smtp://mail.example', true],
    ['smtps://user:word@mail.example', true],
    ['smtp://user:word@mail.example?ignoreTLS=true', true],
    ['smtp://user:word@mail.example?requireTLS=false&name=petitions.example', false],
    ['smtp://127.0.0.1:25', true],
    ['smtps://mail.example?tls.rejectUnauthorized=false&tls.servername=relay.example', true],
  ])('SMTP_URL=%s is taken', (SMTP_URL) => {
    expect(faultsOf({ ...publicServer, SMTP_URL })).toBe('');
  });
});
