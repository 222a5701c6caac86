import type { Logger } from '../lib/logger.ts';

/** npm passes on a signal that the terminal has sent already: a second one within this time is the same. */
const SAME_SIGNAL_MS = 2_000;
const STOP_MS = 25_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Stops in good order at a signal (SIGINT, SIGTERM and SIGHUP unless others are named), and after a defect; at once when
 * a signal asks again, or when it takes too long.
 * @returns the call that stops in the same way, with the exit code; it does nothing when stopping is under way
 */
export function onStopSignal(
  stop: () => Promise<void>,
  logger: Logger,
  signals: readonly NodeJS.Signals[] = SIGNALS,
): (code: number) => Promise<void> {
  let stoppingSince: number | undefined;

  async function run(code: number): Promise<void> {
    if (stoppingSince !== undefined) return;
    stoppingSince = Date.now();
    setTimeout(() => process.exit(1), STOP_MS).unref();
    try {
      await stop();
      process.exit(code);
    } catch (error) {
      logger.error({ err: error }, 'server.stop-failed');
      process.exit(1);
    }
  }

  function heed(): void {
    if (stoppingSince !== undefined && Date.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
    void run(0);
  }

  for (const signal of signals) process.on(signal, heed);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.error({ err: error }, 'server.failed');
      if (stoppingSince !== undefined && Date.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
      void run(1);
    });
  }
  return run;
}
