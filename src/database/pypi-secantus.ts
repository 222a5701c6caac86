import { execFile } from 'node:child_process';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './find-program.ts';
import type { WayContext } from './local-ways.ts';

const run = promisify(execFile);
const VERSION = '0.7.0b3';
const PYTHONS = ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3', 'python'];

/** SecantusDB, a MongoDB-protocol server over WiredTiger, from PyPI into a virtual environment of its own, once. */
export async function findSecantusFromPypi({
  path,
  cacheDir,
  onProgress,
}: WayContext): Promise<string | undefined> {
  const home = join(cacheDir, `secantusdb-${VERSION}`);
  const program = join(home, process.platform === 'win32' ? 'Scripts' : 'bin', 'secantusd-py');
  if (await exists(program)) return program;
  const python = await findPython(path);
  if (!python) return undefined;
  onProgress(`fetching SecantusDB ${VERSION} from PyPI (about 15 s, once) …`);
  try {
    await rm(home, { recursive: true, force: true });
    await mkdir(cacheDir, { recursive: true });
    await run(python, ['-m', 'venv', home]);
    await run(join(home, process.platform === 'win32' ? 'Scripts' : 'bin', 'python'), [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `SecantusDB==${VERSION}`],
    ]);
    return program;
  } catch (error) {
    // Half an environment would look like a whole one at the next start.
    await rename(home, `${home}.broken`).catch(() => undefined);
    await rm(`${home}.broken`, { recursive: true, force: true });
    onProgress(
      `SecantusDB could not be installed: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
    );
    return undefined;
  }
}

async function findPython(path: string): Promise<string | undefined> {
  for (const name of PYTHONS) {
    const python = await findProgram([name], path);
    if (python && (await isFit(python))) return python;
  }
  return undefined;
}

/** Wheels exist for Python 3.10 to 3.13. */
async function isFit(python: string): Promise<boolean> {
  try {
    const { stdout } = await run(python, [
      '-c',
      'import sys, venv; print(sys.version_info[0], sys.version_info[1])',
    ]);
    const [major, minor = 0] = stdout.trim().split(' ').map(Number);
    return major === 3 && minor >= 10 && minor <= 13;
  } catch {
    return false;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
