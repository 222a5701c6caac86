import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeFault } from '../../src/process/check-node.mjs';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-node-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('after npm ci one sentence says what is wrong with Node', () => {
  test.each([
    ['Node 24 of the packages, npm of Debian 13', '24.21.0', 'linux', '20.19.2', undefined],
    ['Node 24 throughout', '24.7.0', 'darwin', '24.7.0', undefined],
    [
      'a Node 24 without Argon2',
      '24.6.0',
      'darwin',
      '24.6.0',
      /runs on Node 24\.7 or newer, and this is Node 24\.6/,
    ],
    ['a newer one', '26.1.0', 'linux', '26.1.0', undefined],
    ['no npm that says who it is', '24.21.0', 'linux', undefined, undefined],
    [
      'npm of Debian 12',
      '24.21.0',
      'linux',
      '18.20.4',
      /run by Node 18\.20\.4, .* npx -y -p node@24 npm ci$/,
    ],
    ['npm a little too old', '24.21.0', 'linux', '20.18.3', /run by Node 20\.18\.3, .* 20\.19 or newer/],
    [
      'a Mac with Node 20',
      '20.19.2',
      'darwin',
      '20.19.2',
      /runs on Node 24\.7 or newer, and this is Node 20/,
    ],
    ['a Mac with Node 22', '22.23.1', 'darwin', '22.23.1', /and this is Node 22\.23\.1: install Node 24/],
    ['Windows', '24.21.0', 'win32', '24.21.0', /install WSL/],
  ])('%s', (_, version, platform, npm, words) => {
    const fault = nodeFault({ version, platform, npmVersion: npm });
    if (words) expect(fault).toMatch(words);
    else expect(fault).toBeUndefined();
    expect(fault ?? '').not.toContain('\n');
  });

  test('npm runs it, and fails where it fails', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const [program = '', file = '', ...more] = scripts.postinstall.split(' ');
    expect([program, more]).toEqual(['node', []]);
    const npmRunBy = async (version: string) => {
      const node = join(folder, `node-${version}`);
      await writeFile(node, `#!/bin/sh\necho v${version}\n`, { mode: 0o755 });
      // As npx leaves it for an npm that it starts with another Node.
      const env = { npm_node_execpath: node, npm_config_user_agent: 'npm/9.2.0 node/v18.20.4 linux x64' };
      return run(process.execPath, [file], { cwd: ROOT, env });
    };
    expect((await npmRunBy('20.19.2')).stderr).toBe('');
    await expect(npmRunBy('18.20.4')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^\nnpm was run by Node 18\.20\.4, [^\n]*\n\n$/),
    });
  });
});
