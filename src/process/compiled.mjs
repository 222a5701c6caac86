import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { userCacheDir } from '../lib/user-cache.mjs';

/**
 * What Node has compiled is kept for the next start, which takes half of the processor's time then. Call it before any
 * TypeScript is imported: the first file of it that is read anew costs as much as all of mongoose. In a folder of this
 * user alone: in a shared one, others could put their code. Where it cannot be written, Node does without.
 */
export function keepCompiled() {
  enableCompileCache(join(userCacheDir(), 'compiled'));
}
