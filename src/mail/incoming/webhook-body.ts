import { createHmac } from 'node:crypto';
import { setImmediate as othersFirst } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Handed } from './webhook-thread.ts';

/** So much is hashed, or parsed as JSON, within a few milliseconds. */
const PIECE_BYTES = 1024 * 1024;
const ENTRY = new URL('./webhook-thread.ts', import.meta.url);
const LIMIT_MS = 30_000;

/** HMAC-SHA-256 over timestamp, a dot and the body. A large one is hashed piece by piece, and others are served between. */
export async function signBody(secret: string, timestamp: string, body: Buffer): Promise<Buffer> {
  const hmac = createHmac('sha256', secret).update(`${timestamp}.`);
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    if (at > 0) await othersFirst();
    hmac.update(body.subarray(at, at + PIECE_BYTES));
  }
  return hmac.digest();
}

/**
 * The message and its envelope out of the JSON that a relay sent; undefined when it is not of that form. In a thread of
 * its own where it is large: to parse 15 MB, and to decode what is in it, holds everybody else for a tenth of a second.
 */
export async function readHanded(body: Buffer): Promise<Handed | undefined> {
  if (body.length <= PIECE_BYTES / 4) return (await import('./webhook-thread.ts')).parseHanded(body);
  const bytes = new Uint8Array(body);
  const worker = new Worker(ENTRY, {
    workerData: bytes,
    transferList: [bytes.buffer],
    env: {},
    execArgv: [],
  });
  try {
    return await new Promise<Handed | undefined>((resolve, reject) => {
      const timer = setTimeout(() => resolve(undefined), LIMIT_MS);
      worker.on('exit', () => clearTimeout(timer));
      worker.on('message', resolve);
      worker.on('error', reject);
    });
  } finally {
    await worker.terminate();
  }
}
