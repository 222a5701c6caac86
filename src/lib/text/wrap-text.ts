/** Lines of at most `width` characters, broken at blanks; a longer word, such as a link, keeps a line of its own. */
export function wrapText(text: string, width = 72): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n');
}

function wrapLine(line: string, width: number): string {
  if (line.length <= width) return line;
  const start = /^[\s>]*/.exec(line)?.[0] ?? '';
  // What follows the first line of an item stands under its words.
  const item = /^(?:- |\d+\. )/.exec(line)?.[0] ?? '';
  const indent = item === '' ? start : ' '.repeat(item.length);
  const lines: string[] = [];
  let current = '';
  for (const word of line.slice(start.length).split(' ')) {
    const before = lines.length === 0 ? start : indent;
    if (current !== '' && before.length + current.length + 1 + word.length > width) {
      lines.push(before + current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, (lines.length === 0 ? start : indent) + current].join('\n');
}
