import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of this user for what can be fetched or made again, of all installations. */
export function userCacheDir() {
  const home = homedir();
  return process.platform === 'win32'
    ? join(home, 'AppData', 'Local', 'safe-passage')
    : join(home, '.cache', 'safe-passage');
}
