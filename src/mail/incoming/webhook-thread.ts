import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';

const line = z
  .string()
  .max(320)
  .regex(/^[^\r\n\0]*$/);
const Delivered = z.object({
  message: z.string().min(1),
  encoding: z.enum(['utf8', 'base64']).default('utf8'),
  sender: line.optional(),
  recipient: line.optional(),
});

/** A message as a relay handed it over in JSON. */
export type Handed = { raw: Uint8Array; sender?: string; recipient?: string };

/** Undefined when it is no JSON of this form. */
export function parseHanded(body: Buffer): Handed | undefined {
  const read = Delivered.safeParse(parseJson(body));
  if (!read.success) return undefined;
  const { message, encoding, sender, recipient } = read.data;
  return {
    raw: Buffer.from(message, encoding),
    ...(sender !== undefined && { sender }),
    ...(recipient !== undefined && { recipient }),
  };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

if (!isMainThread && workerData instanceof Uint8Array) {
  const handed = parseHanded(Buffer.from(workerData.buffer, workerData.byteOffset, workerData.length));
  // A copy of its own: what is handed over leaves this thread.
  const raw = handed && new Uint8Array(handed.raw);
  parentPort?.postMessage(handed && raw ? { ...handed, raw } : undefined, raw ? [raw.buffer] : []);
}
