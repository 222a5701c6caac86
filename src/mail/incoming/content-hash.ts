import { createHash } from 'node:crypto';

export function hashOf(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest().subarray(0, 16).toString('hex');
}
