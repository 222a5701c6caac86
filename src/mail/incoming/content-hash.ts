import { createHash } from 'node:crypto';
import { piecesOf } from '../../lib/pieces.ts';

export function hashOf(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest().subarray(0, 16).toString('hex');
}

/** The same of a name and a message, which is hashed piece by piece. */
export async function hashWhole(name: string, raw: Buffer): Promise<string> {
  const hash = createHash('sha256').update(`${name.length}:`).update(name).update(`${raw.length}:`);
  for await (const piece of piecesOf(raw)) hash.update(piece);
  return hash.digest().subarray(0, 16).toString('hex');
}
