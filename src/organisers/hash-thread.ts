import { type Argon2Parameters, argon2Sync } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';

/** Below everything that people who sign wait for: a free core computes as fast as ever, a busy one computes this last. */
const NICE = 10;

/** Linux knows a priority of each thread, by the number that it gives it. Elsewhere it would be that of the program. */
function stepBack(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), NICE);
  } catch {
    // Where /proc is closed, it computes at the priority of the program.
  }
}

stepBack();
parentPort?.on('message', (parameters: Argon2Parameters) => {
  try {
    parentPort?.postMessage(argon2Sync('argon2id', parameters));
  } catch {
    parentPort?.postMessage('failed');
  }
});
