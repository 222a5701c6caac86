import { createHash } from 'node:crypto';

/** What the signer reads above the button. */
export type ShownDetails = {
  name: string;
  country: string;
  region?: string | undefined;
  words?: string | undefined;
  showName: boolean;
  shareWords: boolean;
  updates: boolean;
};

/**
 * A short name for exactly these details, sent along with them: 16 characters. Firefox brings changed text back into
 * fields that are folded away, and what nobody saw must not be signed. It is no secret: whoever has the link may sign.
 */
export function shownDetails(details: ShownDetails): string {
  const { name, country, region = '', words = '', showName, shareWords, updates } = details;
  const text = JSON.stringify([name, country, region, words, showName, shareWords, updates]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
