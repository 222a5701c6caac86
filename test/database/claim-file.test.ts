import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimFile } from '../../src/database/local/claim-file.ts';
import { identify } from '../../src/database/local/process-identity.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claim-'));
  path = join(folder, 'server.lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const isTaken = (claim: object) => 'release' in claim;

test('the second is told who holds it, and has it after the first let go', async () => {
  const first = await claimFile(path);
  expect(await claimFile(path)).toMatchObject({ holder: { pid: process.pid } });
  if ('release' in first) await first.release();
  expect(isTaken(await claimFile(path))).toBe(true);
});

// No process has so high a number.
const DEAD = { pid: 2 ** 30, startedAt: 'then', nonce: 'n' };

test.each([
  ['of a process that is gone', JSON.stringify(DEAD)],
  ['of a process whose number another one has now', JSON.stringify({ ...DEAD, pid: process.pid })],
  ['that a crash left empty', ''],
])('a claim %s is taken over by exactly one of many', async (_, words) => {
  await writeFile(path, words);
  const claims = await Promise.all(Array.from({ length: 20 }, () => claimFile(path)));
  expect(claims.filter(isTaken)).toHaveLength(1);
  expect(await readdir(folder)).toEqual(['server.lock']);
});

test('a gate that a crash left closed does not lock everybody out', async () => {
  await writeFile(path, JSON.stringify(DEAD));
  await writeFile(`${path}.gate`, JSON.stringify(DEAD));
  expect(isTaken(await claimFile(path))).toBe(true);
});

test('letting go late does not take away the claim of a successor', async () => {
  const first = await claimFile(path);
  await writeFile(path, JSON.stringify({ ...(await identify(process.pid)), nonce: 'successor' }));
  if ('release' in first) await first.release();
  expect(isTaken(await claimFile(path))).toBe(false);
});
