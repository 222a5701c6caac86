import { parentPort, workerData } from 'node:worker_threads';
import type { Own } from './loop.ts';
import { readIncoming } from './read-incoming.ts';

/** A message to read, and what was read: `failed` when reading it threw. */
export type Asked = { bytes: Uint8Array; sender?: string };

const own = workerData as Own;

parentPort?.on('message', async ({ bytes, sender }: Asked) => {
  try {
    const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    parentPort?.postMessage(await readIncoming(raw, { own, ...(sender !== undefined && { sender }) }));
  } catch {
    parentPort?.postMessage('failed');
  }
});
parentPort?.postMessage('ready');
