import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { AppError } from './errors.ts';

/** A key object that is kept costs a quarter of raw bytes at each use. */
export type Secret = KeyObject | Buffer;
/** A symmetric key with the id that sealed data carries, so that older keys stay readable. */
export type Key = { id: number; secret: Secret };
/** `current` seals; `all` can open. */
export type KeySet = { current: Key; all: ReadonlyMap<number, Key> };

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const FORMAT = 1;

/** AES-256-GCM (NIST SP 800-38D): `iv | ciphertext | tag`, bound to `context`. */
export function encrypt(secret: Secret, plain: Buffer, context: string, iv = randomBytes(IV_BYTES)): Buffer {
  const cipher = createCipheriv('aes-256-gcm', toKeyObject(secret), iv);
  cipher.setAAD(Buffer.from(context));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws SEALED_INVALID when the key, the context or a single bit is another */
export function decrypt(secret: Secret, sealed: Buffer, context: string): Buffer {
  if (sealed.length < IV_BYTES + TAG_BYTES) throw new AppError('SEALED_INVALID');
  try {
    const decipher = createDecipheriv('aes-256-gcm', toKeyObject(secret), sealed.subarray(0, IV_BYTES));
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new AppError('SEALED_INVALID', {}, { cause });
  }
}

/** Also for a single use it costs half of giving the cipher raw bytes. */
function toKeyObject(secret: Secret): KeyObject {
  return Buffer.isBuffer(secret) ? createSecretKey(secret) : secret;
}

/**
 * Seals bytes under a key of their own, itself wrapped by the ring's data key: deleting the field
 * deletes the only copy of that key.
 * Layout: format (1) | data key id (2) | wrapped key (60) | iv, ciphertext, tag.
 */
export function seal(keys: KeySet, plain: Buffer, context: string): Buffer {
  const random = randomBytes(KEY_BYTES + 2 * IV_BYTES);
  const own = random.subarray(0, KEY_BYTES);
  const head = Buffer.alloc(3);
  head.writeUInt8(FORMAT, 0);
  head.writeUInt16BE(keys.current.id, 1);
  const wrapped = encrypt(keys.current.secret, own, context, random.subarray(KEY_BYTES, -IV_BYTES));
  const body = encrypt(own, plain, context, random.subarray(-IV_BYTES));
  return Buffer.concat([head, wrapped, body]);
}

const WRAPPED_BYTES = IV_BYTES + KEY_BYTES + TAG_BYTES;

/** @throws SEALED_INVALID */
export function open(keys: KeySet, sealed: Buffer, context: string): Buffer {
  const key = sealed.length > 3 && sealed[0] === FORMAT ? keys.all.get(sealed.readUInt16BE(1)) : undefined;
  if (!key) throw new AppError('SEALED_INVALID');
  const own = decrypt(key.secret, sealed.subarray(3, 3 + WRAPPED_BYTES), context);
  return decrypt(own, sealed.subarray(3 + WRAPPED_BYTES), context);
}

/** Sealing of JSON values, the form in which stores and services are given it. */
export function createSealer(keys: KeySet) {
  return {
    seal: (value: unknown, context: string): Buffer =>
      seal(keys, Buffer.from(JSON.stringify(value)), context),
    open: <T>(sealed: Buffer, context: string): T => JSON.parse(open(keys, sealed, context).toString()) as T,
    sealBytes: (bytes: Buffer, context: string): Buffer => seal(keys, bytes, context),
    openBytes: (sealed: Buffer, context: string): Buffer => open(keys, sealed, context),
  };
}
export type Sealer = ReturnType<typeof createSealer>;
