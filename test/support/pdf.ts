import { inflateSync } from 'node:zlib';

/** A document as a reader of it gets it: its pages' text, their size in points, and what its catalog says. */
export type ReadPdf = {
  pages: string[];
  text: string;
  sizes: { width: number; height: number }[];
  raw: string;
};

/**
 * What the program's own documents need and no more: streams of Flate, text in hexadecimal strings, WinAnsi fonts and
 * embedded ones with a map to Unicode.
 */
export function readPdf(bytes: Buffer): ReadPdf {
  const raw = bytes.toString('latin1');
  const objects = new Map(
    [...raw.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)].map(([, id = '', body = '']) => [id, body]),
  );
  const kids = /\/Type \/Pages[\s\S]*?\/Kids \[([^\]]*)\]|\/Kids \[([^\]]*)\][\s\S]*?\/Type \/Pages/.exec(
    raw,
  );
  const ids = [...(kids?.[1] ?? kids?.[2] ?? '').matchAll(/(\d+) 0 R/g)].map(([, id = '']) => id);
  const pages = ids.map((id) => objects.get(id) ?? '');
  const texts = pages.map((page) => {
    const content = objects.get(/\/Contents (\d+) 0 R/.exec(page)?.[1] ?? '') ?? '';
    const resources = objects.get(/\/Resources (\d+) 0 R/.exec(page)?.[1] ?? '') ?? page;
    return textOf(streamOf(content), readFonts(resources, objects));
  });
  const sizes = pages.map((page) => {
    const [, , width = 0, height = 0] = (/\/MediaBox \[([^\]]*)\]/.exec(page)?.[1] ?? '')
      .split(' ')
      .map(Number);
    return { width, height };
  });
  return { pages: texts, text: texts.join(' '), sizes, raw };
}

function streamOf(object: string): string {
  const start = object.indexOf('stream\n') + 'stream\n'.length;
  const bytes = Buffer.from(object.slice(start, object.lastIndexOf('\nendstream')), 'latin1');
  return object.includes('/FlateDecode') ? inflateSync(bytes).toString('latin1') : bytes.toString('latin1');
}

/** From the hexadecimal codes of a text to what it says. */
type Decode = (hex: string) => string;
const winAnsi = new TextDecoder('windows-1252');
const standard: Decode = (hex) => winAnsi.decode(Buffer.from(hex, 'hex'));

/** By the name under which a page knows them. */
function readFonts(resources: string, objects: ReadonlyMap<string, string>): Map<string, Decode> {
  const fonts = new Map<string, Decode>();
  for (const [, name = '', id = ''] of resources.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
    const map = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id) ?? '')?.[1];
    fonts.set(name, map ? embedded(streamOf(objects.get(map) ?? '')) : standard);
  }
  return fonts;
}

/** Ranges of glyphs, each with the UTF-16 of its letters: `<0000> <00ff> [<0000> <0061> …]`. */
function embedded(map: string): Decode {
  const letters = new Map<string, string>();
  for (const [, first = '', list = ''] of map.matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[([^\]]*)\]/gi)) {
    for (const [index, [, hex = '']] of [...list.matchAll(/<([0-9a-f ]*)>/gi)].entries()) {
      const glyph = (Number.parseInt(first, 16) + index).toString(16).padStart(4, '0');
      letters.set(glyph, Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'));
    }
  }
  return (hex) => (hex.toLowerCase().match(/.{4}/g) ?? []).map((glyph) => letters.get(glyph) ?? '�').join('');
}

/** Each line as it was set; lines of a paragraph joined by blanks. */
function textOf(content: string, fonts: ReadonlyMap<string, Decode>): string {
  let decode = standard;
  const lines: string[] = [];
  for (const [, font, parts = ''] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (font) decode = fonts.get(font) ?? standard;
    else lines.push(decode([...parts.matchAll(/<([0-9a-f]*)>/gi)].map(([, hex = '']) => hex).join('')));
  }
  return lines.join(' ').replace(/\s+/g, ' ');
}
