import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../../lib/logger.ts';
import type { DatabaseProcess } from './database-process.ts';
import { watchForPanic } from './panic.ts';
import { endProcess } from './process-identity.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** One that ran this long was sound: the next pause is short again. */
const SOUND_MS = 5_000;
/** What has given up has nothing to close. */
const QUIT_MS = 1_000;

/** Starts the database again, on the same port, whenever it dies by itself; mongoose then finds it by itself. */
export function superviseDatabase(options: {
  way: string;
  first: DatabaseProcess;
  /** where the database says what befalls it */
  logFile: string;
  start(signal: AbortSignal): Promise<DatabaseProcess>;
  logger: Logger;
}) {
  const { way, first, logFile, start, logger } = options;
  const stopping = new AbortController();
  let current = first;
  const watching = watch();

  async function watch(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const since = Date.now();
      const { identity, ended } = current;
      const stopLooking = watchForPanic(logFile, () => {
        logger.error({ way, pid: identity.pid }, 'database.gave-up');
        void endProcess(identity, QUIT_MS);
      });
      const how = await ended;
      stopLooking();
      if (stopping.signal.aborted) return;
      if (Date.now() - since > SOUND_MS) failures = 0;
      logger.error({ way, how }, 'database.died');
      failures = await restart(failures);
    }
  }

  async function restart(failures: number): Promise<number> {
    for (let tries = failures; ; tries += 1) {
      await pause(Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS), undefined, {
        signal: stopping.signal,
      }).catch(() => undefined);
      if (stopping.signal.aborted) return tries;
      try {
        current = await start(stopping.signal);
        logger.warn({ way, pid: current.identity.pid }, 'database.restarted');
        return tries + 1;
      } catch (error) {
        if (!stopping.signal.aborted) logger.error({ way, err: error }, 'database.restart-failed');
      }
    }
  }

  return {
    pid: () => current.identity.pid,
    /** Answers when the database has closed its files and is gone, also while it was being started again. */
    async stop(): Promise<void> {
      stopping.abort();
      await current.quit();
      await watching;
      await current.quit();
    },
  };
}
