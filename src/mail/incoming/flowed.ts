type Line = { depth: number; text: string };

/** `format=flowed` (RFC 3676): a line that ends in a blank goes on in the next one of the same depth of quoting. */
export function unflow(text: string, deletesSpace: boolean): string {
  const paragraphs: Line[] = [];
  let isOpen = false;
  for (const line of text.split(/\r?\n/)) {
    const read = readLine(line);
    const last = paragraphs.at(-1);
    const isSignature = read.text === '-- ';
    if (isOpen && last && last.depth === read.depth && !isSignature) last.text += read.text;
    else paragraphs.push(read);
    isOpen = read.text.endsWith(' ') && !isSignature;
    const open = paragraphs.at(-1);
    if (isOpen && deletesSpace && open) open.text = open.text.slice(0, -1);
  }
  return paragraphs
    .map(({ depth, text: words }) => (depth > 0 ? `${'>'.repeat(depth)} ${words}` : words))
    .join('\n');
}

function readLine(line: string): Line {
  let depth = 0;
  while (line[depth] === '>') depth += 1;
  const rest = line.slice(depth);
  // One blank is put before what would else look like something that it is not.
  return { depth, text: rest.startsWith(' ') ? rest.slice(1) : rest };
}
