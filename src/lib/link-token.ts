import { AppError } from './errors.ts';
import { decrypt, encrypt, type KeySet } from './sealed.ts';

/** More than this of what stands in an address is never a token. */
const LOOKED_AT = 400;
/** So many dashes and underscores at its end may a mail program have taken for the punctuation of a sentence. */
const LOST_MAX = 3;

/**
 * The text of a sealed link (law 5): the id of the link key (1), then `body` under AES-256-GCM, as base64url. It ends in a
 * letter or a digit, since mail programs take a dash or an underscore at the end of an address for punctuation.
 */
export function mintToken(keys: KeySet, body: Buffer, context: string): string {
  for (;;) {
    const sealed = encrypt(keys.current.secret, body, context);
    const token = Buffer.concat([Buffer.from([keys.current.id]), sealed]).toString('base64url');
    // Each sealing has a new nonce: in one of 32 cases the last character is no letter and no digit.
    if (/[A-Za-z0-9]$/.test(token)) return token;
  }
}

/**
 * The body of `bytes` bytes in a token that may have something added before or behind it, or that may lack the dashes and
 * underscores that links of earlier versions ended in. @throws LINK_INVALID when anything else about it was altered
 */
export function readToken(keys: KeySet, typed: string, bytes: number, context: string): Buffer {
  const length = Math.ceil(((bytes + SEALED_BYTES) * 8) / 6);
  for (const token of spellings(typed, length)) {
    const sealed = Buffer.from(token, 'base64url');
    const key = keys.all.get(sealed[0] ?? 0);
    // A second spelling of the same bytes is refused too: one link, one text.
    if (!key || sealed.toString('base64url') !== token) continue;
    const body = tryDecrypt(key.secret, sealed.subarray(1), context);
    if (body?.length === bytes) return body;
  }
  throw new AppError('LINK_INVALID');
}

/** The key's id, the nonce and the tag. */
const SEALED_BYTES = 1 + 12 + 16;

/** What the token can have been, as it was written: most often one text of this length. */
function spellings(typed: string, length: number): string[] {
  const run = /[\w-]+/.exec(typed.slice(0, LOOKED_AT))?.[0] ?? '';
  const lost = length - run.length;
  if (lost <= 0) return [run.slice(0, length)];
  if (lost > LOST_MAX) return [];
  return endings(lost).map((ending) => run + ending);
}

function endings(length: number): string[] {
  return length === 0 ? [''] : endings(length - 1).flatMap((ending) => [`${ending}-`, `${ending}_`]);
}

function tryDecrypt(...[secret, sealed, context]: Parameters<typeof decrypt>): Buffer | undefined {
  try {
    return decrypt(secret, sealed, context);
  } catch {
    return undefined;
  }
}
