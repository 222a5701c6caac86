import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fetchPip } from '../../src/database/local/fetch-pip.ts';
import { findPython } from '../../src/database/local/find-python.ts';
import { freePort } from '../../src/database/local/free-port.ts';
import { findSecantusFromPypi } from '../../src/database/local/pypi-secantus.ts';

let folder = '';
let servers: Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pypi-'));
});
afterEach(async () => {
  for (const server of servers) server.close();
  servers = [];
  await rm(folder, { recursive: true, force: true });
});

/** A package index on loopback that answers each path with this text, and notes who asked. */
async function openIndex(pages: Record<string, string>): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? ''}`.trim());
    const page = pages[request.url ?? ''];
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(page);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, asked };
}

/** A program of this name that prints what a Python would answer. */
async function pretend(name: string, script: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}

const LISTED = '<a href="../../files/pip-25.3-py3-none-any.whl#sha256=1234">pip-25.3-py3-none-any.whl</a>';

describe('pip, for a Python that has none', () => {
  test('is asked for at the index that pip is set to, by environment or file, with its password', async () => {
    const page = { '/simple/pip/': LISTED, '/files/pip-25.3-py3-none-any.whl': 'another file' };
    const { port, asked } = await openIndex(page);
    const index = `http://ana:secret%21@127.0.0.1:${port}/simple`;
    const known = `Basic ${Buffer.from('ana:secret!').toString('base64')}`;
    await fetchPip(folder, { PIP_INDEX_URL: index }).catch(() => undefined);
    expect(asked).toEqual([`/simple/pip/ ${known}`, `/files/pip-25.3-py3-none-any.whl ${known}`]);

    const file = join(folder, 'pip.conf');
    await writeFile(file, `[global]\ntimeout = 9\nindex-url = ${index}/\n`);
    await fetchPip(folder, { PIP_CONFIG_FILE: file }).catch(() => undefined);
    expect(asked.slice(2)).toEqual([`/simple/pip/ ${known}`, `/files/pip-25.3-py3-none-any.whl ${known}`]);
  });

  test('a password for the index is told to no other host', async () => {
    const files = await openIndex({ '/pip-25.3-py3-none-any.whl': 'another file' });
    const link = `<a href="http://127.0.0.1:${files.port}/pip-25.3-py3-none-any.whl">pip</a>`;
    const index = await openIndex({ '/simple/pip/': link });
    const env = { PIP_INDEX_URL: `http://ana:secret@127.0.0.1:${index.port}/simple` };
    await fetchPip(folder, env).catch(() => undefined);
    expect(files.asked).toEqual(['/pip-25.3-py3-none-any.whl']);
  });

  test('a file that is not the known one is neither kept nor run', async () => {
    const page = { '/simple/pip/': LISTED, '/files/pip-25.3-py3-none-any.whl': 'another file' };
    const { port } = await openIndex(page);
    const hash = createHash('sha256').update('another file').digest('hex');
    await expect(fetchPip(folder, { PIP_INDEX_URL: `http://127.0.0.1:${port}/simple` })).rejects.toThrow(
      `is not the known one (sha256 ${hash})`,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ['an index that lists no pip', { '/simple/pip/': '<a href="pip-9.whl">old</a>' }, /has no pip-25/],
    ['an index that denies it', {}, /answers 404/],
  ])('%s is said, without the password', async (_, pages, words) => {
    const { port } = await openIndex(pages);
    const attempt = fetchPip(folder, { PIP_INDEX_URL: `http://ana:secret@127.0.0.1:${port}/simple` });
    await expect(attempt).rejects.toThrow(words);
    await expect(attempt).rejects.not.toThrow(/secret/);
  });

  test('where no index is set the sentence names what to install', async () => {
    await expect(fetchPip(folder, { HOME: folder, PIP_CONFIG_FILE: join(folder, 'none') })).rejects.toThrow(
      'install python3-pip, or set PIP_INDEX_URL',
    );
  });

  test('an index that nobody reaches is said', async () => {
    const port = await freePort();
    await expect(fetchPip(folder, { PIP_INDEX_URL: `http://127.0.0.1:${port}` })).rejects.toThrow(
      `http://127.0.0.1:${port}/pip/ cannot be reached (ECONNREFUSED)`,
    );
  });
});

