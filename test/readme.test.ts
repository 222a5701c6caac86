import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { Variables } from '../src/config.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

test('the table of variables says what the configuration says, and no more', () => {
  const rows = [...readme.matchAll(/^\| `([A-Z_]+)` *\|(.*?)\|(.*?)\|$/gm)].map(
    ([, name, fallback = '', meaning = '']) => ({
      name,
      fallback: fallback.replaceAll('`', '').trim(),
      meaning: meaning.trim(),
    }),
  );
  const declared = Object.entries(Variables.shape).map(([name, schema]) => {
    const result = schema.safeParse(undefined);
    return {
      name,
      fallback: result.success && result.data !== undefined ? String(result.data) : '',
      meaning: schema.description,
    };
  });
  expect(rows).toEqual(declared);
});

test('every folder of the source stands in the map, and no folder that is not there', () => {
  const source = join(import.meta.dirname, '../src');
  const folders = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => relative(source, join(entry.parentPath, entry.name)))
    // The petitions' texts lie under what ships them.
    .filter((folder) => folder !== 'starter/petitions');
  const map = readme.split('## Where things are')[1]?.split('templates/ ')[0] ?? '';
  const named = [...map.matchAll(/(?:^ {2}|(?<= (?:lib|and) )|, |: )((?:[a-z-]+\/)+)(?=[ ,\n]|$)/gm)].map(
    ([, name = '']) => name.slice(0, -1),
  );
  expect(new Set(named)).toEqual(new Set(folders));
  expect(named).toHaveLength(folders.length);
});

test('the example of an environment file names every variable, once, and no other', () => {
  const example = readFileSync(join(import.meta.dirname, '../.env.example'), 'utf8');
  const named = [...example.matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(named.toSorted()).toEqual(Object.keys(Variables.shape).toSorted());
});

test('every link of the README, of CONTRIBUTING and of docs leads to a file that is there', () => {
  const root = join(import.meta.dirname, '..');
  const docs = readdirSync(join(root, 'docs')).map((name) => `docs/${name}`);
  const links = ['README.md', 'CONTRIBUTING.md', ...docs].flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) =>
      join(dirname(file), path),
    ),
  );
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
