import type { Logger } from '../lib/logger.ts';
import type { createLog } from './log.ts';

const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'];
type Level = keyof Logger;

/** A log whose code is read once there is something to say: most commands have nothing, and start sooner. */
export function createLateLog(options: Parameters<typeof createLog>[0]): Logger {
  let opened: Promise<Logger> | undefined;
  const open = async () => (await import('./log.ts')).createLog(options);
  const silent = LEVELS.indexOf(options.level);
  const callOf = (level: Level) => (fields: Record<string, unknown>, event: string) => {
    if (silent < 0 || LEVELS.indexOf(level) < silent) return;
    opened ??= open();
    void opened.then((log) => log[level](fields, event));
  };
  return { debug: callOf('debug'), info: callOf('info'), warn: callOf('warn'), error: callOf('error') };
}
