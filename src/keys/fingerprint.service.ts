import { createHmac } from 'node:crypto';
import type { Fingerprints } from '../installation/installation.store.ts';
import { AppError } from '../lib/errors.ts';
import { type KeySet, open } from '../lib/sealed.ts';
import type { Sealed } from '../signatures/sealed-sample.store.ts';
import type { KeyStore } from './key.store.ts';

/** 96 bits of HMAC-SHA-256 under the key itself: names it, and says nothing about it. */
export function fingerprintOf(id: string, secret: Buffer): string {
  const hmac = createHmac('sha256', secret).update(`safe-passage/key-fingerprint/v1\0${id}`);
  return hmac.digest().subarray(0, 12).toString('base64url');
}

/**
 * Whether the data were sealed under this ring: its fingerprints are theirs, and of the people that are tried at least
 * one can be opened. Another master key leaves the ring as it is; a key that was added is no fault. Reads only.
 * @throws KEY_RING_FOREIGN
 */
export async function checkRing(
  store: Pick<KeyStore, 'listSealed'>,
  noted: Fingerprints | undefined,
  own: Fingerprints,
  data: KeySet,
): Promise<void> {
  const other = Object.entries(noted ?? {}).find(([id, fingerprint]) => own[id] !== fingerprint);
  if (other) throw foreign(`their key ${other[0]} is not the one of the ring`);
  // Also where fingerprints agree: data may have been restored beside those of this installation.
  const sealed = await store.listSealed();
  if (sealed.length > 0 && !sealed.some((one) => opens(data, one)))
    throw foreign('none of the signatures that were tried can be opened');
}

function opens(keys: KeySet, { sealed, context }: Sealed): boolean {
  try {
    open(keys, sealed, context);
    return true;
  } catch {
    return false;
  }
}

export function foreign(why: string): AppError {
  return new AppError('KEY_RING_FOREIGN', {
    message: [
      `The data in this database were sealed under another key ring: ${why}. Nothing was written. There are two ways out:`,
      '  restore the collection `keys` from the same copy as the data, and give the MASTER_KEY (or the DATA_DIR) that it was made with;',
      '  or restore the data that belong to these keys, every collection from one copy.',
    ].join('\n'),
  });
}
