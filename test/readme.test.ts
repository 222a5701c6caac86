import { readFileSync } from 'node:fs';
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
