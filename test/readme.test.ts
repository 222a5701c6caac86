import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

test('every folder of the source stands in the map', () => {
  for (const room of [
    'database',
    'keys',
    'petitions',
    'signatures',
    'ledger',
    'offices',
    'letters',
    'packs',
    'mail',
    'campaign',
    'audit',
    'web',
    'lib',
    'starter',
  ]) {
    expect(readme).toContain(`  ${room}/`);
  }
});

test('the example of an environment file names every variable, once, and no other', () => {
  const example = readFileSync(join(import.meta.dirname, '../.env.example'), 'utf8');
  const named = [...example.matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(named.toSorted()).toEqual(Object.keys(Variables.shape).toSorted());
});

test('every link of the README and of CONTRIBUTING leads to a file that is there', () => {
  const guide = readFileSync(join(import.meta.dirname, '../CONTRIBUTING.md'), 'utf8');
  const links = [...`${readme}\n${guide}`.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) => path);
  expect(links.length).toBeGreaterThan(0);
  expect(links.filter((path) => !existsSync(join(import.meta.dirname, '..', path)))).toEqual([]);
});
