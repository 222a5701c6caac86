import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY } from '../lib/clock.ts';
import type { WayContext } from './local-ways.ts';

const VERSION = '8.0.4';
const ORIGIN = 'https://fastdl.mongodb.org/';
const PROBE_MS = 3_000;

/** A real mongod, fetched once. Where there is no open internet this gives up within seconds, and remembers it for a day. */
export async function findDownload({ cacheDir, onProgress }: WayContext): Promise<string | undefined> {
  const folder = join(cacheDir, 'mongod');
  const refusal = join(folder, 'not-reachable');
  const { MongoBinary } = await import('mongodb-memory-server-core');
  await mkdir(folder, { recursive: true });
  if (await isYoung(refusal, DAY)) return undefined;
  if (!(await isReachable())) {
    await writeFile(refusal, '');
    return undefined;
  }
  onProgress(`fetching MongoDB ${VERSION} (about 80 MB, once) …`);
  try {
    return await MongoBinary.getPath({ version: VERSION, downloadDir: folder, checkMD5: true });
  } catch {
    await writeFile(refusal, '');
    return undefined;
  }
}

async function isReachable(): Promise<boolean> {
  try {
    const { status } = await fetch(ORIGIN, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) });
    return status < 500;
  } catch {
    return false;
  }
}

async function isYoung(file: string, ageMs: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs < ageMs;
  } catch {
    return false;
  }
}
