import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

export type Pattern = { file: string; line: number; source: string; flags: string };

/** Every pattern that is written out in a file below `root`; `file` is relative to it. */
export function listPatterns(root: string): Pattern[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => patternsOf(root, join(root, name)));
}

function patternsOf(root: string, path: string): Pattern[] {
  const text = readFileSync(path, 'utf8');
  const found: Pattern[] = [];
  const visitor = new Visitor({
    Literal(node) {
      if (!('regex' in node) || !node.regex) return;
      const line = text.slice(0, node.start).split('\n').length;
      const { pattern, flags } = node.regex;
      found.push({ file: relative(root, path), line, source: pattern, flags });
    },
  });
  visitor.visit(parseSync(path, text).program);
  return found;
}

/** What fits most classes, and what ends a repeat late. */
const FILLERS = [
  ' ', '\t', '\n', '\r\n', ' \n', 'a', 'A', '1', 'ñ', '-', '.', '_', '@', '<', '>', '(', '[', '"', ':', ';', ',', '/', '#', '=', '+', '&', '%',
  'a@', 'a.', 'a ', 'a, ', 'a:', '1.', '1 ', '> ', '- ', 'a\n', 'a/', 'a-', '<a', '=?', '&a', 'http://', 'a@a.', '\u0301',
]; // biome-ignore format: one list

/**
 * Texts that make a pattern look far and find nothing: each of its own words, over and over, before a long run of each
 * filler, and within one.
 */
export function* shapesFor({ source }: Pattern, length: number): Generator<[name: string, text: string]> {
  const words = wordsOf(source);
  for (const filler of FILLERS) {
    yield [`${JSON.stringify(filler)}…`, fill(filler, length)];
    for (const word of words) {
      yield [`${JSON.stringify(word)} and ${JSON.stringify(filler)}…`, fill(filler, length, word)];
      yield [`(${JSON.stringify(word + filler)})…`, fill(word + filler, length)];
    }
  }
  for (const word of words) {
    yield [`${JSON.stringify(word)}…`, fill(word, length)];
    for (const other of words.slice(0, 12))
      if (other !== word)
        yield [`(${JSON.stringify(`${word} ${other}`)})…`, fill(`${word} ${other} `, length)];
  }
}

function fill(piece: string, length: number, before = ''): string {
  return `${before}${piece.repeat(Math.ceil(length / piece.length))}`.slice(0, length - 1).concat('\u0001');
}

/** Where something stands that is no letter of its own. */
const GAP = '\uFFFF';

/** What stands in it letter by letter, up to the next thing that does not. */
function wordsOf(source: string): string[] {
  const plain = source
    .replaceAll(/\\[bBdDsSwW]|\\[pP]\{[^}]*\}|\(\?(?::|<?[=!]|<\w+>)|\{\d+(?:,\d*)?\}/g, GAP)
    .replaceAll(/\[(\^?)([^\]\\]|\\.)(?:[^\]\\]|\\.)*\]/g, (_all, not: string, first: string) =>
      not ? GAP : first,
    )
    .replaceAll(/\\(.)/g, '$1');
  const found = plain.split(/[\uFFFF()|?*+^$]+/u).filter((word) => word.trim() !== '');
  return [...new Set(found)].slice(0, 60);
}
