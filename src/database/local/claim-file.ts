import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

type Claim = ProcessIdentity & { nonce: string };
export type ClaimResult = { release(): Promise<void> } | { holder: ProcessIdentity };

const POLL_MS = 50;
/** Between the making of a file and the words in it; an older empty one was left by a crash. */
const HALF_WRITTEN_MS = 2_000;

/**
 * Claims a file for this process; a claim whose process is gone is taken over. Taking over happens behind a gate, a
 * second file, and looks again there: else two that saw the same stale claim would both believe that it is theirs.
 */
export async function claimFile(path: string): Promise<ClaimResult> {
  const claim: Claim = { ...(await identify(process.pid)), nonce: randomBytes(8).toString('hex') };
  const words = JSON.stringify(claim);
  for (;;) {
    if (await create(path, words)) return { release: () => release(path, claim) };
    const holder = await readHolder(path);
    if (holder) return { holder };
    if (await takeOver(path, words)) return { release: () => release(path, claim) };
    await pause(POLL_MS);
  }
}

async function takeOver(path: string, words: string): Promise<boolean> {
  const gate = `${path}.gate`;
  if (!(await create(gate, words))) {
    // Whoever stood in the gate died there, within a few milliseconds.
    if (!(await readHolder(gate))) await rm(gate, { force: true });
    return false;
  }
  try {
    if (await readHolder(path)) return false;
    const fresh = `${path}.${process.pid}.new`;
    await writeFile(fresh, words, { mode: 0o600 });
    await rename(fresh, path);
    return true;
  } finally {
    await rm(gate, { force: true });
  }
}

async function create(path: string, words: string): Promise<boolean> {
  try {
    await writeFile(path, words, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The live process that the file names. Waits while somebody is still writing it. */
async function readHolder(path: string): Promise<ProcessIdentity | undefined> {
  for (;;) {
    try {
      const claim = JSON.parse(await readFile(path, 'utf8')) as Claim;
      return (await isAlive(claim)) ? claim : undefined;
    } catch {
      const made = await stat(path).catch(() => undefined);
      if (!made || Date.now() - made.mtimeMs > HALF_WRITTEN_MS) return undefined;
      await pause(POLL_MS);
    }
  }
}

async function release(path: string, { nonce }: Claim): Promise<void> {
  const words = await readFile(path, 'utf8').catch(() => '');
  if (words.includes(nonce)) await rm(path, { force: true });
}
