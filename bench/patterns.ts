import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseSync, Visitor } from 'oxc-parser';

export type Pattern = { file: string; line: number; source: string; flags: string };

/** Every pattern that is written out in a file below `root`; `file` is relative to it. */
export function listPatterns(root: string): Pattern[] {
  return filesOf(root).flatMap((path) => patternsOf(root, path));
}

function patternsOf(root: string, path: string): Pattern[] {
  const text = readFileSync(path, 'utf8');
  const found: Pattern[] = [];
  const visitor = new Visitor({
    Literal(node) {
      if (!('regex' in node) || !node.regex) return;
      const line = lineOf(text, node.start);
      const { pattern, flags } = node.regex;
      found.push({ file: relative(root, path), line, source: pattern, flags });
    },
  });
  visitor.visit(parseSync(path, text).program);
  return found;
}

/** Where a pattern is put together from parts, by its place in the text; `isAtStart`: when the file is loaded. */
export type Built = { file: string; line: number; isAtStart: boolean };

/** Every `new RegExp(…)` below `root`. */
export function listBuiltPatterns(root: string): Built[] {
  return filesOf(root).flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    const found: Built[] = [];
    let depth = 0;
    const enter = () => {
      depth += 1;
    };
    const leave = () => {
      depth -= 1;
    };
    new Visitor({
      FunctionDeclaration: enter,
      'FunctionDeclaration:exit': leave,
      FunctionExpression: enter,
      'FunctionExpression:exit': leave,
      ArrowFunctionExpression: enter,
      'ArrowFunctionExpression:exit': leave,
      NewExpression(node) {
        if (node.callee.type !== 'Identifier' || node.callee.name !== 'RegExp') return;
        found.push({ file: relative(root, path), line: lineOf(text, node.start), isAtStart: depth === 0 });
      },
    }).visit(parseSync(path, text).program);
    return found;
  });
}

/** What those of them that are built when their file is loaded have become. Loads the files, once in a process. @throws when one of them was not built */
export async function loadBuiltPatterns(root: string, built: readonly Built[]): Promise<Pattern[]> {
  const files = [...new Set(built.filter(({ isAtStart }) => isAtStart).map(({ file }) => file))];
  const found: Pattern[] = [];
  const plain = globalThis.RegExp;
  for (const file of files) {
    // With a query it is a module of its own, loaded though the bench has loaded the file already.
    const url = `${pathToFileURL(join(root, file)).href}?patterns`;
    globalThis.RegExp = new Proxy(plain, {
      construct(target, [source, flags], self) {
        const pattern = Reflect.construct(target, [source, flags], self) as RegExp;
        const at = new Error('here').stack?.split('\n').find((line) => line.includes(`${url}:`));
        const line = Number(at?.slice(at.indexOf(url) + url.length + 1).split(':')[0]);
        if (at) found.push({ file, line, source: pattern.source, flags: pattern.flags });
        return pattern;
      },
    });
    try {
      await import(url);
    } finally {
      globalThis.RegExp = plain;
    }
  }
  for (const { file, line } of built.filter(({ isAtStart }) => isAtStart))
    if (!found.some((one) => one.file === file && one.line === line))
      throw new Error(`the pattern at ${file}:${line} was not built`);
  return found;
}

function filesOf(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, name));
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
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
