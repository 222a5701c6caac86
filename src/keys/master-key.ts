import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

function masterKeyPath(dataDir: string): string {
  return join(dataDir, 'keys', 'master.key');
}

export async function readMasterKeyFile(dataDir: string): Promise<Buffer | undefined> {
  try {
    return Buffer.from((await readFile(masterKeyPath(dataDir), 'utf8')).trim(), 'base64');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Made once, readable by the owner alone, on disk before anything is sealed with it. */
export async function createMasterKeyFile(dataDir: string): Promise<Buffer> {
  const path = masterKeyPath(dataDir);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const key = randomBytes(32);
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(`${key.toString('base64')}\n`);
    await file.sync();
    await file.close();
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const other = await readMasterKeyFile(dataDir);
    if (!other) throw error;
    return other;
  }
}
