import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/database/local/free-port.ts';
import { makeDataDir, type Program, startProgram } from '../support/program.ts';
import { answer, bringOnce, bringUntilTaken, expectAllKept, RECIPIENT, SENDER } from './answers.ts';

const run = promisify(execFile);
const PIPE = join(import.meta.dirname, '../../deploy/mail-receive');
const DISK = '256m';
const MB = 1024 * 1024;
/** Room for a few small answers, and for no large one. */
const LEFT_BYTES = MB;
const SIZES = [2_000_000, 50_000, 2_000_000, 200, 2_000_000, 8_000_000];
const PATIENCE_MS = 4 * 60_000;

/** A small disk of its own wants a mount, and a mount wants root on Linux. */
async function canMount(): Promise<boolean> {
  const folder = await makeDataDir();
  const isMounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder.path]).then(
    () => true,
    () => false,
  );
  if (isMounted) await run('umount', [folder.path]);
  await folder.remove();
  return isMounted;
}
const mayMount = await canMount();

let folder: Awaited<ReturnType<typeof makeDataDir>>;
let program: Program;
let port: number;

describe.skipIf(!mayMount)('an answer of a person that comes while the disk is full (wants a mount)', () => {
  beforeAll(async () => {
    folder = await makeDataDir();
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', folder.path]);
    port = await freePort();
    program = await startProgram({ DATA_DIR: folder.path, LMTP_PORT: String(port) });
  });
  afterAll(async () => {
    await program.stop();
    // The database may be closing its files.
    await run('umount', ['--lazy', folder.path]);
    await folder.remove();
  });

  it('is brought again by LMTP and by the pipe, and never taken and lost', {
    timeout: 2 * PATIENCE_MS,
  }, async () => {
    const sizes = new Map<string, number>([['before', 300_000]]);
    const replies: string[] = [];
    const here = { port, patienceMs: PATIENCE_MS };
    await bringUntilTaken(here, { name: 'before', size: 300_000 }, replies);

    const filler = join(folder.path, 'filler');
    await fill(filler);
    const again: { name: string; size: number }[] = [];
    for (const [index, size] of SIZES.entries()) {
      const name = `full-${index}`;
      sizes.set(name, size);
      const reply = await bringOnce(port, answer(name, size));
      replies.push(reply);
      if (!reply.startsWith('250')) again.push({ name, size });
    }
    sizes.set('by-pipe', 3_000_000);
    const code = await byPipe(answer('by-pipe', 3_000_000));
    expect([0, 75]).toContain(code);
    if (code === 75) again.push({ name: 'by-pipe', size: 3_000_000 });
    // The disk was full: else nothing is proved.
    expect(again.length).toBeGreaterThan(0);

    await rm(filler);
    await Promise.all(again.map((one) => bringUntilTaken(here, one, replies)));
    expect(replies.filter((reply) => !/^($|250 |4\d\d )/.test(reply))).toEqual([]);
    await expectAllKept(program, sizes);
  });
});

/** All but a little of what is free. */
async function fill(path: string): Promise<void> {
  await writeFile(path, '');
  const file = await open(path, 'a');
  try {
    for (;;) {
      const { bavail, bsize } = await statfs(path);
      const size = Math.min(8 * MB, bavail * bsize - LEFT_BYTES);
      if (size <= 0) return;
      await file.write(Buffer.alloc(size, 1));
    }
  } finally {
    await file.close();
  }
}

async function byPipe(raw: Buffer): Promise<number | null> {
  const child = spawn(PIPE, [`--recipient=${RECIPIENT}`, `--sender=${SENDER}`], {
    env: { PATH: '/usr/bin:/bin', DATA_DIR: folder.path },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(raw);
  const [code] = await once(child, 'close');
  return code;
}
