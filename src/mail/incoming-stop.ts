import type { IncomingMessage } from './incoming-message.ts';

/** The word that our letters name for it, as they do in `List-Unsubscribe`, and those that mean the same. */
const STOP = /^(re: ?)?["“«]?(stop|unsubscribe|alto|baja)["”»]?[.!]*$/i;

/** An office that wants no more of it: the word alone, as subject or as the first line. */
export function saysStop({ subject, text }: Pick<IncomingMessage, 'subject' | 'text'>): boolean {
  const line = text.split(/\r?\n/).find((one) => one.trim() !== '');
  return STOP.test(subject.trim()) || STOP.test(line?.trim() ?? '');
}
