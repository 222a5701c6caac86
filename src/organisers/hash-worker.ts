import type { Argon2Parameters } from 'node:crypto';
import { Worker } from 'node:worker_threads';

const ENTRY = new URL('./hash-thread.ts', import.meta.url);
/** Nobody signs in for hours: its memory is given back. */
const IDLE_MS = 60_000;

/** Computes in a thread of its own, one after the other as it is asked; started by the first, and ended when it is idle. */
export function createHashWorker() {
  let thread: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;

  function start(): Worker {
    const worker = new Worker(ENTRY, {
      // No key and no password of the program is in the thread.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
    });
    worker.on('exit', () => {
      if (thread === worker) thread = undefined;
    });
    thread = worker;
    return worker;
  }

  /** Whoever comes while it ends gets a new one. */
  function end(worker: Worker): void {
    if (thread === worker) thread = undefined;
    void worker.terminate();
  }

  async function compute(parameters: Argon2Parameters): Promise<Buffer> {
    clearTimeout(idle);
    const worker = thread ?? start();
    worker.ref();
    try {
      return await answerOf(worker, parameters);
    } finally {
      worker.unref();
      idle = setTimeout(() => end(worker), IDLE_MS).unref();
    }
  }

  return { compute };
}

function answerOf(worker: Worker, parameters: Argon2Parameters): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const end = (error: Error | undefined, answer?: unknown) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      if (answer instanceof Uint8Array) resolve(Buffer.from(answer));
      else reject(error ?? new Error('the password could not be hashed'));
    };
    const onMessage = (answer: unknown) => end(undefined, answer);
    const onError = (error: Error) => end(error);
    const onExit = () => end(new Error('the thread that hashes has ended'));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(parameters);
  });
}
