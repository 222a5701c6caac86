import { foldWords } from './fold.ts';
import type { IncomingMessage } from './message.ts';

/** The word that our letters name for it, as they do in `List-Unsubscribe`, and those that mean the same. */
const STOP =
  /^((re|rv|fw|fwd|auto): ?){0,3}["'“«¡]?(stop|unsubscribe|alto|baja)["'”»]? ?[.!]{0,5}( ?,? ?(please|por favor|gracias|thank you|thanks)[.!]{0,5})?$/i;
/** The word itself is short: a line that is longer is not it. */
const MAX_LINE = 100;
const MAX_LOOK = 5_000;

/** An office that wants no more of it: the word alone, as subject or as the first line. */
export function saysStop({ subject, text }: Pick<IncomingMessage, 'subject' | 'text'>): boolean {
  const line = text
    .slice(0, MAX_LOOK)
    .split(/\r?\n/)
    .map(foldWords)
    .find((one) => one !== '');
  return [foldWords(subject), line ?? ''].some((one) => one.length <= MAX_LINE && STOP.test(one));
}
