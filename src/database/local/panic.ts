import { open, stat } from 'node:fs/promises';

/**
 * What WiredTiger says once it has given up, as when its disk is full: it answers nothing any more, also when there is
 * room again. mongod ends itself then; SecantusDB stays, and must be ended to be started again.
 */
const PANIC = 'WT_PANIC';
const LOOK_MS = 2_000;
/** A log that grew by more between two looks says the same again. */
const MAX_BYTES = 64 * 1024;

/** Calls once, when what the database writes to its log from now on says so. */
export function watchForPanic(logFile: string, onPanic: () => void): () => void {
  let at: number | undefined;
  let isLooking = false;

  async function look(): Promise<void> {
    const size = await stat(logFile).then(
      (found) => found.size,
      () => 0,
    );
    const from = Math.max(at ?? size, size - MAX_BYTES);
    at = size;
    // The word may lie across two looks.
    const words = size > from ? await read(logFile, Math.max(0, from - PANIC.length), size) : '';
    if (!words.includes(PANIC)) return;
    stop();
    onPanic();
  }

  const lookOnce = () => {
    if (isLooking) return;
    isLooking = true;
    void look()
      .catch(() => undefined)
      .finally(() => {
        isLooking = false;
      });
  };
  const timer = setInterval(lookOnce, LOOK_MS);
  timer.unref();
  lookOnce();
  const stop = () => clearInterval(timer);
  return stop;
}

async function read(path: string, from: number, to: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
    return buffer.subarray(0, bytesRead).toString('latin1');
  } finally {
    await file.close();
  }
}
