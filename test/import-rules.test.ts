import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** A file that may not be, whatever its depth, and what it imports. */
const FORBIDDEN: [string, string][] = [
  ['src/words/thing.ts', 'mongoose'],
  ['src/words/deep/er/thing.ts', '../../thing.store.ts'],
  ['src/words/deep/thing.service.ts', 'fastify'],
  ['src/words/deep/thing.store.ts', '../../web/pages.ts'],
  ['src/words/thing.view.ts', './thing.store.ts'],
  ['src/words/thing.cli.ts', './thing.store.ts'],
  ['src/words/thing.room.ts', 'mongoose'],
  ['src/words/thing.routes.ts', './thing.store.ts'],
  ['src/lib/text/thing.ts', '../../petitions/petition.ts'],
  ['src/mail/incoming/deep/thing.ts', '../../../answers/answer.ts'],
  ['src/mail/incoming/thing.service.ts', '../../answers/answer.ts'],
  ['src/database/local/thing.ts', '../../ledger/ledger.ts'],
  ['src/commands/thing.ts', '../petitions/petition.ts'],
  ['src/composition.ts', 'fastify'],
  ['src/site.ts', './words/words.store.ts'],
];
const ALLOWED: [string, string][] = [
  ['src/words/other.service.ts', '../lib/clock.ts'],
  ['src/words/other.store.ts', 'mongoose'],
];

let folder: string;
let complained: Set<string>;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'import-rules-')));
  const { overrides } = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8'));
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ root: true, overrides }));
  for (const [path, specifier] of [...FORBIDDEN, ...ALLOWED]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `import { x } from '${specifier}';\nexport const y = x;\n`);
  }
  const biome = join(ROOT, 'node_modules/.bin/biome');
  const args = [
    'lint',
    '--only=style/noRestrictedImports',
    '--max-diagnostics=none',
    '--reporter=github',
    '.',
  ];
  const { stdout } = spawnSync(biome, args, { cwd: folder, encoding: 'utf8' });
  complained = new Set(
    [...stdout.matchAll(/noRestrictedImports.*?file=([^,]+)/g)].map(([, file = '']) =>
      relative(folder, resolve(folder, file)),
    ),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(FORBIDDEN)('%s may not import %s', (path) => {
  expect([...complained]).toContain(path);
});

test.each(ALLOWED)('%s may import %s', (path) => {
  expect([...complained]).not.toContain(path);
});
