import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

/** A file's path below src, and its text. */
export type Sources = Readonly<Record<string, string>>;

/** What one file takes from another, by value or by type. */
export type Taking = { from: string; to: string };

/** Folders within a room that are rooms themselves. */
const INNER_ROOMS = ['mail/incoming', 'database/local'];

export function readSources(folder: string): Sources {
  const paths = globSync('**/*.{ts,mts}', { cwd: folder });
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** The room that a file lies in; '' for the files that put rooms together. */
function roomOf(path: string): string {
  const inner = INNER_ROOMS.find((room) => path.startsWith(`${room}/`));
  return inner ?? (path.includes('/') ? (path.split('/')[0] ?? '') : '');
}

/** The takings between rooms that stand in a cycle: each leads to a room from which a way leads back. */
export function cyclesBetweenRooms(sources: Sources): Taking[] {
  const takings = Object.entries(sources)
    .flatMap(([from, text]) => importsOf(from, text).map((to) => ({ from, to })))
    .filter(({ from, to }) => roomOf(from) !== roomOf(to) && roomOf(from) && roomOf(to));
  const next = Map.groupBy(takings, ({ from }) => roomOf(from));
  const reached = (start: string) => {
    const seen = new Set([start]);
    for (const room of seen) for (const { to } of next.get(room) ?? []) seen.add(roomOf(to));
    return seen;
  };
  return takings.filter(({ from, to }) => reached(roomOf(to)).has(roomOf(from)));
}

function importsOf(from: string, text: string): string[] {
  const specifiers: string[] = [];
  const take = (node: { source: unknown }) => {
    const { value } = (node.source ?? {}) as { value?: unknown };
    if (typeof value === 'string' && value.startsWith('.')) specifiers.push(value);
  };
  new Visitor({
    ImportDeclaration: take,
    ExportNamedDeclaration: take,
    ExportAllDeclaration: take,
    ImportExpression: take,
    TSImportType: take,
  }).visit(parseSync(from, text).program);
  return specifiers.map((specifier) => posix.join(posix.dirname(from), specifier));
}
