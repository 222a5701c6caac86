/** The word that takes the fewest changed letters to become `typed`; undefined when none is like it. */
export function nearestWord(typed: string, words: readonly string[]): string | undefined {
  const near = words
    .map((word) => ({ word, changes: changesBetween(typed, word) }))
    .filter(({ word, changes }) => changes <= Math.ceil(Math.max(typed.length, word.length) / 3))
    .sort((a, b) => a.changes - b.changes);
  return near[0]?.word;
}

/** Levenshtein's distance. Both are cut, since what somebody typed may be of any length. */
function changesBetween(one: string, other: string): number {
  const [from, to] = [one.slice(0, 40), other.slice(0, 40)];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
