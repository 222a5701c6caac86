import { createHash, createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeySet, Secret } from '../lib/sealed.ts';

/** What a browser or a link carries: 192 bits. The database has its hash alone. */
export function newToken(): string {
  return randomBytes(24).toString('base64url');
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** What a form of ours carries: made of the browser's cookie, so that no other site can know it, and nothing is stored. */
export function formToken(keys: KeySet, cookie: string): string {
  return mac(keys.current.secret, cookie);
}

export function isFormToken(keys: KeySet, cookie: string, typed: string): boolean {
  return [...keys.all.values()].some(({ secret }) => areSame(mac(secret, cookie), typed));
}

function mac(secret: Secret, cookie: string): string {
  return createHmac('sha256', secret).update(`form\0${cookie}`).digest('base64url');
}

function areSame(right: string, typed: string): boolean {
  const [a, b] = [Buffer.from(right), Buffer.from(typed)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Crockford's alphabet: nothing that is taken for something else. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LETTERS = 12;
const CODES = 10;

/** Ten codes of 60 bits, as a person copies them: `7Q2M-0V4A-XK9D`. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: CODES }, () => {
    const letters = Array.from(randomBytes(CODE_LETTERS), (byte) => ALPHABET[byte % 32]).join('');
    return letters.replace(/(.{4})(?=.)/g, '$1-');
  });
}

/** As it may be typed: small letters, blanks, and the letters that look like digits. */
export function hashRecoveryCode(key: KeyObject, typed: string): string {
  const plain = typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  return createHmac('sha256', key).update(plain).digest('base64url');
}
