import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { childEnv } from './child-env.ts';
import { findProgram } from './find-program.ts';

/** `version` is "3.11"; `hasPip` says whether `-m pip` works. */
export type Python = { program: string; version: string; hasPip: boolean };

const execute = promisify(execFile);
const NAMES = ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3', 'python'];
/** Asks for the program itself, which may lie behind a script that chooses a version. */
const QUESTION = `
import importlib.util, ssl, sys
print(sys.executable, "%d.%d" % sys.version_info[:2], importlib.util.find_spec("pip") is not None, sep="\\n")`;
const ANSWER_MS = 20_000;

/** The first Python on the PATH that the wheels of SecantusDB are made for: 3.10 to 3.13. */
export async function findPython(path: string): Promise<Python | { missing: string }> {
  const unfit: string[] = [];
  for (const name of NAMES) {
    const program = await findProgram(name, path);
    const python = program && (await askPython(program));
    if (!python) continue;
    if (/^3\.1[0-3]$/.test(python.version)) return python;
    unfit.push(python.version);
  }
  const found = unfit.length > 0 ? `, only ${[...new Set(unfit)].join(' and ')}` : '';
  return { missing: `no Python 3.10 to 3.13 is on the PATH${found} (Debian, Ubuntu: apt install python3)` };
}

async function askPython(program: string): Promise<Python | undefined> {
  try {
    const { stdout } = await execute(program, ['-c', QUESTION], { timeout: ANSWER_MS, env: childEnv() });
    const [executable = '', version = '', hasPip] = stdout.trim().split('\n');
    return { program: executable || program, version, hasPip: hasPip === 'True' };
  } catch {
    return undefined;
  }
}
