/** What stands where an organiser has cut something out of somebody's words. */
const CUT = '[…]';

const BLANKS = /\s+/gu;

export type TrimFault = 'unchanged' | 'notOnlyCut';

/**
 * Whether `trimmed` is `words` with passages left out and nothing else: every cut stands as `[…]`, at the beginning and the end
 * too, and what lies between stands in `words` as it is, in the same order. Blanks and line ends may differ.
 */
export function trimFault(words: string, trimmed: string): TrimFault | undefined {
  const whole = plain(words);
  const parts = plain(trimmed).split(CUT);
  if (parts.length === 1) return parts[0] === whole ? 'unchanged' : 'notOnlyCut';
  const kept = parts.map((part) => part.trim());
  let from = 0;
  for (const [index, part] of kept.entries()) {
    const isLast = index === kept.length - 1;
    const at = isLast && part !== '' ? whole.length - part.length : whole.indexOf(part, from);
    const isThere = at >= from && whole.startsWith(part, at);
    if (!isThere || (index === 0 && at !== 0)) return 'notOnlyCut';
    from = at + part.length;
  }
  return undefined;
}

function plain(text: string): string {
  return text.replace(BLANKS, ' ').trim();
}
