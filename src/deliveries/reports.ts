import type { Delivery, IncomingNote } from './delivery.ts';

/** Only who has the mail can answer it, be away from it, or call it junk. */
const SAY_IT_ARRIVED: readonly IncomingNote['kind'][] = ['reply', 'auto-reply', 'complaint'];

/**
 * What all reports about one delivery say together, in whatever order they came. An address that passes mail on to
 * several people sends a report for each who is gone, while others answer: one sign that it arrived outweighs them. A
 * report about another address than the one that was written to decides nothing.
 */
export function verdictOf({
  incoming = [],
  againAt,
}: Pick<Delivery, 'incoming' | 'againAt'>): 'arrived' | 'came-back' | undefined {
  const counted = incoming.filter(({ at }) => !againAt || at >= againAt);
  if (counted.some(({ kind }) => SAY_IT_ARRIVED.includes(kind))) return 'arrived';
  return counted.some(saysItFailed) ? 'came-back' : undefined;
}

export function saysItFailed({ kind, isOther }: IncomingNote): boolean {
  return kind === 'bounce' && !isOther;
}
