import { inflateSync } from 'node:zlib';

/** A document as a reader of it gets it: its pages' text, their size in points, and what its catalog says. */
export type ReadPdf = {
  pages: string[];
  text: string;
  sizes: { width: number; height: number }[];
  raw: string;
};

/** What the program's own documents need and no more: streams of Flate, text in hexadecimal strings, WinAnsi fonts. */
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
    return textOf(streamOf(content));
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

const winAnsi = new TextDecoder('windows-1252');

/** Each line as it was set; lines of a paragraph joined by blanks. */
function textOf(content: string): string {
  return [...content.matchAll(/\[([^\]]*)\] TJ/g)]
    .map(([, parts = '']) =>
      winAnsi.decode(
        Buffer.from([...parts.matchAll(/<([0-9a-f]*)>/gi)].map(([, hex = '']) => hex).join(''), 'hex'),
      ),
    )
    .join(' ')
    .replace(/\s+/g, ' ');
}
