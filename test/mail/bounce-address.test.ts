import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import type { KeySet } from '../../src/lib/sealed.ts';
import { createBounceAddresses } from '../../src/mail/bounce-address.ts';
import { createTestClock } from '../support/clock.ts';

function keySet(id = 1): KeySet {
  const key = { id, secret: randomBytes(32) };
  return { current: key, all: new Map([[id, key]]) };
}

function open(keys = keySet(), clock = createTestClock()) {
  return { clock, ...createBounceAddresses({ keys, mailDomain: 'us.example', clock }) };
}
const emailKey = randomBytes(16).toString('base64url');
const opaqueOf = (address: string) => /^bounces\+(.*)@us\.example$/.exec(address)?.[1] ?? '';

describe('the address that bounces come to', () => {
  test('says again whom the mail was for, whatever its case became on the way', () => {
    const { mint, read } = open();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const key = Buffer.from(bytes).toString('base64url');
        const opaque = opaqueOf(mint(key));
        expect(read(opaque)).toBe(key);
        expect(read(opaque.toUpperCase())).toBe(key);
      }),
    );
  });

  test('fits into a local part, in lower case, and shows nothing of the key', () => {
    const address = open().mint(emailKey);
    expect(address).toMatch(/^bounces\+[a-z2-7]{50}@us\.example$/);
    expect(address.indexOf('@')).toBeLessThanOrEqual(64);
    expect(open().mint(emailKey)).not.toBe(address);
  });

  test('one with any character changed, cut or added is refused', () => {
    const { mint, read } = open();
    const opaque = opaqueOf(mint(emailKey));
    for (let at = 0; at < opaque.length; at += 1) {
      const other = opaque[at] === 'a' ? 'b' : 'a';
      expect(read(opaque.slice(0, at) + other + opaque.slice(at + 1))).toBeNull();
    }
    for (const wrong of ['', opaque.slice(1), `${opaque}a`, opaque.replace(/.$/, '='), '0'.repeat(50)])
      expect(read(wrong)).toBeNull();
  });

  test('a guessed one, or one of another installation, is refused', () => {
    const { read } = open();
    expect(read(opaqueOf(open().mint(emailKey)))).toBeNull();
    fc.assert(
      fc.property(fc.string({ minLength: 50, maxLength: 50 }), (guess) => {
        expect(read(guess)).toBeNull();
      }),
    );
  });

  test('one minted under a key that was rotated away is still read', () => {
    const old = keySet(1);
    const opaque = opaqueOf(open(old).mint(emailKey));
    const current = { id: 2, secret: randomBytes(32) };
    const keys = { current, all: new Map([...old.all, [2, current]]) };
    expect(open(keys).read(opaque)).toBe(emailKey);
  });

  test('ninety days later it is believed, after that no more', () => {
    const { clock, mint, read } = open();
    const opaque = opaqueOf(mint(emailKey));
    clock.advance(90 * DAY);
    expect(read(opaque)).toBe(emailKey);
    clock.advance(DAY);
    expect(read(opaque)).toBeNull();
  });
});
