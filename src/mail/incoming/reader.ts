import { Worker } from 'node:worker_threads';
import { AppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/logger.ts';
import { joinPieces } from '../../lib/pieces.ts';
import type { Own } from './loop.ts';
import type { IncomingReading } from './read-incoming.ts';
import type { Asked } from './reader-thread.ts';

/** Of the processor: five times what the hardest message of 10 MB takes. A busy machine costs no message this. */
const PROCESSOR_MS = 10_000;
/** Of the clock: less than a mail server is kept waiting (`lmtp.ts`). */
const LIMIT_MS = 60_000;
const LOOK_MS = 500;
const MEMORY_MB = 512;
const START_MS = 30_000;
const ENTRY = new URL('./reader-thread.ts', import.meta.url);

export type Read = IncomingReading | null | 'unread';

/**
 * Reads messages in a thread of its own, one after the other: what a stranger wrote neither holds the program nor ends it.
 * `unread`: the message took too long, or too much memory, or broke the reading; the thread is ended, and the next
 * message gets a new one.
 */
export function createReader(deps: {
  own: Own;
  logger: Logger;
  limitMs?: number;
  processorMs?: number;
  memoryMb?: number;
  entry?: URL;
}) {
  const { own, logger, limitMs = LIMIT_MS, processorMs = PROCESSOR_MS, memoryMb = MEMORY_MB } = deps;
  const { entry = ENTRY } = deps;
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
    const bytes = await joinPieces([raw]);
    worker.ref();
    const asked: Asked = { bytes, ...(sender !== undefined && { sender }) };
    worker.postMessage(asked, [bytes.buffer]);
    const stopLooking = endWhenSpent(worker, processorMs);
    const answer = await answerOf(worker, limitMs);
    stopLooking();
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
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 64 },
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

/** Ends a thread that has used so much of the processor since now. */
function endWhenSpent(worker: Worker, milliseconds: number): () => void {
  const used = async () => {
    const { user, system } = await worker.cpuUsage();
    return (user + system) / 1_000;
  };
  const before = used().catch(() => 0);
  const look = async () => {
    if ((await used()) - (await before) > milliseconds) await worker.terminate();
  };
  // One that has ended has used what it has.
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS);
  return () => clearInterval(timer);
}
