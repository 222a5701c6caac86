import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { childEnv } from './child-env.ts';
import { claimFile } from './claim-file.ts';
import { fetchPip } from './fetch-pip.ts';
import { isThere } from './find-program.ts';
import { findPython, type Python } from './find-python.ts';
import type { Found, WayContext } from './ways.ts';

const VERSION = '0.7.0b3';
const REQUIREMENTS = join(import.meta.dirname, 'secantus-requirements.txt');
const INSTALL_MS = 600_000;
const POLL_MS = 500;
/** Python runs a folder that has this file, and finds the folder's packages. */
const MAIN = '__main__.py';
const MAIN_TEXT = 'import sys\nfrom secantus.cli import main\n\nsys.exit(main())\n';

type Progress = WayContext['onProgress'];

/**
 * SecantusDB, a MongoDB-protocol server over WiredTiger, from PyPI into a folder of its own, once. Neither venv nor pip
 * has to be there: Debian's Python comes without both.
 */
export async function findSecantusFromPypi({ path, cacheDir, onProgress }: WayContext): Promise<Found> {
  const python = await findPython(path);
  if ('missing' in python) return python;
  // Wheels are made for one version of Python.
  const home = join(cacheDir, `secantusdb-${VERSION}-python${python.version}`);
  const found = { program: [python.program, '-I', home] };
  // Written last: half an installation looks like a whole one.
  const isWhole = () => isThere(join(home, MAIN));
  if (await isWhole()) return found;

  const claim = await awaitClaim(cacheDir, `${home}.lock`, onProgress);
  if ('missing' in claim) return claim;
  try {
    if (await isWhole()) return found;
    onProgress(`Fetching SecantusDB ${VERSION} from PyPI into ${home} (about 40 MB, once) …`);
    await install(python, home, onProgress);
    await writeFile(join(home, MAIN), MAIN_TEXT);
    return found;
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    return { missing: `could not be installed: ${error instanceof Error ? error.message : error}` };
  } finally {
    await claim.release();
  }
}

async function install(python: Python, home: string, onProgress: Progress): Promise<void> {
  await rm(home, { recursive: true, force: true });
  await mkdir(home);
  // A wheel is an archive that Python can run from.
  const pip = python.hasPip ? ['-m', 'pip'] : [join(await fetchPip(home), 'pip')];
  // Wheels only: building WiredTiger from source would take a compiler and many minutes.
  const options = ['--only-binary=:all:', '--no-deps', '--require-hashes', '--requirement', REQUIREMENTS];
  const quiet = ['--disable-pip-version-check', '--no-input', '--progress-bar', 'off', '--retries', '1'];
  await runPip([python.program, ...pip, 'install', '--target', home, ...options, ...quiet], onProgress);
}

/** @throws Error with the line that says why */
async function runPip([program = '', ...args]: string[], onProgress: Progress): Promise<void> {
  // A person's own setting to install for their user does not go with --target.
  const env = { ...childEnv({ fetches: true }), PIP_USER: '0' };
  const pip = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: INSTALL_MS });
  createInterface({ input: pip.stdout }).on('line', (line) => {
    const [, name, version, size] =
      line.match(/^ *(?:Downloading|Using cached) ([^-]+)-([^-]+)-\S* \((.*)\)/) ?? [];
    if (name) onProgress(`  ${name} ${version} (${size})`);
    if (line.startsWith('Installing')) onProgress('  unpacking …');
  });
  let complaints = '';
  pip.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    pip.once('error', reject).once('close', resolve);
  });
  if (code !== 0) throw new Error(faultOf(complaints) || `pip ended with ${code}`);
}

/** A pip that reaches nobody says at last that there is no such package; the reason stands in a warning before. */
function faultOf(complaints: string): string {
  const unreached = complaints.match(
    /Retrying [^\n]{1,200}? after connection broken by '([^\n]{1,500}?)': /,
  )?.[1];
  if (unreached)
    return `the package index cannot be reached (${unreached.replace(/^.*: /, '').replace(/['"]\)*$/, '')})`;
  return complaints.trim().split('\n').at(-1) ?? '';
}

/** Two programs that start at once install it once. */
async function awaitClaim(
  cacheDir: string,
  path: string,
  onProgress: Progress,
): Promise<{ release(): Promise<void> } | { missing: string }> {
  try {
    await mkdir(cacheDir, { recursive: true });
    for (let isFirst = true; ; isFirst = false) {
      const claim = await claimFile(path);
      if ('release' in claim) return claim;
      if (isFirst) onProgress(`Waiting for process ${claim.holder.pid}, which is fetching SecantusDB …`);
      await pause(POLL_MS);
    }
  } catch (error) {
    return { missing: `${cacheDir} cannot be written (${(error as NodeJS.ErrnoException).code})` };
  }
}
