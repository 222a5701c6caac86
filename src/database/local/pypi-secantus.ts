import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { childEnv } from './child-env.ts';
import { claimFile } from './claim-file.ts';
import { findProgram, isThere } from './find-program.ts';
import type { Found, WayContext } from './ways.ts';

const execute = promisify(execFile);
const run = (program: string, args: string[], { timeout }: { timeout: number }) =>
  execute(program, args, { timeout, env: childEnv({ fetches: true }) });
const VERSION = '0.7.0b3';
const PYTHONS = ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3', 'python'];
const INSTALL_MS = 300_000;
const POLL_MS = 500;

/** SecantusDB, a MongoDB-protocol server over WiredTiger, from PyPI into a virtual environment of its own, once. */
export async function findSecantusFromPypi(context: WayContext): Promise<Found> {
  const { path, cacheDir, onProgress } = context;
  const home = join(cacheDir, `secantusdb-${VERSION}`);
  const bin = join(home, process.platform === 'win32' ? 'Scripts' : 'bin');
  const program = join(bin, process.platform === 'win32' ? 'secantusd-py.exe' : 'secantusd-py');
  // Written last: half an environment looks like a whole one. The Python that it was made of may be gone, too.
  const isWhole = async () => (await isThere(join(home, 'complete'))) && (await isThere(join(bin, 'python')));
  if (await isWhole()) return { program };
  const python = await findPython(path);
  if (!python) return { missing: 'no Python 3.10 to 3.13 with venv and pip is on the PATH' };

  await mkdir(cacheDir, { recursive: true });
  const claim = await awaitClaim(`${home}.lock`, onProgress);
  try {
    if (await isWhole()) return { program };
    onProgress(`Fetching SecantusDB ${VERSION} from PyPI into ${home} (about 15 seconds, once) …`);
    await install(python, home, join(bin, 'python'));
    return { program };
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    return { missing: `could not be installed with ${python}: ${lastLine(error)}` };
  } finally {
    await claim.release();
  }
}

async function install(python: string, home: string, ownPython: string): Promise<void> {
  await rm(home, { recursive: true, force: true });
  await run(python, ['-m', 'venv', home], { timeout: INSTALL_MS });
  // Wheels only: building WiredTiger from source would take a compiler and many minutes.
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1'];
  await run(ownPython, [...pip, '--only-binary=:all:', `SecantusDB==${VERSION}`], { timeout: INSTALL_MS });
  await writeFile(join(home, 'complete'), '');
}

/** Two programs that start at once install it once. */
async function awaitClaim(
  path: string,
  onProgress: (text: string) => void,
): Promise<{ release(): Promise<void> }> {
  for (let isFirst = true; ; isFirst = false) {
    const claim = await claimFile(path);
    if ('release' in claim) return claim;
    if (isFirst) onProgress(`Waiting for process ${claim.holder.pid}, which is fetching SecantusDB …`);
    await pause(POLL_MS);
  }
}

async function findPython(path: string): Promise<string | undefined> {
  for (const name of PYTHONS) {
    const python = await findProgram(name, path);
    if (python && (await isFit(python))) return python;
  }
  return undefined;
}

/** Wheels exist for Python 3.10 to 3.13. Debian's Python has venv without what fills it, until one installs python3-venv. */
async function isFit(python: string): Promise<boolean> {
  const question = 'import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1])';
  try {
    const { stdout } = await run(python, ['-c', question], { timeout: 20_000 });
    const [major, minor = 0] = stdout.trim().split(' ').map(Number);
    return major === 3 && minor >= 10 && minor <= 13;
  } catch {
    return false;
  }
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  const text = stderr?.trim() || message || String(error);
  return text.split('\n').at(-1) ?? '';
}
