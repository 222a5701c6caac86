import { Worker } from 'node:worker_threads';
import { AppError } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import type { Own } from './incoming-loop.ts';
import type { IncomingReading } from './read-incoming.ts';
import type { Asked } from './reader-thread.ts';

/** Ten times what the hardest message of 10 MB takes on a machine that does nothing else. */
const LIMIT_MS = 20_000;
const START_MS = 30_000;
const ENTRY = new URL('./reader-thread.ts', import.meta.url);

export type Read = IncomingReading | null | 'unread';

/**
 * Reads messages in a thread of its own, one after the other: what a stranger wrote neither holds the program nor ends it.
 * `unread`: the message took too long, or too much memory, or broke the reading; the thread is ended, and the next
 * message gets a new one.
 */
export function createReader(deps: { own: Own; logger: Logger; limitMs?: number; entry?: URL }) {
  const { own, logger, limitMs = LIMIT_MS, entry = ENTRY } = deps;
  let thread: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** @throws MESSAGE_BUSY when no thread can be had: that is no fault of the message */
  function read(raw: Buffer, sender?: string): Promise<Read> {
    const turn = last.then(() => readNow(raw, sender));
    last = turn.catch(() => undefined);
    return turn;
  }

  async function readNow(raw: Buffer, sender: string | undefined): Promise<Read> {
    const worker = thread ?? (await start());
    const bytes = new Uint8Array(raw);
    worker.ref();
    const asked: Asked = { bytes, ...(sender !== undefined && { sender }) };
    worker.postMessage(asked, [bytes.buffer]);
    const answer = await answerOf(worker, limitMs);
    worker.unref();
    if (answer !== 'failed' && answer !== undefined) return answer as IncomingReading | null;
    logger.warn({ sizeBytes: raw.length, isLate: answer === undefined }, 'incoming.unread');
    await worker.terminate();
    return 'unread';
  }

  async function start(): Promise<Worker> {
    const { mailDomain, mailFrom } = own;
    const worker = new Worker(entry, {
      workerData: { mailDomain, mailFrom },
      // No key and no password of the program is in the thread.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 64 },
    });
    worker.on('exit', () => {
      if (thread === worker) thread = undefined;
    });
    // What ends it is seen by whoever waits for its answer; without a listener it would end the program.
    worker.on('error', (error) => logger.warn({ err: error }, 'incoming.reader-failed'));
    if ((await answerOf(worker, START_MS)) !== 'ready') {
      await worker.terminate();
      throw new AppError('MESSAGE_BUSY', { message: 'It cannot be read now. Bring it again in a minute.' });
    }
    thread = worker;
    return worker;
  }

  async function close(): Promise<void> {
    await thread?.terminate();
  }

  return { read, close };
}
export type Reader = ReturnType<typeof createReader>;

/** Its next message; undefined when it ended, or said nothing in time. */
function answerOf(worker: Worker, milliseconds: number): Promise<unknown> {
  return new Promise((resolve) => {
    const end = (answer?: unknown) => {
      clearTimeout(timer);
      worker.off('message', end);
      worker.off('exit', gone);
      resolve(answer);
    };
    const gone = () => end();
    const timer = setTimeout(gone, milliseconds);
    worker.on('message', end);
    worker.on('exit', gone);
  });
}
