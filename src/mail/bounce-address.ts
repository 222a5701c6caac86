import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import { type Clock, DAY } from '../lib/clock.ts';
import type { KeySet, Secret } from '../lib/sealed.ts';

/** RFC 4648 base32, lower case: relays may fold the case of a local part. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const KEY_BYTES = 16;
const BODY_BYTES = KEY_BYTES + 2;
const TAG_BYTES = 12;
const BYTES = 1 + TAG_BYTES + BODY_BYTES;
const CHARACTERS = Math.ceil((BYTES * 8) / 5);
/** Reports come within days, complaints within weeks. */
const VALID_DAYS = 90;

/**
 * The envelope sender of mail to a person, `bounces+<50 characters>@domain` (58 before the @; 64 are allowed): who the
 * mail was for, sealed, so that a bounce needs no record of its own, names nobody, and cannot be forged.
 * Layout: link key id (1) | tag (12) | emailKey (16) and day of issue (2), encrypted. There is no room for a nonce beside
 * a tag, so the tag is the nonce, as in RFC 5297: HMAC-SHA-256 over the plain text, AES-256-CTR under another key.
 */
export function createBounceAddresses(deps: { keys: KeySet; mailDomain: string; clock: Clock }) {
  const { keys, mailDomain, clock } = deps;
  const derived = new Map<number, DerivedKeys>();

  function keysOf(id: number): DerivedKeys | undefined {
    const key = keys.all.get(id);
    if (key && !derived.has(id)) derived.set(id, derive(key.secret));
    return derived.get(id);
  }

  function mint(emailKey: string): string {
    const { id } = keys.current;
    const own = keysOf(id);
    if (!own) throw new Error('the current key is not of its ring');
    const body = Buffer.alloc(BODY_BYTES);
    Buffer.from(emailKey, 'base64url').copy(body, 0, 0, KEY_BYTES);
    body.writeUInt16BE(today(), KEY_BYTES);
    const tag = tagOf(own, body);
    const cipher = createCipheriv('aes-256-ctr', own.encryption, ivOf(tag));
    const sealed = Buffer.concat([Buffer.from([id]), tag, cipher.update(body), cipher.final()]);
    return `bounces+${encode(sealed)}@${mailDomain}`;
  }

  /** The emailKey, or null when it was not made here, was altered, or is too old. */
  function read(opaque: string): string | null {
    const sealed = decode(opaque.toLowerCase());
    const own = sealed && keysOf(sealed[0] ?? 0);
    if (!own) return null;
    const tag = sealed.subarray(1, 1 + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-ctr', own.encryption, ivOf(tag));
    const body = Buffer.concat([decipher.update(sealed.subarray(1 + TAG_BYTES)), decipher.final()]);
    if (!timingSafeEqual(tag, tagOf(own, body))) return null;
    if (today() - body.readUInt16BE(KEY_BYTES) > VALID_DAYS) return null;
    return body.subarray(0, KEY_BYTES).toString('base64url');
  }

  const today = () => Math.floor(clock.now().getTime() / DAY);

  return { mint, read };
}

type DerivedKeys = { authentication: Buffer; encryption: Buffer };

/** Keys of their own: the ring's key seals links. */
function derive(secret: Secret): DerivedKeys {
  const ofPurpose = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', secret as KeyObject, Buffer.alloc(0), `bounce-address:${purpose}`, 32));
  return { authentication: ofPurpose('authentication'), encryption: ofPurpose('encryption') };
}

function tagOf({ authentication }: DerivedKeys, body: Buffer): Buffer {
  return createHmac('sha256', authentication).update(body).digest().subarray(0, TAG_BYTES);
}

function ivOf(tag: Buffer): Buffer {
  return Buffer.concat([tag, Buffer.alloc(16 - TAG_BYTES)]);
}

function encode(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

/** Undefined unless the address is spelt exactly as we made it. */
function decode(text: string): Buffer | undefined {
  if (text.length !== CHARACTERS || [...text].some((character) => !ALPHABET.includes(character)))
    return undefined;
  const bits = [...text]
    .map((character) => ALPHABET.indexOf(character).toString(2).padStart(5, '0'))
    .join('');
  const bytes = Buffer.from(
    (bits.slice(0, BYTES * 8).match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)),
  );
  return encode(bytes) === text ? bytes : undefined;
}
