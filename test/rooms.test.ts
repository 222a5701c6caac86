import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cyclesBetweenRooms, readSources } from './support/rooms.ts';

test('no two rooms need each other, by values or by types', () => {
  const sources = readSources(join(import.meta.dirname, '../src'));
  expect(Object.keys(sources).length).toBeGreaterThan(200);
  expect(cyclesBetweenRooms(sources)).toEqual([]);
});

test.each([
  ['a value', `import { b } from '../words/b.ts';`],
  ['a type', `import type { B } from '../words/b.ts';`],
  ['an export', `export { b } from '../words/b.ts';`],
  ['a whole file', `export * from '../words/b.ts';`],
  ['a type in its place', `export type B = import('../words/b.ts').B;`],
  ['an import when it is asked for', `export const b = () => import('../words/b.ts');`],
])('a cycle by %s is found', (_way, text) => {
  const back = { 'words/b.ts': `import type { A } from '../signatures/a.ts';` };
  expect(cyclesBetweenRooms({ 'signatures/a.ts': text, ...back })).toHaveLength(2);
});

test('a cycle over three rooms is found, and what only leads to it is left out', () => {
  const cycle = cyclesBetweenRooms({
    'a/a.ts': `import '../b/b.ts';`,
    'b/b.ts': `import '../c/c.ts';`,
    'c/c.ts': `import '../a/a.ts';`,
    'd/d.ts': `import '../a/a.ts';`,
  });
  expect(cycle.map(({ from }) => from)).toEqual(['a/a.ts', 'b/b.ts', 'c/c.ts']);
});

test('a folder that is a room of its own stands apart from the room around it', () => {
  const cycle = cyclesBetweenRooms({
    'mail/mail.ts': `import './incoming/read.ts';`,
    'mail/incoming/read.ts': `import '../mail.ts';`,
  });
  expect(cycle).toHaveLength(2);
});
