import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What a program that a test starts finds in its environment, and nothing of this run's. What Node has compiled it
 * keeps for the next: dozens of them read the same files.
 */
export const CHILD_ENV = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NODE_COMPILE_CACHE: join(tmpdir(), 'safe-passage-compiled'),
  ...(process.env.LOCAL_DATABASE && { LOCAL_DATABASE: process.env.LOCAL_DATABASE }),
};
