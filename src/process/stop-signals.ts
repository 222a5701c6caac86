import type { Logger } from '../lib/logger.ts';

/** npm passes on a signal that the terminal has sent already: a second one within this time is the same. */
const SAME_SIGNAL_MS = 2_000;
const STOP_MS = 25_000;

/** Stops in good order at SIGINT, SIGTERM and SIGHUP, and after a defect; at once when asked again or when it takes too long. */
export function onStopSignal(stop: () => Promise<void>, logger: Logger): void {
  let stoppingSince: number | undefined;

  async function run(code: number): Promise<void> {
    if (stoppingSince !== undefined) {
      if (Date.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
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

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void run(0));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.error({ err: error }, 'server.failed');
      void run(1);
    });
  }
}
