import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY } from '../../lib/clock.ts';
import type { Found, WayContext } from './ways.ts';

const VERSION = '8.0.4';
const ORIGIN = 'https://fastdl.mongodb.org/';
const PROBE_MS = 3_000;

/** A real mongod, fetched once. Where there is no open internet this gives up within seconds, and remembers it for a day. */
export async function findDownload({ cacheDir, isOnlyWay, onProgress }: WayContext): Promise<Found> {
  const folder = join(cacheDir, 'mongod');
  const refusal = join(folder, 'not-reachable');
  if (!isOnlyWay && (await isYoung(refusal, DAY))) {
    return { missing: `could not be fetched within the last day (delete ${refusal} to try again)` };
  }
  const { DryMongoBinary, MongoBinary } = await import('mongodb-memory-server-core');
  const options = { version: VERSION, downloadDir: folder };
  const cached = await DryMongoBinary.locateBinary(options).catch(() => undefined);
  if (cached) return { program: [cached] };

  await mkdir(folder, { recursive: true });
  const refuse = async (why: string): Promise<Found> => {
    await writeFile(refusal, '');
    return { missing: why };
  };
  if (!(await isReachable())) return refuse(`could not be fetched: ${ORIGIN} does not answer`);
  onProgress(`Fetching MongoDB ${VERSION} into ${folder} (about 80 MB, once) …`);
  try {
    const program = await MongoBinary.getPath({ ...options, checkMD5: true });
    await rm(refusal, { force: true });
    return { program: [program] };
  } catch (error) {
    return refuse(`could not be fetched: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
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
