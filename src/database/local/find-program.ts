import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

const SUFFIXES = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];

/** The first program of this name on the PATH, as a whole path. */
export async function findProgram(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    for (const suffix of SUFFIXES) {
      const file = join(folder, `${name}${suffix}`);
      if (await isThere(file, constants.X_OK)) return file;
    }
  }
  return undefined;
}

export function isThere(path: string, mode = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
