import type { Clock } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import { mintToken, readToken } from '../lib/link-token.ts';
import type { KeySet } from '../lib/sealed.ts';

/** Stable codes; a retired one is not used again. `desk` names to organisers what has no ref yet. */
const PURPOSES = { confirm: 1, manage: 2, signed: 3, unsubscribe: 4, notMe: 5, desk: 6 } as const;
export type LinkPurpose = keyof typeof PURPOSES;

export type Link = { petitionNumber: number; emailKey: string; linkVersion: number; issuedAt: Date };

const CONTEXT = 'link';
const BODY_BYTES = 25;

/**
 * Sealed links (law 5): AES-256-GCM over purpose (1), petition number (2), emailKey (16), link version (2)
 * and time of issue in seconds (4), behind the id of the link key (1); 72 characters of base64url.
 * They are minted without a write and found by `_id`.
 */
export function createLinks({ keys, clock }: { keys: KeySet; clock: Clock }) {
  /** `issuedAt` is now, unless the link goes on from one that proved the mailbox earlier. */
  function mint(purpose: LinkPurpose, link: Omit<Link, 'issuedAt'> & { issuedAt?: Date }): string {
    const body = Buffer.alloc(BODY_BYTES);
    body.writeUInt8(PURPOSES[purpose], 0);
    body.writeUInt16BE(link.petitionNumber, 1);
    Buffer.from(link.emailKey, 'base64url').copy(body, 3, 0, 16);
    body.writeUInt16BE(link.linkVersion, 19);
    body.writeUInt32BE(Math.floor((link.issuedAt ?? clock.now()).getTime() / 1000), 21);
    return mintToken(keys, body, CONTEXT);
  }

  /** What stands before or behind it is left out. @throws LINK_INVALID when it was altered, cut, or made for something else */
  function read(purpose: LinkPurpose, token: string): Link {
    const body = readToken(keys, token, BODY_BYTES, CONTEXT);
    if (body.readUInt8(0) !== PURPOSES[purpose]) throw new AppError('LINK_INVALID');
    return {
      petitionNumber: body.readUInt16BE(1),
      emailKey: body.subarray(3, 19).toString('base64url'),
      linkVersion: body.readUInt16BE(19),
      issuedAt: new Date(body.readUInt32BE(21) * 1000),
    };
  }

  return { mint, read };
}
export type Links = ReturnType<typeof createLinks>;
