import { addMilliseconds, type Clock, DAY } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import { mintToken, readToken } from '../lib/link-token.ts';
import type { KeySet } from '../lib/sealed.ts';

/** `deliveryToken` is Delivery.token, 96 bits in hex; `linkVersion` is Office.answerLinkVersion, 0 where it has none. */
export type OfficeLink = { petitionNumber: number; deliveryToken: string; linkVersion: number };

const CONTEXT = 'office-link';
const PURPOSE = 1;
const BODY_BYTES = 21;
export const OFFICE_LINK_DAYS = 180;

/**
 * The link by which an office answers, without an account (law 5): AES-256-GCM under the link key over purpose (1),
 * petition number (2), delivery token (12), link version (2) and time of issue in seconds (4), behind the key's id (1);
 * 67 characters of base64url. It ends after 180 days, or when the office's link version is raised.
 */
export function createOfficeLinks({ keys, clock }: { keys: KeySet; clock: Clock }) {
  function mint({ petitionNumber, deliveryToken, linkVersion }: OfficeLink): string {
    const body = Buffer.alloc(BODY_BYTES);
    body.writeUInt8(PURPOSE, 0);
    body.writeUInt16BE(petitionNumber, 1);
    Buffer.from(deliveryToken, 'hex').copy(body, 3, 0, 12);
    body.writeUInt16BE(linkVersion % 65_536, 15);
    body.writeUInt32BE(Math.floor(clock.now().getTime() / 1000), 17);
    return mintToken(keys, body, CONTEXT);
  }

  /**
   * What stands before or behind it is left out.
   * @throws LINK_INVALID when it was altered, cut, or made for something else; ANSWER_LINK_EXPIRED after its time
   */
  function read(token: string): OfficeLink & { issuedAt: Date } {
    const body = readToken(keys, token, BODY_BYTES, CONTEXT);
    if (body.readUInt8(0) !== PURPOSE) throw new AppError('LINK_INVALID');
    const issuedAt = new Date(body.readUInt32BE(17) * 1000);
    if (addMilliseconds(issuedAt, OFFICE_LINK_DAYS * DAY) <= clock.now())
      throw new AppError('ANSWER_LINK_EXPIRED');
    return {
      petitionNumber: body.readUInt16BE(1),
      deliveryToken: body.subarray(3, 15).toString('hex'),
      linkVersion: body.readUInt16BE(15),
      issuedAt,
    };
  }

  return { mint, read };
}
export type OfficeLinks = ReturnType<typeof createOfficeLinks>;