describe('the Python that the database runs on', () => {
  test('none at all is said with the package that brings it', async () => {
    expect(await findPython(folder)).toEqual({
      missing: 'no Python 3.10 to 3.13 is on the PATH (Debian, Ubuntu: apt install python3)',
    });
  });

  test('one that is too new or too old is passed over, and named where there is no other', async () => {
    await pretend('python', 'printf "/usr/bin/python\\n3.9\\nTrue\\n"');
    await pretend('python3', 'printf "/usr/bin/python3.14\\n3.14\\nTrue\\n"');
    expect(await findPython(folder)).toEqual({
      missing: expect.stringContaining('is on the PATH, only 3.14 and 3.9 (Debian'),
    });
    await pretend('python3.12', 'printf "/opt/python3.12\\n3.12\\nFalse\\n"');
    expect(await findPython(folder)).toEqual({ program: '/opt/python3.12', version: '3.12', hasPip: false });
  });
});

describe('SecantusDB from PyPI', () => {
  const find = (path: string, onProgress: (text: string) => void = () => undefined) =>
    findSecantusFromPypi({ path, cacheDir: join(folder, 'cache'), isOnlyWay: true, onProgress });

  test('an index that pip does not reach is the reason, not a package that is not there', async () => {
    await pretend(
      'python3.12',
      `case "$*" in -c*) printf "$0\\n3.12\\nTrue\\n" ;;
*) echo "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError('<pip.Connection object at 0x7f>: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/dnspython/" >&2
echo "ERROR: No matching distribution found for dnspython==2.9.2" >&2; exit 1 ;; esac`,
    );
    expect(await find(folder)).toEqual({
      missing:
        'could not be installed: the package index cannot be reached ([Errno -3] Temporary failure in name resolution)',
    });
    expect((await readdir(join(folder, 'cache'))).filter((name) => !name.endsWith('.lock'))).toEqual([]);
  });

  test('what is fetched is said line by line, and kept: the next start fetches nothing', async () => {
    await pretend(
      'python3.12',
      `case "$*" in -c*) printf "$0\\n3.12\\nTrue\\n" ;;
*) echo "  Downloading numpy-2.5.5-cp312-cp312-manylinux_2_28_x86_64.whl (16.9 MB)"; echo "Installing collected packages: numpy" ;; esac`,
    );
    const said: string[] = [];
    const first = await find(folder, (text) => said.push(text));
    expect(said.slice(1)).toEqual(['  numpy 2.5.5 (16.9 MB)', '  unpacking …']);
    const home = join(folder, 'cache', 'secantusdb-0.7.0b3-python3.12');
    expect(first).toEqual({ program: [join(folder, 'python3.12'), '-I', home] });
    expect(await find(folder, (text) => said.push(text))).toEqual(first);
    expect(said).toHaveLength(3);
  });

  test('a folder for what is fetched that cannot be made is said', async () => {
    await mkdir(join(folder, 'bin'));
    await pretend('bin/python3.12', 'printf "$0\\n3.12\\nTrue\\n"');
    await writeFile(join(folder, 'cache'), '');
    expect(await find(join(folder, 'bin'))).toEqual({
      missing: `${join(folder, 'cache')} cannot be written (EEXIST)`,
    });
  });

  test('every package that is fetched has its version and its hashes', async () => {
    const path = join(import.meta.dirname, '../../src/database/local/secantus-requirements.txt');
    const text = (await readFile(path, 'utf8')).replaceAll('\\\n', ' ');
    const lines = text.split('\n').filter((line) => line.trim() && !line.startsWith('#'));
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) expect(line).toMatch(/^[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}/);
    expect(lines.some((line) => line.startsWith('secantusdb==0.7.0b3 '))).toBe(true);
  });
});
