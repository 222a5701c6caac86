/** Groups of fields, one after each blank line (RFC 3464, 2.1): lower-case names, the first value of each. */
export type Fields = ReadonlyMap<string, string>;

export function readFieldGroups(text: string): Fields[] {
  return text
    .split(/\r?\n[ \t]*\r?\n/)
    .flatMap(splitRecipients)
    .map(readFields)
    .filter((fields) => fields.size > 0);
}

/** Some reporters leave out the blank line between two recipients: a second one begins a group of its own. */
function splitRecipients(block: string): string[] {
  const blocks: string[][] = [[]];
  for (const line of unfold(block)) {
    const name = /^(original|final)-recipient:/i.exec(line)?.[0].toLowerCase();
    const isSecond = name && blocks.at(-1)?.some((other) => other.toLowerCase().startsWith(name));
    if (isSecond) blocks.push([line]);
    else blocks.at(-1)?.push(line);
  }
  return blocks.map((lines) => lines.join('\n'));
}

function unfold(block: string): string[] {
  return block.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
}

function readFields(block: string): Fields {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const cut = line.indexOf(':');
    const name = line.slice(0, cut).trim().toLowerCase();
    if (cut > 0 && !fields.has(name)) fields.set(name, line.slice(cut + 1).trim());
  }
  return fields;
}

/**
 * `rfc822; somebody@home.example` or `utf-8; josé@home.example`: the address, lower case; empty when there is none.
 * RFC 6533 writes letters as `\x{E9}` where only ASCII may stand, RFC 3461 an address as xtext (`+40` for `@`).
 */
export function readTypedAddress(value: string | undefined): string {
  const bare = (value ?? '')
    .slice(0, 1_000)
    .replace(/^[^;]*;/, '')
    .replace(/[<>\s]/g, '');
  const whole = bare.includes('@')
    ? bare
    : bare.replaceAll(/\+([0-9A-F]{2})/g, (_all, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
  const address = whole.replaceAll(/\\x\{([0-9a-f]{2,6})\}/gi, (all, hex: string) => {
    const point = Number.parseInt(hex, 16);
    return point > 0x20 && point <= 0x10ffff ? String.fromCodePoint(point) : all;
  });
  return address.includes('@') ? address.toLowerCase() : '';
}
