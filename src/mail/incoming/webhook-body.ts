import { createHmac } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../lib/errors.ts';
import { joinPieces, piecesOf } from '../../lib/pieces.ts';
import type { Handed } from './webhook-thread.ts';

/** Not worth a thread. */
const SMALL_BYTES = 256 * 1024;
const ENTRY = new URL('./webhook-thread.ts', import.meta.url);
const LIMIT_MS = 30_000;

/** To its end, or to where it is too large; the rest then flows by unread. @throws BODY_TOO_LARGE */
export async function readWhole(stream: Readable, limitBytes: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let size = 0;
  await new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limitBytes) chunks.push(chunk);
      else reject(new AppError('BODY_TOO_LARGE'));
    });
    stream.on('end', resolve);
    stream.on('error', reject);
  });
  return joinPieces(chunks);
}

/** HMAC-SHA-256 over timestamp, a dot and the body. */
export async function signBody(secret: string, timestamp: string, body: Buffer): Promise<Buffer> {
  const hmac = createHmac('sha256', secret).update(`${timestamp}.`);
  for await (const piece of piecesOf(body)) hmac.update(piece);
  return hmac.digest();
}

/**
 * The message and its envelope out of the JSON that a relay sent; undefined when it is not of that form. A large one is
 * given away to a thread: to parse 15 MB, and to decode what is in it, holds everybody else for a tenth of a second.
 */
export async function readHanded(body: Buffer<ArrayBuffer>): Promise<Handed | undefined> {
  if (body.length <= SMALL_BYTES) return (await import('./webhook-thread.ts')).parseHanded(body);
  const bytes = new Uint8Array(body.buffer, body.byteOffset, body.length);
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
