import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { userCacheDir } from '../lib/user-cache.ts';

/**
 * What Node has compiled is kept for the next start, which takes half of the processor's time then. Call it before the
 * code is imported. In a folder of this user alone: in a shared one, others could put their code. Where it cannot be
 * written, Node does without.
 */
export function keepCompiled(): void {
  enableCompileCache(join(userCacheDir(), 'compiled'));
}
