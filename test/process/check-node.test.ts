import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { nodeFault } from '../../src/process/check-node.mjs';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const agent = (version: string) => `npm/10.8.2 node/v${version} linux x64 workspaces/false`;

describe('after npm ci one sentence says what is wrong with Node', () => {
  test.each([
    ['Node 24 of the packages, npm of Debian 13', '24.21.0', 'linux', agent('20.19.2'), undefined],
    ['Node 24 throughout', '24.0.0', 'darwin', agent('24.0.0'), undefined],
    ['a newer one', '26.1.0', 'linux', agent('26.1.0'), undefined],
    ['no npm that says who it is', '24.21.0', 'linux', undefined, undefined],
    [
      'npm of Debian 12',
      '24.21.0',
      'linux',
      agent('18.20.4'),
      /run by Node 18\.20, .* npx -y -p node@24 npm ci$/,
    ],
    ['npm a little too old', '24.21.0', 'linux', agent('20.18.3'), /run by Node 20\.18, .* 20\.19 or newer/],
    [
      'a Mac with Node 20',
      '20.19.2',
      'darwin',
      agent('20.19.2'),
      /runs on Node 24 or newer, and this is Node 20/,
    ],
    [
      'a Mac with Node 22',
      '22.23.1',
      'darwin',
      agent('22.23.1'),
      /and this is Node 22\.23\.1: install Node 24/,
    ],
    ['Windows', '24.21.0', 'win32', agent('24.21.0'), /install WSL/],
  ])('%s', (_, version, platform, user, words) => {
    const fault = nodeFault({ version, platform, agent: user });
    if (words) expect(fault).toMatch(words);
    else expect(fault).toBeUndefined();
    expect(fault ?? '').not.toContain('\n');
  });

  test('npm runs it, and fails where it fails', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const [program = '', file = '', ...more] = scripts.postinstall.split(' ');
    expect([program, more]).toEqual(['node', []]);
    const check = (version: string) =>
      run(process.execPath, [file], { cwd: ROOT, env: { npm_config_user_agent: agent(version) } });
    expect((await check('20.19.2')).stderr).toBe('');
    await expect(check('18.20.4')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^\nnpm was run by Node 18\.20, [^\n]*\n\n$/),
    });
  });
});
