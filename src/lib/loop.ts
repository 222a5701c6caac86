import { beforeDeadline } from './deadline.ts';
import type { Logger } from './logger.ts';

/** Longer than any turn that goes on: each of its calls has a shorter deadline of its own. */
const TURN_MS = 5 * 60_000;

export type Loop = { start(): void; wake(): void; stop(): Promise<void> };

/**
 * Runs `step` again and again: at once while it reports that more is waiting, else after `idleMs`.
 * A failing step is logged and tried again with a growing pause, and so is one that does not end within `turnMs`: what
 * it still does is harmless, as several workers are. `stop` waits for the step under way.
 */
export function createLoop(options: {
  name: string;
  idleMs: number;
  turnMs?: number;
  step: () => Promise<boolean>;
  logger: Logger;
}): Loop {
  const { name, idleMs, turnMs = TURN_MS, step, logger } = options;
  let running = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let isTurning = false;
  let isWoken = false;
  let current: Promise<void> = Promise.resolve();

  async function turn(): Promise<void> {
    let pause = idleMs;
    isTurning = true;
    isWoken = false;
    try {
      pause = (await beforeDeadline(step(), turnMs, late)) ? 0 : idleMs;
      failures = 0;
    } catch (error) {
      failures += 1;
      pause = Math.min(idleMs * 2 ** failures, 10_000);
      logger.warn({ loop: name, failures, err: error }, 'loop.failed');
    }
    isTurning = false;
    if (running) schedule(isWoken ? 0 : pause);
  }

  function late(): Error {
    return new Error(`a turn did not end within ${turnMs / 1_000} seconds`);
  }

  function schedule(pause: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      current = turn();
    }, pause);
  }

  return {
    start() {
      if (running) return;
      running = true;
      schedule(0);
    },
    wake() {
      if (isTurning) isWoken = true;
      else if (running) schedule(0);
    },
    async stop() {
      running = false;
      clearTimeout(timer);
      await current;
    },
  };
}
